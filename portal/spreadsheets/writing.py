"""Writing of XLSX that opens safely: identifiers as text, no formula injection."""

import datetime
import html
import io
import math
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from portal.values.partial_dates import PartialDate


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """Column of an exported sheet. ``text`` forces text cells (ID, phone, bank card); width in characters."""

    title: str
    text: bool = False
    width: int = 12


def write_xlsx(
    columns: Sequence[OutputColumn], rows: Iterable[Sequence], stream: BinaryIO, *, title: str = ""
) -> int:
    """Write one sheet with constant memory; returns the number of rows. ``title`` is the sheet's name.

    Text is always written as a text cell, so that text beginning with = + - @ or a tab is not parsed as formula,
    link or number. A ``text`` column also has the text format, so that a number typed over it later keeps its
    digits.

    xlsxwriter makes the file with its header; the rows are inserted into its sheet by our own code, since
    xlsxwriter takes seven times as long for them, which was most of an export.
    """
    with (
        zipfile.ZipFile(_file_with_header(columns, title)) as template,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION) as book,
    ):
        for name in template.namelist():
            content = template.read(name)
            if name != _SHEET:
                book.writestr(name, content)
                continue
            # The number of rows is not known yet; the element is optional.
            before, styles, after = _PLACE.split(re.sub("<dimension [^>]*>", "", content.decode()))
            with book.open(name, "w") as sheet:
                sheet.write(before.encode())
                count = _write_rows(columns, rows, sheet, _STYLE.findall(styles))
                sheet.write(after.encode())
    return count


def write_sheets(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence]]], stream: BinaryIO) -> None:
    """Write several small tables, one sheet each (name, header, rows). Text stays text."""
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    for title, header, rows in sheets:
        sheet = book.add_worksheet(_sheet_name(title))
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, len(header) - 1, 12)
        for number, text in enumerate(header):
            sheet.write_string(0, number, text, head)
        for line, row in enumerate(rows, start=1):
            for number, value in enumerate(row):
                write = sheet.write_number if isinstance(value, int | float) else sheet.write_string
                write(line, number, value)
    book.close()


_SHEET = "xl/worksheets/sheet1.xml"
_COMPRESSION = 1
"""A higher level takes three times as long and saves a third."""
_PLACE = re.compile('(<row r="2".*</row>)')
_STYLE = re.compile(' s="([0-9]+)"')
_LONGEST = 32_767
"""Characters of the longest text in a cell."""
_FORMULA_SIGNS = ("=", "+", "-", "@")
_DAY_0 = datetime.date(1899, 12, 30)


def _file_with_header(columns: Sequence[OutputColumn], title: str) -> BinaryIO:
    """A file with header, whose second row has one cell in each style, as a template for the rows."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "num_format": "@"})
    text = book.add_format({"num_format": "@"})
    quoted = book.add_format({"num_format": "@", "quote_prefix": True})
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet(_sheet_name(title))
    sheet.freeze_panes(1, 0)
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width, text if column.text else None)
        sheet.write_string(0, number, column.title, head)
    for number, style in enumerate((text, quoted, date)):
        sheet.write_blank(1, number, None, style)
    book.close()
    return stream


def _write_rows(
    columns: Sequence[OutputColumn], rows: Iterable[Sequence], sheet: BinaryIO, styles: list[str]
) -> int:
    letters = [xl_col_to_name(number) for number in range(len(columns))]
    count = 0
    for count, row in enumerate(rows, start=1):
        cells = [
            _cell(f"{letter}{count + 1}", value, column.text, *styles)
            for letter, column, value in zip(letters, columns, row, strict=True)
            if value is not None and value != ""
        ]
        sheet.write(f'<row r="{count + 1}">{"".join(cells)}</row>'.encode())
    return count


def _cell(place: str, value, as_text: bool, text_style: str, quoted_style: str, date_style: str) -> str:
    """XML element of one cell: a number, a date, or an inline string."""
    if not as_text and type(value) is not str:  # most cells are text
        if isinstance(value, bool):
            value = "是" if value else "否"
        elif isinstance(value, int | float | Decimal) and math.isfinite(value):
            return f'<c r="{place}"><v>{value}</v></c>'
        elif (day := _whole_day(value)) and day.year >= 1900:
            return f'<c r="{place}" s="{date_style}"><v>{excel_serial(day)}</v></c>'
    text = without_controls(str(value))[:_LONGEST]
    style = f' s="{text_style}"' if as_text else ""
    if text.lstrip()[:1] in _FORMULA_SIGNS:
        # It would become a formula when the cell is edited in place.
        style = f' s="{quoted_style}"'
    if "_x" in text:
        text = re.sub("_(?=x[0-9a-fA-F]{4}_)", "_x005F_", text)
    space = "" if text == text.strip() else ' xml:space="preserve"'
    return f'<c r="{place}"{style} t="inlineStr"><is><t{space}>{html.escape(text, quote=False)}</t></is></c>'


def _whole_day(value) -> datetime.date | None:
    """The date of a value; None for a date known only to the month or year, which is written as text."""
    if isinstance(value, PartialDate):
        return value.value if value.precision == "d" else None
    return value if isinstance(value, datetime.date) else None


def excel_serial(day: datetime.date) -> float:
    """Excel serial number of a date, with the time as fraction. Excel counts a 29 February 1900 that never existed."""
    time = 0
    if isinstance(day, datetime.datetime):
        time = (day.hour * 3600 + day.minute * 60 + day.second) / 86_400
        day = day.date()
    number = (day - _DAY_0).days
    return number - (number < 61) + time


def without_controls(text: str) -> str:
    """The text without control characters, which could hide a formula sign, and without characters invalid in XML."""
    if text.isprintable():
        return text
    chars = (char for char in text if char == "\n" or char.isprintable() or ord(char) > 0x9F)
    return "".join(char for char in chars if char not in "\ufffe\uffff").lstrip("\n")


def _sheet_name(title: str) -> str:
    """A valid sheet name: 31 characters, none of []:*?/\\, no apostrophe at the ends."""
    name = "".join(char for char in title if char not in "[]:*?/\\").strip("' ")[:31]
    return name or "Sheet1"
