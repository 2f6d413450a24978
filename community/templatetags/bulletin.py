"""What the pages and the PDF of a bulletin ask of a table's cells."""

import re

from django import template

register = template.Library()


@register.filter
def is_number(cell: str) -> bool:
    """Whether a cell of a snapshot's table is a number, which stands at the right."""
    return re.fullmatch(r"[-+]?[\d,]+(\.\d+)?%?", cell) is not None


@register.filter
def plain_number(value) -> str:
    """A decimal without trailing zeros: 0.160 is 0.16, 440.00 is 440."""
    return f"{value.normalize():f}"
