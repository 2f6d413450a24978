"""Workbook of a form: sheets, defined names, texts and styles, and the shift of references when rows are inserted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from portal.form_filling.package import Package, local, parsed, serialised
from portal.form_filling.references import Shift, area_of, corners, mentions
from portal.form_filling.styles import Style, styles_of
from portal.spreadsheets.errors import Broken

WORKBOOK = "xl/workbook.xml"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CALC = re.compile(rb"<((?:\w+:)?)calcPr\b([^>]*?)(/?)>")
_FULL = re.compile(rb"""\s+fullCalcOnLoad\s*=\s*["'][^"']*["']""")
_AFTER_CALC = re.compile(
    rb"<((?:\w+:)?)(?:oleSize|customWorkbookViews|pivotCaches|smartTagPr|smartTagTypes|webPublishing|fileRecoveryPr"
    rb"|webPublishObjects|extLst)\b|</((?:\w+:)?)workbook>"
)
_NAMED = re.compile(rb"(<(?:\w+:)?definedName\b[^>]*>)([^<]*)(</)")
_MOST_CHOICES = 2_000
"""Most cells of a drop-down's list."""


@dataclass(frozen=True, slots=True)
class SheetRef:
    """A sheet in the workbook's list: `number` is its position, `id` the one that the calculation chain uses."""

    name: str
    number: int
    id: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class DefinedName:
    """A defined name, of the whole workbook or of the sheet at this position."""

    name: str
    text: str
    sheet: int | None


class Book:
    """A workbook whose parts are read on demand."""

    def __init__(self, content: bytes):
        self.package = Package(content)
        root = parsed(self.package.read(WORKBOOK))
        related = self.package.related(WORKBOOK)
        self.sheets = [
            SheetRef(
                name=one.get("name", ""),
                number=number,
                id=one.get("sheetId", ""),
                part=related[one.get(_RELATION)][1],
                hidden=one.get("state", "visible") != "visible",
            )
            for number, one in enumerate(root.iter("{*}sheet"))
            if related.get(one.get(_RELATION), ("", ""))[0] == "worksheet"
        ]
        self.date1904 = any(
            one.get("date1904", "0") in ("1", "true") for one in root.iterchildren("{*}workbookPr")
        )
        self.names = [
            DefinedName(one.get("name", ""), one.text or "", _number(one.get("localSheetId")))
            for one in root.iter("{*}definedName")
        ]
        self._others = {part for kind, part in related.values() if kind == "calcChain"}
        self._styles = next((part for kind, part in related.values() if kind == "styles"), "")
        self._texts = next((part for kind, part in related.values() if kind == "sharedStrings"), "")

    @cached_property
    def styles(self) -> list[Style]:
        return styles_of(self.package.read(self._styles) if self._styles in self.package else None, parsed)

    @cached_property
    def texts(self) -> list[etree._Element]:
        """Shared strings, as elements because some have styled runs."""
        if self._texts not in self.package:
            return []
        return [one for one in parsed(self.package.read(self._texts)) if local(one) == "si"]

    def ref(self, name: str) -> SheetRef:
        """The sheet of this name. Raises Broken if there is none."""
        for one in self.sheets:
            if one.name == name:
                return one
        raise Broken(f"表中没有工作表“{name}”，请重新上传")

    def related(self, ref: SheetRef) -> Iterator[tuple[str, str]]:
        """Related parts of a sheet: kind and part."""
        yield from self.package.related(ref.part).values()

    # Lists of drop-downs

    def area_named(self, text: str, ref: SheetRef) -> tuple[SheetRef, str] | None:
        """Area of a drop-down's formula, also by a defined name; None if the formula must be calculated."""
        text = text.strip().removeprefix("=")
        for one in self.names:
            if one.name.casefold() == text.casefold() and one.sheet in (None, ref.number):
                text = one.text
                break
        reference = area_of(text)
        if reference is None:
            return None
        name, area = reference
        where = next((s for s in self.sheets if s.name.casefold() == name.casefold()), None) if name else ref
        return (where, area) if where else None

    def listed(self, text: str, ref: SheetRef, texts_at) -> tuple[str, ...] | None:
        """Choices of a drop-down, None if unreadable. texts_at: (sheet, area) -> texts of its cells."""
        text = text.strip()
        if text.startswith('"') and text.endswith('"') and len(text) > 1:
            return tuple(one.strip() for one in text[1:-1].replace('""', '"').split(",") if one.strip())
        area = self.area_named(text, ref)
        if area is None:
            return None
        first_row, first_column, last_row, last_column = corners(area[1])
        if (last_row - first_row + 1) * (last_column - first_column + 1) > _MOST_CHOICES:
            return None
        return tuple(dict.fromkeys(one.strip() for one in texts_at(*area) if one.strip()))

    # What else changes with the cells of a sheet

    def recompute(self) -> None:
        """Make Excel and LibreOffice recalculate every formula when the file is opened."""
        content = self.package.read(WORKBOOK)
        if match := _CALC.search(content):
            attributes = _FULL.sub(b"", match.group(2))
            new = (
                b"<"
                + match.group(1)
                + b"calcPr"
                + attributes
                + b' fullCalcOnLoad="1"'
                + match.group(3)
                + b">"
            )
            content = content[: match.start()] + new + content[match.end() :]
        elif place := _AFTER_CALC.search(content):
            prefix = place.group(1) or place.group(2) or b""
            new = b"<" + prefix + b'calcPr fullCalcOnLoad="1"/>'
            content = content[: place.start()] + new + content[place.start() :]
        self.package.write(WORKBOOK, content)

    def move(self, ref: SheetRef, shift: Shift, added: list[str]) -> None:
        """Shift references to the sheet from outside: names, anchors, comments, tables, charts, other sheets.

        added: cells of the sheet that are new formulas.
        """
        self._move_names(ref, shift)
        for kind, part in self.related(ref):
            if part not in self.package:
                continue
            if kind == "drawing":
                self._rewrite(part, lambda root: _move_anchors(root, shift))
            elif kind in ("comments", "threadedComment"):
                self._rewrite(part, lambda root: _move_attributes(root, {"ref"}, shift))
            elif kind == "vmlDrawing":
                self._move_comment_boxes(part, shift)
            elif kind == "table":
                self._rewrite(part, lambda root: _move_attributes(root, {"ref"}, shift))
        for name in self.package.names:
            if re.match(r"xl/charts/[^/]+\.xml$", name):
                self._rewrite(name, lambda root: _move_formulas(root, ref.name, shift))
        for other in self.sheets:
            if other != ref:
                self._rewrite(other.part, lambda root: _move_formulas(root, ref.name, shift))
        for part in self._others:
            if part in self.package:
                self._rewrite(part, lambda root: _move_calculation_chain(root, ref, shift, added))

    def remove_cached_results(self, ref: SheetRef) -> bool:
        """Remove the cached results of other sheets' formulas that depend on this one, directly or indirectly.

        Excel recalculates them, but LibreOffice shows cached results. Returns whether other sheets have formulas.
        """
        stale, roots = {ref.name}, {}
        for one in self.sheets:
            content = self.package.read(one.part) if one != ref else b""
            if b"<f" in content or b":f" in content:
                roots[one.name] = parsed(content)
        has_grown = True
        while has_grown:
            has_grown = False
            for name, root in roots.items():
                if name not in stale and any(
                    mentions(one.text or "", other) for one in root.iter("{*}f") for other in stale
                ):
                    stale.add(name)
                    has_grown = True
        for one in self.sheets:
            if one.name in stale and one != ref:
                remove_results(roots[one.name])
                self.package.write(one.part, serialised(roots[one.name]))
        return any(True for root in roots.values() for _ in root.iter("{*}f"))

    def _move_names(self, ref: SheetRef, shift: Shift) -> None:
        content = self.package.read(WORKBOOK)

        def moved(match: re.Match) -> bytes:
            text = _unescaped(match.group(2).decode())
            new = shift.formula(text, False, ref.name)
            return match.group(1) + _escaped(new).encode() + match.group(3) if new != text else match.group()

        new = _NAMED.sub(moved, content)
        if new != content:
            self.package.write(WORKBOOK, new)

    def _move_comment_boxes(self, part: str, shift: Shift) -> None:
        """Shift comment boxes, which are legacy VML: their row, and the corners of their position."""
        content = self.package.read(part)

        def row(match: re.Match) -> bytes:
            return b"%s%d" % (match.group(1), shift.row(int(match.group(2)) + 1) - 1)

        def anchor(match: re.Match) -> bytes:
            numbers = match.group(2).decode().split(",")
            if len(numbers) != 8:
                return match.group()
            by = shift.row(int(numbers[2]) + 1) - int(numbers[2]) - 1
            for place in (2, 6):
                numbers[place] = str(int(numbers[place]) + by)
            return match.group(1) + ", ".join(one.strip() for one in numbers).encode()

        new = re.sub(rb"(<x:Row>\s*)(\d+)", row, content)
        new = re.sub(rb"(<x:Anchor>\s*)([\d,\s]+?)(?=\s*</x:Anchor>)", anchor, new)
        if new != content:
            self.package.write(part, new)

    def _rewrite(self, part: str, change) -> None:
        """Rewrite a part if `change(root)` returns that it changed anything."""
        root = parsed(self.package.read(part))
        if change(root):
            self.package.write(part, serialised(root))


def remove_results(root: etree._Element) -> bool:
    """Remove the cached results of formulas from a sheet; return whether it has formulas."""
    has_formulas = False
    for formula in root.iter("{*}f"):
        cell = formula.getparent()
        if local(cell) != "c":
            continue
        has_formulas = True
        for value in cell.findall("{*}v"):
            cell.remove(value)
        cell.attrib.pop("t", None)
    return has_formulas


def _move_anchors(root: etree._Element, shift: Shift) -> bool:
    """Shift the anchors of shapes and pictures below the new rows."""
    changed = False
    for one in root.iter("{*}row"):
        if local(one.getparent()) not in ("from", "to") or not (one.text or "").strip().isdigit():
            continue
        row = int(one.text)
        if (new := shift.row(row + 1) - 1) != row:
            one.text, changed = str(new), True
    return changed


def _move_attributes(root: etree._Element, names: set[str], shift: Shift) -> bool:
    changed = False
    for one in root.iter():
        for name in names:
            if (areas := one.get(name)) and (new := shift.areas(areas)) != areas:
                one.set(name, new)
                changed = True
    return changed


def _move_formulas(root: etree._Element, sheet: str, shift: Shift) -> bool:
    """Shift formulas outside the sheet that refer to it: in cells, charts, drop-downs and conditional formats."""
    changed = False
    for name in ("f", "formula", "formula1", "formula2"):
        for one in root.iter(f"{{*}}{name}"):
            if one.text and (new := shift.formula(one.text, False, sheet)) != one.text:
                one.text, changed = new, True
    return changed


def _move_calculation_chain(root: etree._Element, ref: SheetRef, shift: Shift, added: list[str]) -> bool:
    """Shift the calculation chain; an entry without a formula makes Excel repair the file."""
    sheet, changed = "", False
    for one in root:
        sheet = one.get("i", sheet)
        if sheet == ref.id and (new := shift.area(one.get("r", ""), grows=False)) != one.get("r"):
            one.set("r", new)
            changed = True
    for place in added:
        etree.SubElement(root, root.tag.replace("calcChain", "c"), r=place, i=ref.id)
    return changed or bool(added)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None


def _unescaped(text: str) -> str:
    return (
        text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", '"')
        .replace("&apos;", "'")
        .replace("&amp;", "&")
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
