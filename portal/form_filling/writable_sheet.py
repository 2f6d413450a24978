"""A form's sheet as an XML tree that can be changed: write cells, insert rows."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Protocol

from lxml import etree

from portal.form_filling.book import Book, SheetRef, remove_results
from portal.form_filling.package import local, serialised
from portal.form_filling.references import Shift, corners, letters, place_of
from portal.form_filling.sheet import SheetXml
from portal.spreadsheets.writing import without_controls

Value = str | int | float
"""Cell value: text, or a number (dates are serial numbers)."""

LONGEST = 32_767
ESCAPED = re.compile("_(?=x[0-9a-fA-F]{4}_)")


class NewRows(Protocol):
    """New rows generated as text, from row `first` on; iterating gives the bytes of each."""

    first: int

    def prepare(
        self, sheet: "WritableSheet", copies: Sequence[tuple[int, int]], shift: Shift, added: list[str]
    ) -> None:
        """Read the row to be copied before anything moves. added: collects cells that become formulas."""

    def __iter__(self) -> Iterator[bytes]: ...


class WritableSheet(SheetXml):
    """A sheet whose cells can be written, and into which rows can be inserted."""

    def __init__(self, book: Book, ref: SheetRef):
        super().__init__(book, ref)
        self._generated: list[NewRows] = []

    def put(self, row: int, values: Mapping[int, Value], styles: Mapping[int, int] = {}) -> None:
        """Write cells of a row by column. Existing cells keep their style; new ones get that of `styles`."""
        cells = {place_of(cell.get("r"))[1]: cell for cell in self._cells(row)}
        for column, value in values.items():
            cell = cells.get(column)
            if cell is None:
                cell = cells[column] = self._new_cell(row, column, styles.get(column))
            for child in list(cell):
                if local(child) in ("v", "is"):
                    cell.remove(child)
            cell.attrib.pop("t", None)
            if isinstance(value, str):
                cell.set("t", "inlineStr")
                inside = etree.SubElement(cell, f"{self._namespace}is")
                self._set_text(etree.SubElement(inside, f"{self._namespace}t"), value)
            else:
                etree.SubElement(cell, f"{self._namespace}v").text = digits(value)

    def runs(self, row: int, column: int) -> list[str]:
        """Texts of the styled runs of a cell."""
        return [one.text or "" for one in self._inline(row, column).iter(f"{self._namespace}t")]

    def put_runs(self, row: int, column: int, texts: Sequence[str]) -> None:
        """Replace the text of each run of a cell, keeping its style."""
        cell, inline = self._cell(row, column), self._inline(row, column)
        for one, text in zip(inline.iter(f"{self._namespace}t"), texts, strict=True):
            self._set_text(one, text)
        for child in list(cell):
            if local(child) in ("v", "is"):
                cell.remove(child)
        cell.set("t", "inlineStr")
        cell.append(inline)

    def _inline(self, row: int, column: int) -> etree._Element:
        """Text of a cell as an inline string element."""
        cell = self._cell(row, column)
        inline = etree.Element(f"{self._namespace}is", nsmap=self.data.nsmap)
        if cell.get("t") == "s":
            number = next(child.text for child in cell if local(child) == "v")
            source = self.book.texts[int(number)]
        else:
            source = next((child for child in cell if local(child) == "is"), ())
        for child in source:
            if local(child) in ("t", "r"):
                inline.append(_in_namespace(deepcopy(child), self._namespace))
        return inline

    @staticmethod
    def _set_text(element: etree._Element, text: str) -> None:
        text = ESCAPED.sub("_x005F_", without_controls(text)[:LONGEST])
        element.text = text
        if text != text.strip() or "\n" in text:
            element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    def _new_cell(self, row: int, column: int, style: int | None) -> etree._Element:
        element = self._row(row)
        if style is None:
            style = int(element.get("s", 0)) if element.get("customFormat") in ("1", "true") else None
        if style is None:
            style = self.widths().get(column, (0, 0))[1]
        cell = etree.Element(f"{self._namespace}c", r=f"{letters(column)}{row}")
        if style:
            cell.set("s", str(style))
        before = [one for one in self._cells(row) if place_of(one.get("r"))[1] < column]
        element.insert(element.index(before[-1]) + 1 if before else 0, cell)
        return cell

    def _row(self, number: int) -> etree._Element:
        if number not in self._rows:
            row = etree.Element(f"{self._namespace}row", r=str(number))
            above = [one for one in self._rows if one < number]
            place = self.data.index(self._rows[max(above)]) + 1 if above else 0
            self.data.insert(place, row)
            self._rows[number] = row
        return self._rows[number]

    def remove_cached_results(self) -> bool:
        """Remove cached results, which are of the blank form; return whether there are formulas."""
        return remove_results(self.data)

    # Inserting rows

    def insert(
        self,
        shift: Shift,
        copies: Sequence[tuple[int, int]],
        *,
        body: Collection[int] = (),
        last_rows: Collection[int] = (),
        values: NewRows | None = None,
    ) -> None:
        """Insert rows.

        copies: (copied row, new row), numbered before and after the shift.
        body: rows whose formulas refer to the row itself, so that ranges in them do not grow.
        last_rows: rows of the body shifted by the new ones; formulas there keep referring to the row above.
        values: generates the new rows as text instead of elements.
        """
        name = self.ref.name
        added: list[str] = []
        self._unshare(shift)
        new_rows = []
        if values is None:
            new_rows = [(new, self._copy(old, new, shift, added)) for old, new in copies]
        else:
            values.prepare(self, copies, shift, added)
        merges = self._copied_merges(copies)
        for number in sorted(self._rows, reverse=True):
            row = self._rows[number]
            for formula in row.iter(f"{self._namespace}f"):
                if formula.text and number in last_rows:
                    formula.text = shift.copied(formula.text, shift.row(number) - number, name)
                elif formula.text:
                    formula.text = shift.formula(formula.text, True, name, grows=number not in body)
                if formula.get("ref"):
                    formula.set("ref", shift.area(formula.get("ref"), grows=False))
            if (moved := shift.row(number)) != number:
                _renumber(row, moved, self._namespace)
        self._rows = {int(row.get("r")): row for row in self._rows.values()}
        for number, row in new_rows:
            above = [one for one in self._rows if one < number]
            self.data.insert(self.data.index(self._rows[max(above)]) + 1 if above else 0, row)
            self._rows[number] = row
        if values is not None:
            self._insert_placeholder(values)
        self._move_rest(shift)
        self._add_merges(merges)
        self.book.move(self.ref, shift, added)

    def _copy(self, old: int, new: int, shift: Shift, added: list[str]) -> etree._Element:
        """Copy of a row without values, with formulas adjusted to the new position."""
        if old not in self._rows:
            return etree.Element(f"{self._namespace}row", r=str(new))
        row = deepcopy(self._rows[old])
        for cell in row.iterchildren(f"{self._namespace}c"):
            column = place_of(cell.get("r"))[1]
            formula = self.formula_of(old, column)
            if formula:
                cell.attrib.pop("t", None)
                for child in list(cell):
                    cell.remove(child)
                etree.SubElement(cell, f"{self._namespace}f").text = shift.copied(
                    formula, new - old, self.ref.name
                )
                added.append(f"{letters(column)}{new}")
        _renumber(row, new, self._namespace)
        return row

    def _unshare(self, shift: Shift) -> None:
        """Expand shared formulas of which a part moves, because their text depends on their relative position."""
        split_groups = set()
        for one in self.data.iter(f"{self._namespace}f"):
            if one.get("t") == "shared" and one.get("ref"):
                first, _, last, _ = corners(one.get("ref"))
                if shift.row(last) - last != shift.row(first) - first or shift.row(first) != first:
                    split_groups.add(one.get("si"))
        if not split_groups:
            return
        formulas = []
        for one in self.data.iter(f"{self._namespace}f"):
            if one.get("t") == "shared" and one.get("si") in split_groups:
                formulas.append((one, self.formula_of(*place_of(one.getparent().get("r")))))
        for one, text in formulas:
            one.text = text
            for name in ("t", "si", "ref"):
                one.attrib.pop(name, None)

    def _copied_merges(self, copies: Sequence[tuple[int, int]]) -> list[str]:
        """Merged ranges of the copied rows, for their copies."""
        to: dict[int, list[int]] = {}
        for old, new in copies:
            to.setdefault(old, []).append(new)
        areas = []
        for merge in self.merges:
            for place, new in enumerate(to.get(merge.first_row, ())):
                depth = merge.last_row - merge.first_row
                last = to.get(merge.last_row, ())
                if place < len(last) and last[place] - new == depth:
                    areas.append(
                        f"{letters(merge.first_column)}{new}:{letters(merge.last_column)}{new + depth}"
                    )
        return areas

    def copy_areas(self, first: int, last: int, by: Sequence[int]) -> None:
        """Extend drop-downs, formats and page breaks of some rows to their copies, which are `by` rows below."""

        def more(areas: str) -> str:
            extended = areas.split()
            for area in areas.split():
                top, left, bottom, right = corners(area) if any(map(str.isdigit, area)) else (0, 0, 0, 0)
                if first <= top and bottom <= last:
                    extended += [
                        f"{letters(left)}{top + rows}:{letters(right)}{bottom + rows}" for rows in by
                    ]
            return " ".join(extended)

        for part in self.root:
            if part is self.data:
                continue
            for one in part.iter():
                if local(one) == "sqref" and one.text:
                    one.text = more(one.text)
                elif local(one) in ("dataValidation", "conditionalFormatting") and one.get("sqref"):
                    one.set("sqref", more(one.get("sqref")))
                elif local(one) == "rowBreaks":
                    for brk in [b for b in one if first <= int(b.get("id", 0)) <= last]:
                        for rows in by:
                            copy = deepcopy(brk)
                            copy.set("id", str(int(brk.get("id")) + rows))
                            one.append(copy)
                    for name in ("count", "manualBreakCount"):
                        if one.get(name):
                            one.set(name, str(len(one)))

    def _add_merges(self, areas: list[str]) -> None:
        if not areas:
            return
        parent = next(self.root.iterchildren(f"{self._namespace}mergeCells"))
        for area in areas:
            etree.SubElement(parent, f"{self._namespace}mergeCell", ref=area)
        parent.set("count", str(len(parent)))

    def _move_rest(self, shift: Shift) -> None:
        """Shift all references of the sheet outside its rows."""
        beside = (one for part in self.root if part is not self.data for one in part.iter())
        for element in beside:
            name = local(element)
            if name == "mergeCell":
                first, _, last, _ = corners(element.get("ref"))
                element.set("ref", shift.area(element.get("ref"), grows=last > first))
            elif name == "brk" and local(element.getparent()) == "rowBreaks":
                element.set("id", str(shift.row(int(element.get("id", 0)) + 1) - 1))
            elif name == "row" and local(element.getparent()) in ("from", "to"):
                element.text = str(shift.row(int(element.text) + 1) - 1)
            elif name in ("f", "formula", "formula1", "formula2") and element.text:
                element.text = shift.formula(element.text, True, self.ref.name)
            elif name == "sqref" and element.text:
                element.text = shift.areas(element.text)
            elif name not in ("selection", "pane"):
                for attribute in ("ref", "sqref"):
                    if areas := element.get(attribute):
                        element.set(attribute, shift.areas(areas))
                if name == "hyperlink" and element.get("location"):
                    element.set("location", shift.formula(element.get("location"), False, self.ref.name))

    def _insert_placeholder(self, values: NewRows) -> None:
        """Insert a placeholder after the row above the new ones; `written` replaces it by their text."""
        above = [one for one in self._rows if one < values.first]
        mark = etree.ProcessingInstruction("liren-rows", str(len(self._generated)))
        self.data.insert(self.data.index(self._rows[max(above)]) + 1 if above else 0, mark)
        self._generated.append(values)

    def written(self) -> bytes:
        """Serialised part, with the generated rows."""
        content = serialised(self.root)
        for number, rows in enumerate(self._generated):
            before, after = content.split(f"<?liren-rows {number}?>".encode())
            content = b"".join((before, *rows, after))
        return content

    def save(self) -> None:
        self.book.package.write(self.ref.part, self.written())

    @property
    def prefix(self) -> str:
        """Namespace prefix of elements with its colon; usually empty."""
        return self._prefix

    def model_of(self, row: int) -> tuple[dict[str, str], list[tuple[int, int | None, str]]]:
        """Attributes of a row to be copied, and column, style and formula of its cells."""
        element = self._rows.get(row)
        if element is None:
            return {}, []
        prefixes = {uri: prefix for prefix, uri in element.nsmap.items() if prefix}
        attributes = {}
        for name, value in element.attrib.items():
            uri, _, plain = name.rpartition("}")
            if plain != "r":
                attributes[f"{prefixes[uri[1:]]}:{plain}" if uri else plain] = value
        cells = []
        for cell in self._cells(row):
            column = place_of(cell.get("r"))[1]
            style = cell.get("s")
            cells.append((column, int(style) if style else None, self.formula_of(row, column)))
        return attributes, cells


def digits(value: int | float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(value)


def _renumber(row: etree._Element, number: int, namespace: str) -> None:
    row.set("r", str(number))
    for cell in row.iterchildren(f"{namespace}c"):
        cell.set("r", f"{letters(place_of(cell.get('r'))[1])}{number}")


def _in_namespace(element: etree._Element, namespace: str) -> etree._Element:
    """Move an element to the namespace of another part of the file."""
    for one in element.iter():
        if local(one):
            one.tag = f"{namespace}{local(one)}"
    return element
