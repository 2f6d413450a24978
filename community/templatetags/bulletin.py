"""Template filters for pages and PDF of a bulletin."""

import base64
import re
from decimal import Decimal

from django import template

from portal.values.qr_codes import qr_code

register = template.Library()
register.filter("qr", qr_code)
_AMOUNT = re.compile(r"-?\d+(\.\d+)?")


@register.filter
def is_number(cell: str) -> bool:
    """Whether a cell of a snapshot's table is a number, to be right-aligned."""
    return re.fullmatch(r"[-+]?[\d,]+(\.\d+)?%?", cell) is not None


@register.filter
def money_total(table: dict) -> list[str]:
    """Cells of the line of totals below a snapshot's table with amounts of money; empty if it has none, or has its own."""
    header, rows = table["header"], table["rows"]
    if len(rows) < 2 or rows[-1][0] in ("合计", "总计"):
        return []
    sums = [_sum_of(header, rows, column) for column in range(1, len(header))]
    return ["合计", *sums] if any(sums) else []


def _sum_of(header: list[str], rows: list[list[str]], column: int) -> str:
    cells = [row[column].replace(",", "") for row in rows if row[column]]
    if "元）" not in header[column] or not cells or not all(map(_AMOUNT.fullmatch, cells)):
        return ""
    return f"{sum(map(Decimal, cells)):.2f}"


@register.filter
def plain_number(value) -> str:
    """A decimal without trailing zeros: 0.160 is 0.16, 440.00 is 440."""
    return f"{value.normalize():f}"


@register.filter
def data_uri(svg: str) -> str:
    """An SVG as data URI, since the PDF process loads nothing."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
