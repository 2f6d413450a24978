"""Fill a form: people into its rows, inserting rows if there are too few, and households into their blocks."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.form_filling.book import Book
from portal.form_filling.finder import find_layout
from portal.form_filling.generated import Generated
from portal.form_filling.layout import Blank, Block, KnownNames, Layout
from portal.form_filling.references import Shift
from portal.form_filling.writable_sheet import Value, WritableSheet
from portal.spreadsheets.errors import Broken, OverLimit, SpreadsheetError

MOST_BLOCKS = 300

Row = dict[int, Value]
"""Values of a row by column."""


class TooFewRows(SpreadsheetError):
    """The form has too few rows, and none can be inserted."""

    code = "no_room"


@dataclass(frozen=True, slots=True)
class BlockValues:
    """Values for a household's block: for its header lines, in the order of `Block.heads` (None: none), and its people."""

    heads: Sequence[Value | None]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class FillOrder:
    """Values to be written. at: additions to rows with content, by row; blanks: values by `Blank.key`."""

    sheet: str
    words: KnownNames = field(default_factory=KnownNames)
    rows: Sequence[Row] = ()
    at: dict[int, Row] = field(default_factory=dict)
    blanks: dict[str, str] = field(default_factory=dict)
    blocks: Sequence[BlockValues] = ()


def fill(content: bytes, order: FillOrder) -> tuple[bytes, int]:
    """Fill a form; return the file and the number of inserted rows. Raises SpreadsheetError if that is impossible."""
    book = Book(content)
    sheet = WritableSheet(book, book.ref(order.sheet))
    layout = find_layout(sheet, order.words)
    if layout is None:
        raise Broken("表中没有找到表头，无法填写")
    for row, values in order.at.items():
        filled_columns = {column for column, cell in sheet.cells_at(row).items() if cell.text.strip()}
        _put(
            sheet,
            layout,
            row,
            {column: value for column, value in values.items() if column not in filled_columns},
        )
    _fill_blanks(sheet, layout.blanks, order.blanks)
    added = _fill_blocks(sheet, layout, order) if layout.blocks else _fill_rows(sheet, layout, order.rows)
    formulas = sheet.remove_cached_results()
    if book.remove_cached_results(sheet.ref) or formulas:
        book.recompute()
    sheet.save()
    return book.package.packed(), added


def _put(sheet: WritableSheet, layout: Layout, row: int, values: Row) -> None:
    """Write a row, but keep its formulas."""
    formulas = {column for column, cell in sheet.cells_at(row).items() if cell.formula}
    styles = {one.column: one.style for one in layout.columns}
    sheet.put(row, {column: value for column, value in values.items() if column not in formulas}, styles)


# A table


def _fill_rows(sheet: WritableSheet, layout: Layout, people: Sequence[Row]) -> int:
    people = _numbered(people, layout.number_column, _first_number(sheet, layout))
    extra = len(people) - len(layout.rows)
    if extra <= 0:
        for row, values in zip(layout.rows, people, strict=False):
            _put(sheet, layout, row, values)
        return 0
    if layout.fixed:
        raise TooFewRows(
            f"表中只有 {len(layout.rows)} 行空行，要填 {len(people)} 人；{layout.fixed}，请减少人数或另行分表"
        )
    body = layout.body
    room = _InsertionPoint.of(
        body, after=max([layout.header[1], *layout.skipped]), may_split=layout.rows[-1:] == tuple(body[-1:])
    )
    before = layout.rows[:-1] if room.splits else layout.rows
    shift = Shift(((room.at, extra),), room.grows)
    new = people[len(before) : len(before) + extra]
    copies = [(room.model, room.at + number) for number in range(extra)]
    values = Generated(room.at, new, {one.column: one.style for one in layout.columns})
    sheet.insert(shift, copies, body=set(body), last_rows=room.last_rows, values=values)
    targets = [*before, *((room.at + extra,) if room.splits else ())]
    for row, one in zip(targets, [*people[: len(before)], *people[len(before) + extra :]], strict=True):
        _put(sheet, layout, row, one)
    return extra


@dataclass(frozen=True, slots=True)
class _InsertionPoint:
    """Place of new rows: before the last row of the body, so that sums over it include them, or after its only row.

    model: the row whose style they copy, 0 for none.
    """

    at: int
    model: int
    splits: bool
    grows: frozenset[int] = frozenset()

    @property
    def last_rows(self) -> frozenset[int]:
        return frozenset({self.at}) if self.splits else frozenset()

    @classmethod
    def of(cls, body: Sequence[int], *, after: int, may_split: bool = True) -> "_InsertionPoint":
        if not body:
            return cls(after + 1, 0, False)
        last = body[-1]
        if may_split and body[-2:] == [last - 1, last]:
            return cls(last, last - 1, True)
        return cls(last + 1, last, False, frozenset({last}))


def _first_number(sheet: WritableSheet, layout: Layout) -> int:
    """First 序号 of the blank rows: as printed in the form, or following the filled rows."""
    column = layout.number_column
    for row in layout.rows[:1]:
        cell = sheet.cells_at(row).get(column)
        if cell and cell.text.isdigit():
            return int(cell.text)
    before = [row for row in layout.filled if not layout.rows or row < layout.rows[0]]
    return len(before) + 1


def _numbered(people: Sequence[Row], column: int, first: int) -> list[Row]:
    if not column:
        return list(people)
    return [{**row, column: number} for number, row in enumerate(people, start=first)]


# Blocks of one household each


def _fill_blocks(sheet: WritableSheet, layout: Layout, order: FillOrder) -> int:
    if len(order.blocks) > MOST_BLOCKS:
        raise OverLimit(f"每户一块的表一次最多填 {MOST_BLOCKS} 户，请先筛选")
    blocks, added = _with_enough_blocks(sheet, layout, len(order.blocks))
    points, grows, last_rows, copies, places = [], set(), set(), [], []
    for block, block_order in zip(blocks, order.blocks, strict=False):
        extra = len(block_order.rows) - len(block.rows)
        if extra > 0 and not block.rows:
            raise TooFewRows("表中每户没有空行，无法填写，请在表头下留一行空行")
        room = _InsertionPoint.of(list(block.rows), after=block.last)
        if extra > 0:
            points.append((room.at, extra))
            grows |= room.grows
            last_rows |= room.last_rows
        places.append((block, block_order, extra, room))
    shift = Shift(tuple(points), frozenset(grows))
    for _, _, extra, room in places:
        first = shift.row(room.at - 1) + 1
        copies += [(room.model, first + number) for number in range(max(0, extra))]
    if shift:
        _require_insertable(layout)
        sheet.insert(shift, copies, body={row for block in blocks for row in block.rows}, last_rows=last_rows)
    for block, block_order, extra, room in places:
        first = shift.row(room.at - 1) + 1
        rows = [shift.row(row) for row in block.rows] + [first + number for number in range(max(0, extra))]
        people = _numbered(block_order.rows, layout.number_column, 1)
        for row, values in zip(sorted(rows), people, strict=False):
            _put(sheet, layout, row, values)
        _fill_heads(sheet, block, block_order.heads, shift)
    return added + len(copies)


def _require_insertable(layout: Layout) -> None:
    if layout.fixed:
        raise TooFewRows(f"表中的空行不够；{layout.fixed}，请减少人数")


def _with_enough_blocks(sheet: WritableSheet, layout: Layout, count: int) -> tuple[list[Block], int]:
    """At least `count` blocks, by copying the last one; and the number of added rows."""
    blocks = list(layout.blocks)
    missing = count - len(blocks)
    if missing <= 0:
        return blocks, 0
    _require_insertable(layout)
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


def _fill_heads(sheet: WritableSheet, block: Block, values: Sequence[Value | None], shift: Shift) -> None:
    moved = [Blank(shift.row(h.row), h.column, h.label, h.start, h.end) for h in block.heads]
    values_by_key = {
        one.key: value for one, value in zip(moved, values, strict=True) if value is not None and value != ""
    }
    _fill_blanks(sheet, moved, values_by_key)


# Header lines of blocks, and blanks outside the table


def _fill_blanks(sheet: WritableSheet, blanks: Sequence[Blank], values: dict[str, Value]) -> None:
    """Write values into gaps of texts, from right to left so that positions stay valid, or into cells of their own."""
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
    """Runs of a text with start–end replaced by `value`, in the style of the replaced text."""
    gap = "".join(runs)[start:end]
    follows = end < sum(map(len, runs))
    if follows and not gap.strip("_＿"):
        new = value
    elif follows:
        new = value.ljust(max(len(gap) - len(value), len(value) + 2))
    else:
        new = value
    result, place, placed = [], 0, False
    for run in runs:
        first, last = max(start - place, 0), min(end - place, len(run))
        overlaps = first < last or (start == end and place + len(run) >= start and not placed)
        if overlaps:
            first = min(first, len(run))
            run_text = run[:first] + ("" if placed else new) + run[max(last, first) :]
            placed = True
        else:
            run_text = run
        result.append(run_text)
        place += len(run)
    return result
