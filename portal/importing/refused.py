"""Export of the refused rows of an import: the original file with those rows only, and the reason in a last column.

Sheets, titles, header rows and columns stay as they were, so that the corrected file can be uploaded again.
"""

import datetime
from collections.abc import Iterator
from typing import BinaryIO

import xlsxwriter
from xlsxwriter.exceptions import XlsxInputError

from portal.importing.corrections import read_corrected
from portal.importing.duplicates import undecided
from portal.importing.models import ImportBatch, ImportRow
from portal.importing.pipeline import Importer
from portal.importing.proposal import chosen_sheets
from portal.importing.protocol import ERROR, SheetMapping
from portal.spreadsheets.cells import Cell, MergedRange, Sheet
from portal.spreadsheets.values import cell_text
from portal.spreadsheets.writing import without_controls

REASON = "问题"
_REASON_WIDTH = 60
_WIDTHS = 6, 40
_SAMPLE_ROWS = 200
"""Rows that determine the width of a column."""
_EXCEL_DIGITS = 15
"""Significant digits of a number in Excel; further ones are lost."""


def refusal_reasons(batch: ImportBatch) -> dict[tuple[str, int], str]:
    """Reason by sheet and row number of each refused row. Decided duplicates are not included."""
    rows = ImportRow.objects.filter(community_id=batch.community_id, batch=batch)
    refused = rows.filter(verdict=ERROR) | undecided(rows)
    by_row = {
        (sheet, number): _reason(verdict, findings)
        for sheet, number, verdict, findings in refused.values_list("sheet", "number", "verdict", "findings")
    }
    for conflict in batch.report.get("applied", {}).get("conflicts", ()):
        by_row[conflict["sheet"], conflict["row"]] = conflict["message"]
    return by_row


def _reason(verdict: str, findings: list[dict]) -> str:
    if verdict == ERROR:
        findings = [finding for finding in findings if finding["severity"] == "error"]
    sentences = [f"{f['column']}：{f['message']}" if f["column"] else f["message"] for f in findings]
    return "；".join(sentences) or "与表中另一行重复"


def write_refused(batch: ImportBatch, importer: Importer, stream: BinaryIO) -> int:
    """Write the file; returns the number of data rows."""
    why = refusal_reasons(batch)
    workbook = read_corrected(batch)
    parts, _ = chosen_sheets(workbook, batch.mapping, importer)
    book = xlsxwriter.Workbook(
        stream,
        {
            "in_memory": True,
            "date_1904": workbook.date1904,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    formats = {
        "text": book.add_format({"num_format": "@"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "long": book.add_format({"num_format": "0"}),
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter"}),
        "reason": book.add_format({"text_wrap": True, "font_color": "#B00020"}),
    }
    secret = {field.name for field in importer.fields if field.secret}
    count = 0
    for sheet, mapping in parts:
        rows = list(_refused_rows(sheet, mapping, importer, why))
        if rows:
            texts = {column for key, column in mapping.fields.items() if key in secret}
            _write_sheet(_new_sheet(book, sheet.name), sheet, mapping, rows, texts, formats)
            count += len(rows)
    if not count:
        book.add_worksheet()
    book.close()
    return count


def _refused_rows(
    sheet: Sheet, mapping: SheetMapping, importer: Importer, why: dict
) -> Iterator[tuple[list[Cell], str]]:
    """Cells of each refused row, with values of merged cells filled in, and the reason."""
    filled = importer.filled(sheet, mapping)
    for number, cells in enumerate(sheet.rows, start=1):
        if reason := why.get((sheet.name, number)):
            filled_cells = filled.get(number, {})
            yield [filled_cells.get(column, cell) for column, cell in enumerate(cells)], reason


def _write_sheet(page, sheet: Sheet, mapping: SheetMapping, rows: list, texts: set[int], formats: dict):
    header = mapping.header
    width = _width_without_reason(header.names)
    for column in range(width):
        texts_shown = [cell_text(row[column]) for row, _ in rows[:_SAMPLE_ROWS]]
        longest = max(_display_width(text) for text in [header.names[column], *texts_shown])
        page.set_column(
            column,
            column,
            min(max(longest + 2, _WIDTHS[0]), _WIDTHS[1]),
            formats["text"] if column in texts else None,
        )
    page.set_column(width, width, _REASON_WIDTH)
    for number, cells in enumerate(sheet.rows[: header.last_row]):
        for column, cell in enumerate(cells[:width]):
            _write_cell(page, number, column, cell, False, formats, "head")
    for merge in sheet.merges:
        if merge.last_row <= header.last_row and merge.last_column <= width:
            _merge(page, merge, sheet.rows[merge.first_row - 1][merge.first_column - 1], formats)
    page.write_string(header.first_row - 1, width, REASON, formats["head"])
    if header.last_row > header.first_row:
        page.merge_range(header.first_row - 1, width, header.last_row - 1, width, REASON, formats["head"])
    for number, (cells, reason) in enumerate(rows, start=header.last_row):
        for column, cell in enumerate(cells[:width]):
            _write_cell(page, number, column, cell, column in texts, formats)
        page.write_string(number, width, reason, formats["reason"])
    page.freeze_panes(header.last_row, 0)


def _new_sheet(book: xlsxwriter.Workbook, name: str):
    """A sheet of the same name if Excel allows it: a CSV or web page may have any name."""
    try:
        return book.add_worksheet(name)
    except XlsxInputError:
        return book.add_worksheet()


def _width_without_reason(names: tuple[str, ...]) -> int:
    """Number of original columns, without the reason column of an earlier download."""
    filled = [column for column, name in enumerate(names) if name]
    return filled[-1] if filled and names[filled[-1]] == REASON else len(names)


def _merge(page, merge: MergedRange, cell: Cell, formats: dict) -> None:
    page.merge_range(
        merge.first_row - 1,
        merge.first_column - 1,
        merge.last_row - 1,
        merge.last_column - 1,
        without_controls(cell_text(cell)),
        formats["head"],
    )


def _write_cell(
    page, row: int, column: int, cell: Cell, is_text: bool, formats: dict, style: str = ""
) -> None:
    """Write a cell with its type; an ID number is always text."""
    if cell == "":
        return
    if is_text:
        page.write_string(row, column, without_controls(_id_text(cell)), formats["text"])
    elif isinstance(cell, bool):
        page.write_boolean(row, column, cell)
    elif isinstance(cell, float):
        page.write_number(row, column, cell, formats["long"] if abs(cell) >= 1e10 else None)
    elif isinstance(cell, datetime.date) and cell.year >= 1905:
        page.write_datetime(row, column, cell, formats["date"])
    elif isinstance(cell, str):
        page.write_string(row, column, without_controls(cell), formats.get(style))
    else:
        page.write_string(row, column, cell_text(cell))


def _id_text(cell: Cell) -> str:
    """Text of an ID cell; digits that Excel lost in a long number become stars.

    As zeros they would pass for digits, and one such number in eleven has the right checksum.
    """
    if isinstance(cell, float) and abs(cell) >= 10**_EXCEL_DIGITS:
        digits = f"{cell:.0f}"
        return digits[:_EXCEL_DIGITS] + "*" * (len(digits) - _EXCEL_DIGITS)
    return cell_text(cell)


def _display_width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)
