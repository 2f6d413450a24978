"""Files that cannot be read. The text of each error is the sentence to show to the person."""


class SpreadsheetError(Exception):
    """A file that is refused. ``str(error)`` is a Chinese sentence that says what to do."""

    code = "unusable"


class NotASpreadsheet(SpreadsheetError):
    """The file is not one of the formats that are read."""

    code = "not_a_spreadsheet"


class Encrypted(SpreadsheetError):
    """The file has a password."""

    code = "encrypted"


class Broken(SpreadsheetError):
    """The file says it is a spreadsheet but cannot be read."""

    code = "broken"


class ForbiddenContent(SpreadsheetError):
    """The file holds macros or links to other files."""

    code = "forbidden_content"


class OverLimit(SpreadsheetError):
    """The file is over one of the limits of security.md; the sentence names which."""

    code = "over_limit"
