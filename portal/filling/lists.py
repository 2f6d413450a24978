"""The drop-downs of a form's columns: the choices, also from another sheet or a defined name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from lxml import etree

from portal.filling.book import SheetRef
from portal.filling.package import local
from portal.filling.references import corners
from portal.filling.sheet import SheetXml


@dataclass(frozen=True, slots=True)
class DropDown:
    """closed: whether the choices are known. One that depends on another column (INDIRECT) has none that are."""

    choices: tuple[str, ...] = ()
    closed: bool = False
    prompt: str = ""


def choices_at(sheet: SheetXml, rows: Sequence[int]) -> dict[int, DropDown]:
    """The drop-down of each column in the rows to be filled."""
    first, last = min(rows), max(rows)
    found: dict[int, DropDown] = {}
    texts_at = cache(lambda ref, area: tuple(_texts(sheet, ref, area)))
    for kind, areas, formula, prompt in _validations(sheet):
        columns = {
            column
            for area in areas.split()
            for top, left, bottom, right in [corners(_bounded(area))]
            if top <= last and bottom >= first and right - left < 200
            for column in range(left, right + 1)
        }
        choices = sheet.book.listed(formula, sheet.ref, texts_at) if kind == "list" and formula else None
        for column in columns:
            if kind == "list":
                found[column] = DropDown(choices or (), bool(choices), prompt)
            elif column not in found:
                found[column] = DropDown(prompt=prompt)
    return found


def _bounded(area: str) -> str:
    """Whole columns (`C:C`) as an area."""
    first, _colon, last = area.partition(":")
    if any(char.isdigit() for char in first):
        return area
    return f"{first}1:{last or first}1048576"


def _validations(sheet: SheetXml) -> Iterator[tuple[str, str, str, str]]:
    """Kind, areas, first formula and prompt of every rule, in the old and in the extended form."""
    for one in sheet.root.iter("{*}dataValidation"):
        areas = one.get("sqref") or next((c.text or "" for c in one if local(c) == "sqref"), "")
        first = next((c for c in one if local(c) == "formula1"), None)
        prompt = f"{one.get('promptTitle', '')} {one.get('prompt', '')}".strip()
        yield one.get("type", "none"), areas, _words(first), prompt


def _words(element: etree._Element | None) -> str:
    return "" if element is None else "".join(element.itertext()).strip()


def _texts(sheet: SheetXml, ref: SheetRef, area: str) -> Iterator[str]:
    """The texts of an area, row by row."""
    other = sheet if ref == sheet.ref else SheetXml(sheet.book, ref)
    top, left, bottom, right = corners(area)
    for row in other.rows:
        if top <= row <= bottom:
            spots = other.spots(row)
            yield from (spots[column].text for column in range(left, right + 1) if column in spots)
