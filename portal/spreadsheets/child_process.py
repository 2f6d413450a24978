"""The child process that parses a file (`portal.sandbox.sandbox`): ``python -m portal.spreadsheets.child_process < file > lines``.

It inspects the file first and writes JSON lines only: one for the file, then one for each sheet, each followed by
one for each row. A refusal is one line with ``error``, and ``message`` where the code is that of a SpreadsheetError.
"""

import datetime
import io
import itertools
import json
import sys
import zipfile
import zlib
from typing import BinaryIO

from portal.sandbox.sandbox import confine
from portal.spreadsheets import limits
from portal.spreadsheets.cells import NO_RESULT
from portal.spreadsheets.decoding import decode
from portal.spreadsheets.errors import SpreadsheetError
from portal.spreadsheets.inspection import inspect, kind_of


def main() -> None:
    """Read a workbook from standard input, write its cells to standard output."""
    confine()
    write_cells(sys.stdin.buffer.read(), sys.stdout.buffer)


def write_cells(content: bytes, output: BinaryIO) -> None:
    """Write the cells of a workbook as lines of JSON."""
    out = io.TextIOWrapper(output, encoding="utf-8", errors="surrogatepass", write_through=False)
    encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), default=_encode_value).encode
    try:
        for line in _lines(content):
            out.write(encode(line))
            out.write("\n")
    except MemoryError:
        out.write(encode({"error": "memory"}) + "\n")
    out.flush()
    out.detach()


def _lines(content: bytes):
    """A dict for the file, then one for each sheet and a list for each of its rows; or a dict with ``error``."""
    try:
        kind = kind_of(content)
        look = inspect(content, kind)
    except SpreadsheetError as problem:
        yield {"error": problem.code, "message": str(problem)}
        return
    yield {"kind": kind, "date1904": look.date1904, "marks": look.marks}
    yield from _sheet_lines(kind, content)


def _sheet_lines(kind: str, content: bytes):
    # Imported under the memory limit.
    if kind == "csv":
        from portal.spreadsheets import delimited

        return delimited.lines(decode(content))
    if kind == "html":
        from portal.spreadsheets import webpage

        return webpage.lines(decode(content))
    return _book_lines(kind, content)


def _book_lines(kind: str, content: bytes):
    from python_calamine import (
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    from portal.spreadsheets.formulas import formulas_without_result

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [
            (number, sheet)
            for number, sheet in enumerate(book.sheets_metadata)
            if sheet.typ == SheetTypeEnum.WorkSheet
        ]
        if len(sheets) > limits.SHEETS:
            yield {"error": "sheets"}
            return
        without_result = formulas_without_result(content) if kind == "xlsx" else {}
        for number, meta in sheets:
            sheet = book.get_sheet_by_index(number)
            first_column = sheet.start[1] if sheet.start else 0
            height, width = (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)
            empty = without_result.get(meta.name, {})
            height = max([height, *(row + 1 for row in empty)])
            width = max([width, *(column + 1 for columns in empty.values() for column in columns)])
            if height > limits.ROWS or width > limits.COLUMNS:
                yield {"error": "rows" if height > limits.ROWS else "columns", "sheet": meta.name}
                return
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
    except PasswordError:
        yield {"error": "password"}
    except (CalamineError, ValueError, OSError, KeyError, SyntaxError, zipfile.BadZipFile, zlib.error):
        yield {"error": "broken"}


def _encode_value(value) -> dict[str, str] | str:
    """A date with its type; a duration as the text it shows."""
    if isinstance(value, datetime.datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, datetime.date):
        return {"date": value.isoformat()}
    if isinstance(value, datetime.time):
        return {"time": value.isoformat()}
    return str(value)


if __name__ == "__main__":
    main()
