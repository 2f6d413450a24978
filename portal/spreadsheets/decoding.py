"""Decoding of text files: CSV, and web pages saved under a spreadsheet's name."""

import codecs

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(content: bytes) -> str:
    """UTF-8 with or without BOM, UTF-16 with BOM, else GB18030 (of which GBK is a part). ValueError when none fits."""
    if content.startswith(_UTF16):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")
