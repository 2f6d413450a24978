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


class NoTurn(SpreadsheetError):
    """Too many files are being read at once; the same file may be read a minute later."""

    code = "busy"


def error_of(code: str, sentence: str) -> SpreadsheetError:
    """The error that a child process told by code and sentence; Broken where the code is unknown."""
    kind = next((one for one in SpreadsheetError.__subclasses__() if one.code == code), Broken)
    return kind(sentence)
