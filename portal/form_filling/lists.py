"""Drop-downs of a form's columns, with choices from the rule itself, another sheet or a defined name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from lxml import etree

from portal.form_filling.book import SheetRef
from portal.form_filling.package import local
from portal.form_filling.references import corners
from portal.form_filling.sheet import SheetXml


@dataclass(frozen=True, slots=True)
class DropDown:
    """Drop-down of a column. closed: whether the choices are known, which they are not if another column decides (INDIRECT)."""

    choices: tuple[str, ...] = ()
    closed: bool = False
    prompt: str = ""


def choices_at(sheet: SheetXml, rows: Sequence[int]) -> dict[int, DropDown]:
    """Drop-down of each column in the rows to be filled."""
    first, last = min(rows), max(rows)
    drop_downs: dict[int, DropDown] = {}
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
                drop_downs[column] = DropDown(choices or (), bool(choices), prompt)
            elif column not in drop_downs:
                drop_downs[column] = DropDown(prompt=prompt)
    return drop_downs


def _bounded(area: str) -> str:
    """Normalise whole columns (`C:C`) to an area with rows."""
    first, _colon, last = area.partition(":")
    if any(char.isdigit() for char in first):
        return area
    return f"{first}1:{last or first}1048576"


def _validations(sheet: SheetXml) -> Iterator[tuple[str, str, str, str]]:
    """Kind, areas, first formula and prompt of every validation rule, in the standard and the extended syntax."""
    for one in sheet.root.iter("{*}dataValidation"):
        areas = one.get("sqref") or next((c.text or "" for c in one if local(c) == "sqref"), "")
        first = next((c for c in one if local(c) == "formula1"), None)
        prompt = f"{one.get('promptTitle', '')} {one.get('prompt', '')}".strip()
        yield one.get("type", "none"), areas, _words(first), prompt


def _words(element: etree._Element | None) -> str:
    return "" if element is None else "".join(element.itertext()).strip()


def _texts(sheet: SheetXml, ref: SheetRef, area: str) -> Iterator[str]:
    """Texts of an area, row by row."""
    other = sheet if ref == sheet.ref else SheetXml(sheet.book, ref)
    top, left, bottom, right = corners(area)
    for row in other.rows:
        if top <= row <= bottom:
            cells = other.cells_at(row)
            yield from (cells[column].text for column in range(left, right + 1) if column in cells)
