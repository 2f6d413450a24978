"""One sheet of a form as an XML tree: read cells, merged ranges and formulas."""

import re
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from portal.form_filling.book import Book, SheetRef
from portal.form_filling.package import local, parsed
from portal.form_filling.references import STAY, corners, letters, place_of
from portal.form_filling.styles import Style
from portal.spreadsheets.cells import MergedRange

_PLAIN = Style()


@dataclass(frozen=True, slots=True)
class FormCell:
    """A cell of the form. `text` of a number is its digits; `formula`: whether it has one."""

    text: str = ""
    style: int = 0
    formula: bool = False
    numeric: bool = False


class SheetXml:
    """XML part of a sheet. Row and column numbers begin at 1."""

    def __init__(self, book: Book, ref: SheetRef):
        self.book, self.ref = book, ref
        self.root = parsed(book.package.read(ref.part))
        self.data = next(self.root.iterchildren("{*}sheetData"))
        self._namespace = self.data.tag.removesuffix("sheetData")
        self._prefix = f"{self.data.prefix}:" if self.data.prefix else ""
        self._rows: dict[int, etree._Element] = {}
        self._index()

    def _index(self) -> None:
        """Index rows by number; missing row numbers and cell references are added."""
        number, self._rows = 0, {}
        for row in self.data.iterchildren(f"{self._namespace}row"):
            number = int(row.get("r", number + 1))
            row.set("r", str(number))
            self._rows[number] = row
            column = 0
            for cell in row.iterchildren(f"{self._namespace}c"):
                if place := cell.get("r"):
                    column = place_of(place)[1]
                else:
                    column += 1
                    cell.set("r", f"{letters(column)}{number}")

    @property
    def rows(self) -> list[int]:
        """Numbers of the rows in the file, in order."""
        return sorted(self._rows)

    def cells_at(self, row: int) -> dict[int, FormCell]:
        """Cells of a row by column, also empty ones with a style."""
        cells = {}
        for element in self._cells(row):
            column = place_of(element.get("r"))[1]
            formula = any(local(child) == "f" for child in element) or any(
                top <= row <= bottom and left <= column <= right
                for top, left, bottom, right in self._formula_areas
            )
            kind = element.get("t", "n")
            text = self._text(element, kind)
            style = int(element.get("s", 0))
            cells[column] = FormCell(text, style, formula, kind == "n" and text != "")
        return cells

    def _cells(self, row: int) -> list[etree._Element]:
        element = self._rows.get(row)
        return [] if element is None else element.findall(f"{self._namespace}c")

    def _cell(self, row: int, column: int) -> etree._Element | None:
        place = f"{letters(column)}{row}"
        return next((cell for cell in self._cells(row) if cell.get("r") == place), None)

    def _text(self, cell: etree._Element, kind: str) -> str:
        if kind == "inlineStr":
            return text_of(cell)
        value = next((child.text or "" for child in cell if local(child) == "v"), "")
        if kind == "s":
            number = int(value or -1)
            return text_of(self.book.texts[number]) if 0 <= number < len(self.book.texts) else ""
        return value

    @property
    def merges(self) -> list[MergedRange]:
        ranges = []
        for one in self.root.iter(f"{self._namespace}mergeCell"):
            first_row, first_column, last_row, last_column = corners(one.get("ref"))
            ranges.append(MergedRange(first_row, first_column, last_row, last_column))
        return ranges

    def style(self, cell: FormCell) -> Style:
        return self.book.styles[cell.style] if cell.style < len(self.book.styles) else _PLAIN

    def widths(self) -> dict[int, tuple[float, int]]:
        """Width and style of columns that declare them."""
        widths = {}
        for one in self.root.iter(f"{self._namespace}col"):
            for column in range(int(one.get("min")), min(int(one.get("max")), 300) + 1):
                widths[column] = (float(one.get("width", 0) or 0), int(one.get("style", 0)))
        return widths

    def formula_of(self, row: int, column: int) -> str:
        """Formula of a cell, also a shared one; "" if it has none."""
        cell = self._cell(row, column)
        formula = next((child for child in cell if local(child) == "f"), None) if cell is not None else None
        if formula is None:
            return ""
        if formula.text or formula.get("t") != "shared":
            return formula.text or ""
        for one in self.data.iter(f"{self._namespace}f"):
            if one.get("t") == "shared" and one.get("si") == formula.get("si") and one.text:
                first_row, first_column = place_of(one.getparent().get("r"))
                return _copied_right(
                    STAY.copied(one.text, row - first_row, self.ref.name), column - first_column
                )
        return ""

    @property
    def has_formulas(self) -> bool:
        return next(self.data.iter(f"{self._namespace}f"), None) is not None

    def fixed_blocks(self) -> list[tuple[int, int]]:
        """First and last rows of array formulas, inside which no rows can be inserted."""
        return [(first, last) for first, _, last, _ in self._formula_areas]

    @cached_property
    def _formula_areas(self) -> list[tuple[int, int, int, int]]:
        return [
            corners(one.get("ref"))
            for one in self.data.iter(f"{self._namespace}f")
            if one.get("t") in ("array", "dataTable") and one.get("ref")
        ]


def text_of(element: etree._Element) -> str:
    """Text of a shared or inline string, without phonetic readings."""
    return "".join(
        one.text or ""
        for one in element.iter("{*}t")
        if not any(local(above) == "rPh" for above in one.iterancestors())
    )


_COLUMN = re.compile(r"(?<![\w.$!])([A-Z]{1,3})(\$?[1-9][0-9]{0,6})(?![\w(.!])")


def _copied_right(text: str, columns: int) -> str:
    """Formula copied some columns further right."""
    if not columns:
        return text
    parts = re.split(r'("(?:[^"]|"")*")', text)
    for number in range(0, len(parts), 2):
        parts[number] = _COLUMN.sub(
            lambda match: letters(max(1, place_of(match.group(1) + "1")[1] + columns)) + match.group(2),
            parts[number],
        )
    return "".join(parts)
