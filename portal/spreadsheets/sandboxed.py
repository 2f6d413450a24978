"""Parsing of a file in the child process (`portal.sandbox.child`): it is inspected first, then read row by row."""

import io
import itertools
import zipfile
import zlib
from collections.abc import Iterator

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from portal.spreadsheets import delimited, limits, webpage
from portal.spreadsheets.cells import NO_RESULT
from portal.spreadsheets.decoding import decode
from portal.spreadsheets.errors import Encrypted, damaged, too_many_columns, too_many_rows, too_many_sheets
from portal.spreadsheets.formulas import formulas_without_result
from portal.spreadsheets.inspection import inspect, kind_of


def lines(content: bytes) -> Iterator[dict | list]:
    """A dict for the file, then one for each sheet and a list for each of its rows. Raises SpreadsheetError."""
    kind = kind_of(content)
    look = inspect(content, kind)
    yield {"kind": kind, "date1904": look.date1904, "marks": look.marks}
    if kind == "csv":
        yield from delimited.lines(decode(content))
    elif kind == "html":
        yield from webpage.lines(decode(content))
    else:
        try:
            yield from _book_lines(kind, content)
        except PasswordError as error:
            raise Encrypted("文件设有打开密码，无法读取。请取消密码，另存后再上传") from error
        except (
            CalamineError,
            ValueError,
            OSError,
            KeyError,
            SyntaxError,
            zipfile.BadZipFile,
            zlib.error,
        ) as error:
            raise damaged() from error


def _book_lines(kind: str, content: bytes) -> Iterator[dict | list]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheets = [
        (number, sheet)
        for number, sheet in enumerate(book.sheets_metadata)
        if sheet.typ == SheetTypeEnum.WorkSheet
    ]
    if len(sheets) > limits.SHEETS:
        raise too_many_sheets()
    without_result = formulas_without_result(content) if kind == "xlsx" else {}
    for number, meta in sheets:
        sheet = book.get_sheet_by_index(number)
        first_column = sheet.start[1] if sheet.start else 0
        height, width = (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)
        empty = without_result.get(meta.name, {})
        height = max([height, *(row + 1 for row in empty)])
        width = max([width, *(column + 1 for columns in empty.values() for column in columns)])
        if height > limits.ROWS:
            raise too_many_rows(meta.name)
        if width > limits.COLUMNS:
            raise too_many_columns(meta.name)
        yield {
            "sheet": meta.name,
            "hidden": meta.visible != SheetVisibleEnum.Visible,
            "merges": [[*first, *last] for first, last in sheet.merged_cell_ranges or ()],
        }
        # iter_rows gives the empty rows above the first cell, but not the empty columns left of it.
        margin = [""] * first_column
        rows = itertools.chain(sheet.iter_rows() if sheet.end else (), itertools.repeat([]))
        for index, row in enumerate(itertools.islice(rows, height)):
            # Only old .xls files distinguish integers.
            cells = margin + [float(cell) if type(cell) is int else cell for cell in row]
            cells += [""] * (width - len(cells))
            for column in empty.get(index, ()):
                cells[column] = NO_RESULT
            yield cells
