"""The workbook of a form: its sheets, names, texts and styles, and what of it moves when rows are put into a sheet."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from portal.filling.package import Package, local, parsed, serialised
from portal.filling.references import Shift, area_of, corners, mentions
from portal.filling.styles import Style, styles_of
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
"""Cells that a drop-down's list may have."""


@dataclass(frozen=True, slots=True)
class SheetRef:
    """A sheet as the workbook lists it: `number` is its place, `id` the one that the order of formulas names."""

    name: str
    number: int
    id: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Name:
    """A defined name: of the whole workbook, or of the sheet with this place."""

    name: str
    text: str
    sheet: int | None


class Book:
    """A workbook, parts read as they are needed."""

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
            Name(one.get("name", ""), one.text or "", _number(one.get("localSheetId")))
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
        """The shared texts, as elements: some have runs of their own look."""
        if self._texts not in self.package:
            return []
        return [one for one in parsed(self.package.read(self._texts)) if local(one) == "si"]

    def ref(self, name: str) -> SheetRef:
        """The sheet of this name. Broken when there is none."""
        for one in self.sheets:
            if one.name == name:
                return one
        raise Broken(f"表中没有工作表“{name}”，请重新上传")

    def related(self, ref: SheetRef) -> Iterator[tuple[str, str]]:
        """What a sheet refers to: kind and part."""
        yield from self.package.related(ref.part).values()

    # Lists of drop-downs

    def area_named(self, text: str, ref: SheetRef) -> tuple[SheetRef, str] | None:
        """The area that a drop-down's formula means, also by a defined name; None for what has to be worked out."""
        text = text.strip().removeprefix("=")
        for one in self.names:
            if one.name.casefold() == text.casefold() and one.sheet in (None, ref.number):
                text = one.text
                break
        found = area_of(text)
        if found is None:
            return None
        name, area = found
        where = next((s for s in self.sheets if s.name.casefold() == name.casefold()), None) if name else ref
        return (where, area) if where else None

    def listed(self, text: str, ref: SheetRef, texts_at) -> tuple[str, ...] | None:
        """The choices of a drop-down, None where they cannot be read. texts_at: (sheet, area) -> texts of its cells."""
        text = text.strip()
        if text.startswith('"') and text.endswith('"') and len(text) > 1:
            return tuple(one.strip() for one in text[1:-1].replace('""', '"').split(",") if one.strip())
        found = self.area_named(text, ref)
        if found is None:
            return None
        first_row, first_column, last_row, last_column = corners(found[1])
        if (last_row - first_row + 1) * (last_column - first_column + 1) > _MOST_CHOICES:
            return None
        return tuple(dict.fromkeys(one.strip() for one in texts_at(*found) if one.strip()))

    # What else changes with the cells of a sheet

    def recompute(self) -> None:
        """Have Excel and LibreOffice work out every formula when the file is opened."""
        content = self.package.read(WORKBOOK)
        if found := _CALC.search(content):
            given = _FULL.sub(b"", found.group(2))
            new = b"<" + found.group(1) + b"calcPr" + given + b' fullCalcOnLoad="1"' + found.group(3) + b">"
            content = content[: found.start()] + new + content[found.end() :]
        elif place := _AFTER_CALC.search(content):
            prefix = place.group(1) or place.group(2) or b""
            new = b"<" + prefix + b'calcPr fullCalcOnLoad="1"/>'
            content = content[: place.start()] + new + content[place.start() :]
        self.package.write(WORKBOOK, content)

    def move(self, ref: SheetRef, shift: Shift, added: list[str]) -> None:
        """Move what stands outside the sheet and points into it: names, anchors, notes, tables, charts, other sheets.

        added: cells of the sheet that have become formulas.
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
                self._move_boxes(part, shift)
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
                self._rewrite(part, lambda root: _move_order(root, ref, shift, added))

    def forget_results(self, ref: SheetRef) -> bool:
        """Take the stored results out of other sheets' formulas that look at this one, also by way of others.

        Excel works them out anew; LibreOffice shows what is stored. Whether there are any formulas there.
        """
        stale, roots = {ref.name}, {}
        for one in self.sheets:
            content = self.package.read(one.part) if one != ref else b""
            if b"<f" in content or b":f" in content:
                roots[one.name] = parsed(content)
        found = True
        while found:
            found = False
            for name, root in roots.items():
                if name not in stale and any(
                    mentions(one.text or "", other) for one in root.iter("{*}f") for other in stale
                ):
                    stale.add(name)
                    found = True
        for one in self.sheets:
            if one.name in stale and one != ref:
                without_results(roots[one.name])
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

    def _move_boxes(self, part: str, shift: Shift) -> None:
        """The boxes of notes, in the markup of 1999: their row, and the corners of their place."""
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
        """Write a part anew if `change(root)` says that it changed anything."""
        root = parsed(self.package.read(part))
        if change(root):
            self.package.write(part, serialised(root))


def without_results(root: etree._Element) -> bool:
    """Take the stored results of formulas out of a sheet; whether it has formulas."""
    found = False
    for formula in root.iter("{*}f"):
        cell = formula.getparent()
        if local(cell) != "c":
            continue
        found = True
        for value in cell.findall("{*}v"):
            cell.remove(value)
        cell.attrib.pop("t", None)
    return found


def _move_anchors(root: etree._Element, shift: Shift) -> bool:
    """Shapes and pictures: those below the new rows go along, those above stay."""
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
            if (given := one.get(name)) and (new := shift.areas(given)) != given:
                one.set(name, new)
                changed = True
    return changed


def _move_formulas(root: etree._Element, sheet: str, shift: Shift) -> bool:
    """Formulas outside the sheet that look at it: those of cells, charts, drop-downs and formats."""
    changed = False
    for name in ("f", "formula", "formula1", "formula2"):
        for one in root.iter(f"{{*}}{name}"):
            if one.text and (new := shift.formula(one.text, False, sheet)) != one.text:
                one.text, changed = new, True
    return changed


def _move_order(root: etree._Element, ref: SheetRef, shift: Shift, added: list[str]) -> bool:
    """The order in which formulas are worked out; an entry that names no formula makes Excel repair the file."""
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
