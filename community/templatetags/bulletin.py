"""Template filters for pages and PDF of a bulletin."""

import base64
import re

import segno
from django import template

register = template.Library()


@register.filter
def is_number(cell: str) -> bool:
    """Whether a cell of a snapshot's table is a number, to be right-aligned."""
    return re.fullmatch(r"[-+]?[\d,]+(\.\d+)?%?", cell) is not None


@register.filter
def plain_number(value) -> str:
    """A decimal without trailing zeros: 0.160 is 0.16, 440.00 is 440."""
    return f"{value.normalize():f}"


@register.filter
def data_uri(svg: str) -> str:
    """An SVG as data URI, since the PDF process loads nothing."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


@register.filter
def qr(address: str) -> str:
    """QR code of an address as data URI."""
    return segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=4)
