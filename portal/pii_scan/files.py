"""Personal data in files: scan of all text in spreadsheets and PDFs."""

import json
from collections.abc import Iterator

from portal.pii_scan.text import ID_NUMBER, PersonalNumber, finding, is_truncated_id_number, personal_numbers
from portal.sandbox import sandbox
from portal.sandbox.errors import Busy, UploadRefused
from portal.spreadsheets.cells import Cell, Workbook
from portal.spreadsheets.decoding import decode
from portal.spreadsheets.errors import SpreadsheetError
from portal.spreadsheets.reading import read_workbook
from portal.spreadsheets.values import cell_text

MAX_FINDINGS = 100
"""Most findings reported for one file; after masking them the user scans again."""

_PICTURES = ("jpg", "jpeg", "png", "gif", "webp", "bmp", "tif", "tiff")
_WORDS = ("doc", "docx", "wps", "odt", "rtf")


class Unreadable(UploadRefused):
    """The file cannot be checked. The text is the sentence to show."""


_TEXTS = sandbox.Task(
    function="portal.pii_scan.sandboxed:texts",
    error=Unreadable,
    late="检查文件超过 {seconds} 秒的上限，请拆成几个文件后再上传。",
    too_large="文件太大或已损坏，无法检查。请用原来的软件另存，或拆成几个文件后再上传。",
)


def numbers_in_file(content: bytes, name: str, where: str) -> list[PersonalNumber]:
    """Findings in a file, at most `MAX_FINDINGS`. Raises Unreadable if it cannot be checked, Busy if not now.

    Spreadsheets: every cell of every sheet, hidden ones too, as stored and as displayed; in an .xlsx also comments,
    text boxes, headers and footers, names and properties, number formats and cached data of pivot tables. PDFs: the
    text of each page, comments, form fields, bookmarks and properties, but no scanned pages. `where` names the file
    and begins the place of each finding.
    """
    matches = (
        _in_pdf(content, where) if content.startswith(b"%PDF-") else _in_spreadsheet(content, name, where)
    )
    return [finding for finding, _ in zip(matches, range(MAX_FINDINGS), strict=False)]


def _in_pdf(content: bytes, where: str) -> Iterator[PersonalNumber]:
    for place, text in _texts(content, "pdf"):
        for kind, number in personal_numbers(text):
            yield finding(f"{where}{place}", kind, number)


def _in_spreadsheet(content: bytes, name: str, where: str) -> Iterator[PersonalNumber]:
    extension = name.rpartition(".")[2].lower()
    if extension in _PICTURES:
        raise Unreadable("图片里的文字无法自动检查，请逐张看过，确认没有身份证号码、手机号码和银行卡号。")
    if extension in _WORDS:
        raise Unreadable("Word 文档无法自动检查，请另存为 PDF 后再上传。")
    try:
        book = read_workbook(content, name)
    except Busy:
        raise
    except SpreadsheetError as refused:
        raise Unreadable(f"{str(refused).rstrip('。')}。") from refused
    reported_numbers = set()
    for place, kind, number in _in_cells(book):
        reported_numbers.add(number)
        yield finding(f"{where}{place}", kind, number)
    for place, text in _beside_cells(content, book.kind):
        for kind, number in personal_numbers(text):
            if number not in reported_numbers:
                reported_numbers.add(number)
                yield finding(f"{where}{place}", kind, number)


def _in_cells(book: Workbook) -> Iterator[tuple[str, str, str]]:
    for sheet in book.sheets:
        sheet_name = f"工作表“{sheet.name}”{'（隐藏）' if sheet.hidden else ''}"
        for kind, number in personal_numbers(sheet.name):
            yield sheet_name, kind, number
        for row, cells in enumerate(sheet.rows, start=1):
            for column, cell in enumerate(cells):
                for kind, number in _in_cell(cell):
                    yield f"{sheet_name}{_letters(column)}{row}单元格", kind, number


def _in_cell(cell: Cell) -> Iterator[tuple[str, str]]:
    if isinstance(cell, str):
        if len(cell) > 10:
            yield from personal_numbers(cell)
    elif isinstance(cell, float) and cell >= 1e10:
        text = cell_text(cell) if cell < 1e16 else f"{cell:.0f}"
        if cell >= 1e15 and is_truncated_id_number(text):
            yield ID_NUMBER, text
        else:
            yield from personal_numbers(text)


def _letters(column: int) -> str:
    """Column letters of an index that begins at 0: A, Z, AA."""
    letters = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


def _beside_cells(content: bytes, kind: str) -> Iterator[tuple[str, str]]:
    """Place and text of everything in a spreadsheet except its cells."""
    if kind == "xlsx":
        yield from _texts(content, "xlsx")
    elif kind == "xls":
        # An old workbook holds comments, headers and properties as strings of one or two bytes a character, anywhere.
        for text in (
            content.decode("latin-1"),
            *(content[n:].decode("utf-16-le", "replace") for n in (0, 1)),
        ):
            yield "批注、页眉页脚或文件属性", text
    else:
        yield "", decode(content)


def _texts(content: bytes, kind: str) -> list[tuple[str, str]]:
    """Place and text of each part of a file, extracted by a child process in the sandbox."""
    return sandbox.stream(_TEXTS, content, lambda lines: list(map(json.loads, lines)), kind=kind)
