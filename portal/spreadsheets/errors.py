"""Errors for files that cannot be read. The text of each is the sentence to show."""


class SpreadsheetError(Exception):
    """The file is refused. ``str(error)`` is a Chinese sentence that says what to do."""

    code = "unusable"


class NotASpreadsheet(SpreadsheetError):
    """Not a supported format."""

    code = "not_a_spreadsheet"


class Encrypted(SpreadsheetError):
    """The file has a password."""

    code = "encrypted"


class Broken(SpreadsheetError):
    """A damaged spreadsheet."""

    code = "broken"


class ForbiddenContent(SpreadsheetError):
    """The file holds macros or links to other files."""

    code = "forbidden_content"


class OverLimit(SpreadsheetError):
    """The file is over one of the limits (`portal/spreadsheets/limits.py`); the sentence names which."""

    code = "over_limit"


class ReaderBusy(SpreadsheetError):
    """Too many files are being read at once; the same file may be read a minute later."""

    code = "busy"


def error_of(code: str, sentence: str) -> SpreadsheetError:
    """The error for a code and sentence from the child process; Broken for an unknown code."""
    kind = next((error for error in SpreadsheetError.__subclasses__() if error.code == code), Broken)
    return kind(sentence)
