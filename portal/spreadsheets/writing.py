"""Writing XLSX files that open safely: identifiers as text, no cell that turns into a formula."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

import xlsxwriter

from portal.dates import PartialDate


@dataclass(frozen=True, slots=True)
class Column:
    """A column on the way out. ``text`` forces text cells (ID, phone, bank card); width in characters."""

    title: str
    text: bool = False
    width: int = 12


def write_xlsx(
    columns: Sequence[Column], rows: Iterable[Sequence], stream: BinaryIO, *, title: str = ""
) -> int:
    """Write one sheet with constant memory; the number of rows written. ``title`` is the sheet's name.

    Text is always written as a text cell, so that what begins with = + - @ or a tab stays what it is: nothing
    is parsed as formula, link or number. A ``text`` column also carries the text format, so that a number
    typed over it later keeps its digits.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(stream, options)
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "num_format": "@"}),
        "text": book.add_format({"num_format": "@"}),
        "quoted": book.add_format({"num_format": "@", "quote_prefix": True}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    sheet = book.add_worksheet(_sheet_name(title))
    sheet.freeze_panes(1, 0)
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width, formats["text"] if column.text else None)
        sheet.write_string(0, number, column.title, formats["head"])
    count = 0
    for count, row in enumerate(rows, start=1):
        for number, (column, value) in enumerate(zip(columns, row, strict=True)):
            _write_cell(sheet, count, number, column, value, formats)
    book.close()
    return count


def _write_cell(sheet, row: int, number: int, column: Column, value, formats: dict) -> None:
    if value is None or value == "":
        return
    if column.text:
        sheet.write_string(
            row, number, without_controls(str(value)), _text_if_unsafe(value, formats) or formats["text"]
        )
    elif isinstance(value, bool):
        sheet.write_string(row, number, "是" if value else "否")
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, number, value)
    elif (day := _whole_day(value)) and day.year >= 1900:
        sheet.write_datetime(row, number, day, formats["date"])
    else:
        sheet.write_string(row, number, without_controls(str(value)), _text_if_unsafe(value, formats))


def _whole_day(value) -> datetime.date | None:
    """The day of a date; None for a date known only to the month or year, which is written as text."""
    if isinstance(value, PartialDate):
        return value.value if value.precision == "d" else None
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=None)
    return value if isinstance(value, datetime.date) else None


def _text_if_unsafe(value, formats: dict):
    """The text format with a quote for what would become a formula if somebody edits the cell in place."""
    return formats["quoted"] if str(value).lstrip()[:1] in ("=", "+", "-", "@") else None


def without_controls(text: str) -> str:
    """Leading tabs and control characters hide a formula sign from the eye; they carry no meaning here."""
    if text.isprintable():
        return text
    return "".join(char for char in text if char == "\n" or char.isprintable() or ord(char) > 0x9F).lstrip(
        "\n"
    )


def _sheet_name(title: str) -> str:
    """A name Excel allows: 31 characters, none of []:*?/\\, no apostrophe at the ends."""
    name = "".join(char for char in title if char not in "[]:*?/\\").strip("' ")[:31]
    return name or "Sheet1"
