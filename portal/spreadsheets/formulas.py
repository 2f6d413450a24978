"""Detection of formulas without a stored result in an .xlsx, which parsers read as blank cells."""

import io
import posixpath
import re
import zipfile
from collections import defaultdict

from lxml import etree

from portal.values import sizes

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CHUNK = sizes.MIB
_LONGEST_CELL = 4 * sizes.MIB  # of a single cell's XML
_MOST_CELLS = 100_000
# A cell with a formula and no value. One of type "str" is calculated, and its result is no text: a blank cell.
_EMPTY = re.compile(
    rb"<(?:\w+:)?c\b([^<>]*)>\s*<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")


def formulas_without_result(content: bytes) -> dict[str, dict[int, list[int]]]:
    """Sheet name → row → columns (from 0) of formulas without a stored value."""
    by_sheet = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name, part in _parts(archive).items():
            if part in archive.NameToInfo:
                with archive.open(part) as stream:
                    by_sheet[name] = _empty_formulas_in(stream)
    return by_sheet


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → its part in the archive."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    relations = {
        relation.get("Id"): posixpath.normpath(posixpath.join("/xl", relation.get("Target", ""))).lstrip("/")
        for relation in etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
    }
    book = etree.fromstring(archive.read("xl/workbook.xml"), parser)
    return {sheet.get("name", ""): relations.get(sheet.get(_RELATION), "") for sheet in book.iter("{*}sheet")}


def _empty_formulas_in(stream) -> dict[int, list[int]]:
    columns_by_row: dict[int, list[int]] = defaultdict(list)
    buffer = b""
    count = 0
    while (chunk := stream.read(_CHUNK)) and count < _MOST_CELLS:
        buffer += chunk
        end = max(buffer.rfind(b"</c>"), buffer.rfind(b":c>")) + 4
        if end > 4 and _has_formula(buffer):
            for cell in _EMPTY.finditer(buffer, 0, end):
                place = _PLACE.search(cell.group(1))
                if place and b't="str"' not in cell.group(1):
                    columns_by_row[int(place.group(2)) - 1].append(_column(place.group(1)))
                    count += 1
        buffer = buffer[max(end, 0) if end > 4 else 0 :][-_LONGEST_CELL:]
    return columns_by_row


def _has_formula(xml: bytes) -> bool:
    return b"<f" in xml or b":f" in xml


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
