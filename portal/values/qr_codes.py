"""QR codes of addresses on pages and papers."""

import segno


def qr_code(text: str) -> str:
    """QR code of a text as data URI, with the margin of four modules that ISO/IEC 18004 asks for."""
    return segno.make(text, error="m", micro=False).svg_data_uri(scale=4, border=4)
