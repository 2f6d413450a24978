"""Writing of CSV that opens safely: UTF-8 with BOM, no formula injection."""

import codecs
import csv
import datetime
import io
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import BinaryIO

from django.utils import timezone

from portal.values.partial_dates import PartialDate

FORMULA_SIGNS = tuple("=+-@|%＝＋－＠")
"""First characters of a formula or command; some programs also accept the full-width signs."""


def write_csv(titles: Sequence[str], rows: Iterable[Sequence], stream: BinaryIO) -> int:
    """Write a header and the rows; returns the number of rows. Excel and WPS open it without asking.

    CSV has no text cells: long numbers keep their digits in the file, but the program that opens it may round
    them. Use XLSX for those.
    """
    stream.write(codecs.BOM_UTF8)
    text = io.TextIOWrapper(stream, "utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([_field(title) for title in titles])
    count = 0
    for row in rows:
        writer.writerow([_field(value) for value in row])
        count += 1
    text.detach()
    return count


def _field(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, PartialDate) and value.precision == "d":
        return f"{value.value:%Y-%m-%d}"
    text = "".join(char for char in str(value) if char == "\n" or unicodedata.category(char) != "Cc")
    # Invisible characters (blanks, BOM) before the sign do not make it harmless.
    first_visible = next(
        (char for char in text if not char.isspace() and unicodedata.category(char)[0] != "C"), ""
    )
    return f"'{text}" if first_visible in FORMULA_SIGNS else text
