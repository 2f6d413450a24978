"""Errors for files that cannot be read. The text of each is the sentence to show."""

from portal.sandbox.errors import Busy, UploadRefused
from portal.spreadsheets import limits

SAVE_AS = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再上传"


class SpreadsheetError(UploadRefused):
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


class ReaderBusy(SpreadsheetError, Busy):
    """Too many files are being read at once; the same file may be read a minute later."""

    code = "busy"


def damaged() -> Broken:
    return Broken(f"文件已损坏，打不开。{SAVE_AS}")


def too_many_sheets() -> OverLimit:
    return OverLimit(f"工作表超过 {limits.SHEETS} 张的上限，请分成几个文件后再上传")


def too_many_rows(sheet: str) -> OverLimit:
    return OverLimit(f"工作表“{sheet}”超过 {limits.ROWS} 行的上限，请删除多余的行或分成几个文件后再上传")


def too_many_columns(sheet: str) -> OverLimit:
    return OverLimit(f"工作表“{sheet}”超过 {limits.COLUMNS} 列的上限，请删除多余的列后再上传")


def too_long_cell() -> OverLimit:
    return OverLimit(f"有单元格超过 {limits.CELL} 字的上限，可能是引号不成对，请改正后再上传")
