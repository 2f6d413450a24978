"""Writing into a form: people into its rows, more rows where there are too few, households into their blocks."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.filling.book import Book
from portal.filling.finder import find_layout
from portal.filling.generated import Generated
from portal.filling.layout import Blank, Block, Layout, Words
from portal.filling.references import Shift
from portal.filling.sheet import SheetXml, Value
from portal.spreadsheets.errors import Broken, OverLimit, SpreadsheetError

MOST_BLOCKS = 300

Row = dict[int, Value]
"""What is written into a row, by column."""


class NoRoom(SpreadsheetError):
    """The form has too few rows, and none can be put in."""

    code = "no_room"


@dataclass(frozen=True, slots=True)
class BlockOrder:
    """A household: what its lines say, in the order of `Block.heads` (None: nothing), and its people."""

    heads: Sequence[Value | None]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Order:
    """What to write. at: into rows in which something stands already; blanks: by `Blank.key`."""

    sheet: str
    words: Words = field(default_factory=Words)
    rows: Sequence[Row] = ()
    at: dict[int, Row] = field(default_factory=dict)
    blanks: dict[str, str] = field(default_factory=dict)
    blocks: Sequence[BlockOrder] = ()


def fill(content: bytes, order: Order) -> tuple[bytes, int]:
    """The filled file, and how many rows were put in. SpreadsheetError where it cannot be done."""
    book = Book(content)
    sheet = SheetXml(book, book.ref(order.sheet))
    layout = find_layout(sheet, order.words)
    if layout is None:
        raise Broken("表中没有找到表头，无法填写")
    for row, values in order.at.items():
        there = {column for column, spot in sheet.spots(row).items() if spot.text.strip()}
        _put(sheet, layout, row, {column: value for column, value in values.items() if column not in there})
    _fill_blanks(sheet, layout.blanks, order.blanks)
    added = _fill_blocks(sheet, layout, order) if layout.blocks else _fill_rows(sheet, layout, order.rows)
    formulas = sheet.forget_results()
    if book.forget_results(sheet.ref) or formulas:
        book.recompute()
    sheet.save()
    return book.package.packed(), added


def _put(sheet: SheetXml, layout: Layout, row: int, values: Row) -> None:
    """Write a row, except over formulas: those stay."""
    formulas = {column for column, spot in sheet.spots(row).items() if spot.formula}
    styles = {one.column: one.style for one in layout.columns}
    sheet.put(row, {column: value for column, value in values.items() if column not in formulas}, styles)


# A table


def _fill_rows(sheet: SheetXml, layout: Layout, people: Sequence[Row]) -> int:
    people = _numbered(people, layout.number_column, _first_number(sheet, layout))
    extra = len(people) - len(layout.rows)
    if extra <= 0:
        for row, values in zip(layout.rows, people, strict=False):
            _put(sheet, layout, row, values)
        return 0
    if layout.fixed:
        raise NoRoom(
            f"表中只有 {len(layout.rows)} 行空行，要填 {len(people)} 人；{layout.fixed}，请减少人数或另行分表"
        )
    body = layout.body
    room = _Room.of(
        body, after=max([layout.header[1], *layout.skipped]), may_split=layout.rows[-1:] == tuple(body[-1:])
    )
    before = layout.rows[:-1] if room.splits else layout.rows
    shift = Shift(((room.at, extra),), room.grows)
    new = people[len(before) : len(before) + extra]
    copies = [(room.model, room.at + number) for number in range(extra)]
    values = Generated(room.at, new, {one.column: one.style for one in layout.columns})
    sheet.insert(shift, copies, body=set(body), lasts=room.lasts, values=values)
    targets = [*before, *((room.at + extra,) if room.splits else ())]
    for row, one in zip(targets, [*people[: len(before)], *people[len(before) + extra :]], strict=True):
        _put(sheet, layout, row, one)
    return extra


@dataclass(frozen=True, slots=True)
class _Room:
    """Where new rows go: before the last row of the body, so that sums over it hold them, or behind its only one.

    model: the row they look like, 0 for none.
    """

    at: int
    model: int
    splits: bool
    grows: frozenset[int] = frozenset()

    @property
    def lasts(self) -> frozenset[int]:
        return frozenset({self.at}) if self.splits else frozenset()

    @classmethod
    def of(cls, body: Sequence[int], *, after: int, may_split: bool = True) -> "_Room":
        if not body:
            return cls(after + 1, 0, False)
        last = body[-1]
        if may_split and body[-2:] == [last - 1, last]:
            return cls(last, last - 1, True)
        return cls(last + 1, last, False, frozenset({last}))


def _first_number(sheet: SheetXml, layout: Layout) -> int:
    """With which 序号 the first blank row begins: as it is printed there, or after those that are filled."""
    column = layout.number_column
    for row in layout.rows[:1]:
        spot = sheet.spots(row).get(column)
        if spot and spot.text.isdigit():
            return int(spot.text)
    before = [row for row in layout.filled if not layout.rows or row < layout.rows[0]]
    return len(before) + 1


def _numbered(people: Sequence[Row], column: int, first: int) -> list[Row]:
    if not column:
        return list(people)
    return [{**row, column: number} for number, row in enumerate(people, start=first)]


# Blocks of one household each


def _fill_blocks(sheet: SheetXml, layout: Layout, order: Order) -> int:
    if len(order.blocks) > MOST_BLOCKS:
        raise OverLimit(f"每户一块的表一次最多填 {MOST_BLOCKS} 户，请先筛选")
    blocks, added = _enough_blocks(sheet, layout, len(order.blocks))
    points, grows, lasts, copies, places = [], set(), set(), [], []
    for block, wanted in zip(blocks, order.blocks, strict=False):
        extra = len(wanted.rows) - len(block.rows)
        if extra > 0 and not block.rows:
            raise NoRoom("表中每户没有空行，无法填写，请在表头下留一行空行")
        room = _Room.of(list(block.rows), after=block.last)
        if extra > 0:
            points.append((room.at, extra))
            grows |= room.grows
            lasts |= room.lasts
        places.append((block, wanted, extra, room))
    shift = Shift(tuple(points), frozenset(grows))
    for _, _, extra, room in places:
        first = shift.row(room.at - 1) + 1
        copies += [(room.model, first + number) for number in range(max(0, extra))]
    if shift:
        _check(layout)
        sheet.insert(shift, copies, body={row for block in blocks for row in block.rows}, lasts=lasts)
    for block, wanted, extra, room in places:
        first = shift.row(room.at - 1) + 1
        rows = [shift.row(row) for row in block.rows] + [first + number for number in range(max(0, extra))]
        people = _numbered(wanted.rows, layout.number_column, 1)
        for row, values in zip(sorted(rows), people, strict=False):
            _put(sheet, layout, row, values)
        _fill_heads(sheet, block, wanted.heads, shift)
    return added + len(copies)


def _check(layout: Layout) -> None:
    if layout.fixed:
        raise NoRoom(f"表中的空行不够；{layout.fixed}，请减少人数")


def _enough_blocks(sheet: SheetXml, layout: Layout, wanted: int) -> tuple[list[Block], int]:
    """The blocks, the last one copied as often as it takes; and how many rows that added."""
    blocks = list(layout.blocks)
    missing = wanted - len(blocks)
    if missing <= 0:
        return blocks, 0
    _check(layout)
    last = blocks[-1]
    depth = last.last - last.first + 1
    by = [depth * (number + 1) for number in range(missing)]
    copies = [(row, row + rows) for rows in by for row in range(last.first, last.last + 1)]
    sheet.insert(Shift(((last.last + 1, depth * missing),)), copies, body=set(last.rows))
    sheet.copy_areas(last.first, last.last, by)
    for rows in by:
        heads = tuple(Blank(h.row + rows, h.column, h.label, h.start, h.end) for h in last.heads)
        blocks.append(Block(last.first + rows, last.last + rows, tuple(r + rows for r in last.rows), heads))
    return blocks, depth * missing


def _fill_heads(sheet: SheetXml, block: Block, values: Sequence[Value | None], shift: Shift) -> None:
    moved = [Blank(shift.row(h.row), h.column, h.label, h.start, h.end) for h in block.heads]
    said = {
        one.key: value for one, value in zip(moved, values, strict=True) if value is not None and value != ""
    }
    _fill_blanks(sheet, moved, said)


# What stands beside the table


def _fill_blanks(sheet: SheetXml, blanks: Sequence[Blank], values: dict[str, Value]) -> None:
    """Write values into gaps of texts, from the right so that places hold, or into cells of their own."""
    for one in sorted(blanks, key=lambda blank: (blank.row, blank.column, -blank.start)):
        if one.key not in values:
            continue
        value = values[one.key]
        if one.start < 0:
            sheet.put(one.row, {one.column: value})
        else:
            runs = sheet.runs(one.row, one.column)
            sheet.put_runs(one.row, one.column, spliced(runs, one.start, one.end, str(value)))


def spliced(runs: Sequence[str], start: int, end: int, value: str) -> list[str]:
    """Runs of a text with `value` in place of start–end, in the look of what stood there."""
    gap = "".join(runs)[start:end]
    follows = end < sum(map(len, runs))
    if follows and not gap.strip("_＿"):
        new = value
    elif follows:
        new = value.ljust(max(len(gap) - len(value), len(value) + 2))
    else:
        new = value
    found, place, placed = [], 0, False
    for run in runs:
        first, last = max(start - place, 0), min(end - place, len(run))
        overlaps = first < last or (start == end and place + len(run) >= start and not placed)
        if overlaps:
            first = min(first, len(run))
            run_text = run[:first] + ("" if placed else new) + run[max(last, first) :]
            placed = True
        else:
            run_text = run
        found.append(run_text)
        place += len(run)
    return found
