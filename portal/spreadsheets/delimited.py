"""CSV as offices have it: separated by comma, tab or semicolon, in the encoding of whoever saved it."""

import csv
import io
import itertools
import re
import statistics
from collections.abc import Iterator

from portal.spreadsheets import limits

SEPARATORS = "\t;,"
_SAMPLE_RECORDS = 50  # records from which the separator is told
_SAMPLE_CHARACTERS = 100_000  # characters
_SEPARATOR_LINE = re.compile(r"sep=([\t;,])\r?\n")  # Excel's own first line
_QUOTED_FORMULA = re.compile(r'="([^"]*)"')  # how exports keep Excel from making a number of a code
_YEAR_AND_TENTH = re.compile(r"[12]\d{3}\.1")


def separator_of(text: str) -> str:
    """The separator that makes most columns of most records; "" when there is but one column."""
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
    """A dict for the only sheet, then a list for each row, all of one width; or a dict with ``error``."""
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
            if height > limits.ROWS or width > limits.COLUMNS:
                yield {"error": "rows" if height > limits.ROWS else "columns", "sheet": "CSV"}
                return
    except csv.Error:
        yield {"error": "cell"}
        return
    yield {"sheet": "CSV", "hidden": False, "merges": [], "typed": False}
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
    # What Excel writes for a typed 1985.10 as well: a number, whose month nobody can tell.
    return float(text) if _YEAR_AND_TENTH.fullmatch(text) else text
