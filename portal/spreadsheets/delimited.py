"""Reading of CSV as offices have it: separated by comma, tab or semicolon, in any of the usual encodings."""

import csv
import io
import itertools
import re
import statistics
from collections.abc import Iterator

from portal.spreadsheets import limits
from portal.spreadsheets.errors import too_long_cell, too_many_columns, too_many_rows

_NAME = "CSV"
"""Name of the only sheet."""
SEPARATORS = "\t;,"
_SAMPLE_RECORDS = 50  # records from which the separator is detected
_SAMPLE_CHARACTERS = 100_000  # characters
_SEPARATOR_LINE = re.compile(r"sep=([\t;,])\r?\n")  # Excel's own first line
_QUOTED_FORMULA = re.compile(r'="([^"]*)"')  # how exports keep Excel from converting a code to a number
_YEAR_AND_TENTH = re.compile(r"[12]\d{3}\.1")


def separator_of(text: str) -> str:
    """Detect the separator: the one with most columns in most records; "" for a single column."""
    if stated := _SEPARATOR_LINE.match(text):
        return stated.group(1)
    text = text[:_SAMPLE_CHARACTERS]
    widths = {
        separator: statistics.median_high(
            [len(record) for record in itertools.islice(_records(text, separator), _SAMPLE_RECORDS) if record]
            or [1]
        )
        for separator in SEPARATORS
    }
    best = max(SEPARATORS, key=widths.__getitem__)
    return best if widths[best] > 1 else ""


def lines(text: str) -> Iterator[dict | list]:
    """A dict for the only sheet, then a list for each row, all of one width. Raises SpreadsheetError."""
    separator = separator_of(text)
    start = len(stated.group(0)) if (stated := _SEPARATOR_LINE.match(text)) else 0
    text = text[start:]
    height = width = 0
    try:
        for record in _records(text, separator):
            height += 1
            filled = len(record)
            while filled > width and not record[filled - 1].strip():
                filled -= 1
            width = max(width, filled)
            if height > limits.ROWS:
                raise too_many_rows(_NAME)
            if width > limits.COLUMNS:
                raise too_many_columns(_NAME)
    except csv.Error as error:
        raise too_long_cell() from error
    yield {"sheet": _NAME, "hidden": False, "merges": [], "typed": False}
    for record in _records(text, separator):
        cells = [_cell(cell) for cell in record[:width]]
        yield cells + [""] * (width - len(cells))


def _records(text: str, separator: str) -> Iterator[list[str]]:
    csv.field_size_limit(limits.CELL)
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator)


def _cell(text: str) -> str | float:
    text = text.strip()
    if code := _QUOTED_FORMULA.fullmatch(text):
        return code.group(1)
    # Excel also writes this for a typed 1985.10: a number whose month is ambiguous.
    return float(text) if _YEAR_AND_TENTH.fullmatch(text) else text
