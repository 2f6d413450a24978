"""Writing CSV files that open safely: UTF-8 with BOM, no field that turns into a formula."""

import codecs
import csv
import datetime
import io
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import BinaryIO

from django.utils import timezone

from portal.dates import PartialDate

FORMULA_SIGNS = tuple("=+-@|%＝＋－＠")
"""What begins a formula or a command; some programs also take the full-width signs for it."""


def write_csv(titles: Sequence[str], rows: Iterable[Sequence], stream: BinaryIO) -> int:
    """Write a header and the rows; the number of rows written. Excel and WPS open it without asking.

    CSV knows no text cells: long numbers keep their digits in the file, but a program that opens it may
    round them. XLSX is the way for those.
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
    # Blanks, BOM and other invisible characters before the sign do not make it harmless.
    first_visible = next(
        (char for char in text if not char.isspace() and unicodedata.category(char)[0] != "C"), ""
    )
    return f"'{text}" if first_visible in FORMULA_SIGNS else text
