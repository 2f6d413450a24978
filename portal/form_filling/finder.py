"""Layout detection: find the header of a sheet's table, then classify each row below it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from portal.form_filling.blanks import blanks_in_row, has_label, heads_in_row
from portal.form_filling.grid import Grid
from portal.form_filling.layout import Blank, Block, FormColumn, KnownNames, Layout
from portal.form_filling.lists import DropDown, choices_at
from portal.form_filling.sheet import FormCell, SheetXml
from portal.spreadsheets.headers import (
    Header,
    header_at,
    header_key,
    is_help_row,
    is_known,
    is_note_label,
    is_total_label,
)

_SEARCHED_ROWS = 60
"""Rows that are searched for a header."""
_DEEP = 40
_LONGEST_NAME = 30
_NUMBERS = {"序号", "序", "NO", "No", "NO.", "No.", "行号", "顺序号"}
_SAMPLE = re.compile(
    r"^(?:填写)?(?:示例|样例|范例|样表|例如|举例|例)(?:$|[:：,，0-9一二三(（])|(?:某某|×××|XXX)"
)
_NUMBERED = re.compile(r"^(?:第?[\d一二三四五六七八九十]{1,3}户|家庭[\d一二三四五六七八九十]{1,3})$")
_WIDE = 3


def find_layout(sheet: SheetXml, words: KnownNames) -> Layout | None:
    """Layout of a sheet's table; None if no row looks like a header."""
    grid = Grid(sheet)
    header = _find_header(grid, words)
    return None if header is None else _Finder(grid, words, header).layout()


def _find_header(grid: Grid, words: KnownNames) -> Header | None:
    """Row that names most columns, with known names weighted threefold; the first one of equals."""
    table = grid.as_sheet(min(grid.last, _SEARCHED_ROWS))
    best, best_score = None, 0
    for row in range(1, min(grid.last, _DEEP) + 1):
        filled = grid.filled(row)
        names = {column: header_key(cell.text) for column, cell in filled.items() if _is_name(cell)}
        if len(names) < 2 or _is_lines(filled):
            continue
        header = header_at(table, row - 1, words.known | set(names.values()))
        keys = [key for key in header.keys if key]
        known_count = sum(is_known(key, words.known) for key in set(keys))
        if not known_count and len(names) < 3:
            continue
        reach = [number for number, key in enumerate(header.keys) if key]
        gaps = reach[-1] - reach[0] + 1 - len(reach)
        numbers = sum(cell.numeric for cell in filled.values())
        score = len(set(keys)) + 2 * known_count - 2 * gaps - 3 * numbers
        if score > best_score:
            best, best_score = header, score
    return best


def _is_name(cell: FormCell) -> bool:
    text = cell.text.strip()
    return (
        not cell.numeric
        and len("".join(text.split())) <= _LONGEST_NAME
        and not text.endswith((":", "："))
        and bool(header_key(text))
        and not is_note_label(text)
        and not is_total_label(text)
    )


def _is_lines(filled: Mapping[int, FormCell]) -> bool:
    """Whether a row consists of labels with colons (填报单位：) instead of column names."""
    return sum(":" in cell.text or "：" in cell.text for cell in filled.values()) * 2 >= len(filled)


@dataclass(slots=True)
class _Finder:
    """Detects the layout of a sheet from its header downwards."""

    grid: Grid
    words: KnownNames
    header: Header
    number_column: int = 0
    kinds: dict[int, str] = field(default_factory=dict)

    def layout(self) -> Layout:
        grid, header = self.grid, self.header
        places = self._columns()
        self.number_column = next(
            (column for column, name in places.items() if header_key(name) in _NUMBERS), 0
        )
        self.kinds = {row: self._kind(row) for row in range(header.last_row + 1, grid.last + 1)}
        heads = self._heads_above(header.first_row)
        blocks = self._blocks(heads) if heads else ()
        rows, filled = self._body(places) if not blocks else (list(blocks[0].rows), [])
        under = {kind: [row for row, k in self.kinds.items() if k == kind] for kind in ("total", "footer")}
        last = max([*rows, *filled, header.last_row, *(block.last for block in blocks)])
        inside = {row for block in blocks for row in range(block.first, block.last + 1)}
        beside = [
            *range(1, heads[0].row if blocks else header.first_row),
            *(row for row in under["footer"] if row not in inside),
        ]
        skipped = [row for row, kind in self.kinds.items() if kind in ("help", "sample")]
        return Layout(
            sheet=grid.sheet.ref.name,
            hidden=grid.sheet.ref.hidden,
            title=self._title(),
            header=(header.first_row, header.last_row),
            columns=self._form_columns(places, rows or filled or [last + 1], skipped, last),
            number_column=self.number_column,
            rows=tuple(rows),
            filled=tuple(filled),
            skipped=tuple(skipped),
            totals=tuple(row for row in under["total"] if row not in inside),
            footers=tuple(row for row in under["footer"] if row not in inside),
            below=any(grid.cells[row] for row in grid.cells if row > last)
            or any(merge.first_row > last for merge in grid.merges),
            fixed=self._fixed(),
            blanks=tuple(one for row in beside for one in blanks_in_row(grid, row)),
            blocks=blocks,
        )

    def _columns(self) -> dict[int, str]:
        """Name by column, for columns with a cell of their own."""
        names = {}
        for number, name in enumerate(self.header.names, start=1):
            merge = self.grid.merge_at(self.header.last_row, number)
            if name and not (merge and merge.first_column < number):
                names[number] = name
        return names

    def _title(self) -> str:
        for row in range(1, self.header.first_row):
            for cell in self.grid.filled(row).values():
                if not has_label(cell.text):
                    return " ".join(cell.text.split())
        return ""

    def _kind(self, row: int) -> str:
        """Classify a row under the header: blank, filled, help, sample, total, footer, header, plain or bare."""
        filled = self.grid.filled(row)
        other_cells = {column: cell for column, cell in filled.items() if column != self.number_column}
        texts = [cell.text for cell in filled.values() if not cell.numeric]
        if any(is_total_label(text) for text in texts[:2]):
            return "total"
        if self._repeats_header(filled):
            return "header"
        if texts and (is_note_label(texts[0]) or self._is_remark(row, filled)):
            return "footer"
        if not other_cells:
            cells = self.grid.cells.get(row)
            if not cells:
                return "bare"
            return "blank" if filled or any(self._is_styled(cell) for cell in cells.values()) else "plain"
        if any(_SAMPLE.search("".join(text.split())) for text in texts):
            return "sample"
        if row <= self.header.last_row + 2 and is_help_row([cell.text for cell in other_cells.values()]):
            return "help"
        return "filled"

    def _is_styled(self, cell: FormCell) -> bool:
        return cell.formula or self.grid.sheet.style(cell).border

    def _repeats_header(self, filled: Mapping[int, FormCell]) -> bool:
        keys = {header_key(cell.text) for cell in filled.values()}
        header_parts = {
            part for key in self.header.keys for part in (key, key.rpartition(".")[2], key.partition(".")[0])
        }
        return len(keys) >= 2 and keys <= header_parts

    def _is_remark(self, row: int, filled: Mapping[int, FormCell]) -> bool:
        """Whether a row is a remark under the table: one wide cell or long text, or labels with colons."""
        if _is_lines(filled):
            return True
        if len(filled) > 1:
            return False
        [(column, cell)] = filled.items()
        merge = self.grid.merge_at(row, column)
        return len(cell.text) > _LONGEST_NAME or bool(
            merge and merge.last_column - merge.first_column >= _WIDE
        )

    def _body(self, places: Mapping[int, str]) -> tuple[list[int], list[int]]:
        """Blank and filled rows, also those under a repeated header on the next page."""
        rows: list[int] = []
        filled: list[int] = []
        waiting: list[int] = []
        inside, lined = True, any(kind == "blank" for kind in self.kinds.values())
        for row, kind in [*self.kinds.items(), (self.grid.last + 1, "end")]:
            if kind in ("total", "footer", "header", "end"):
                if inside:
                    rows += (
                        waiting
                        if kind == "total"
                        else []
                        if lined or kind == "end"
                        else waiting[:-1] or waiting
                    )
                waiting, inside = [], kind == "header"
            elif not inside or kind in ("help", "sample"):
                continue
            elif kind == "filled":
                rows, waiting = rows + (waiting if not lined else []), []
                filled.append(row)
            elif kind == "blank":
                rows += [*waiting, row]
                waiting = []
            else:
                waiting.append(row)
        return rows, filled

    def _fixed(self) -> str:
        sheet = self.grid.sheet
        if any(kind == "pivotTable" for kind, _ in sheet.book.related(sheet.ref)):
            return "表中有数据透视表，不能插入行"
        if any(last > self.header.last_row and last > first for first, last in sheet.fixed_blocks()):
            return "表中有数组公式，不能插入行"
        return ""

    # Columns

    def _form_columns(
        self, places: Mapping[int, str], rows: Sequence[int], skipped: Sequence[int], last: int
    ) -> tuple[FormColumn, ...]:
        grid, widths = self.grid, self.grid.sheet.widths()
        lists = choices_at(grid.sheet, [*rows, last + 1])
        columns = []
        for column, name in places.items():
            cell = next((one for row in rows if (one := grid.cells.get(row, {}).get(column))), None)
            width, style = widths.get(column, (0.0, 0))
            cell = cell or FormCell(style=style)
            look = grid.sheet.style(cell)
            drop_down = lists.get(column, DropDown())
            hints = [grid.text(row, column) for row in skipped]
            columns.append(
                FormColumn(
                    column=column,
                    name=name,
                    width=width,
                    style=cell.style,
                    date=look.date,
                    text=look.text,
                    choices=drop_down.choices,
                    closed=drop_down.closed,
                    formula=cell.formula,
                    hint=" ".join([*hints, drop_down.prompt]).strip(),
                )
            )
        return tuple(columns)

    # Blocks of one household each

    def _heads_above(self, first: int) -> list[Blank]:
        """Blanks directly above a header that are about a household; empty if they are about the whole form."""
        heads_above: list[Blank] = []
        row = first - 1
        while row >= 1 and (heads := heads_in_row(self.grid, row)):
            heads_above = heads + heads_above
            row -= 1
        keys = {
            row for row in {one.row for one in heads_above} if self._speaks_of_household(heads_above, row)
        }
        return [one for one in heads_above if keys and one.row >= min(keys)]

    def _speaks_of_household(self, heads: Sequence[Blank], row: int) -> bool:
        return any(header_key(one.label) in self.words.household for one in heads if one.row == row)

    def _blocks(self, heads: list[Blank]) -> tuple[Block, ...]:
        """One block for each repetition of the lines and the header."""
        above = self.header.first_row - min(one.row for one in heads)
        if _NUMBERED.match("".join(self.grid.text(self.header.first_row - above - 1, 1).split())):
            above += 1
        depth = self.header.last_row - self.header.first_row
        labels = [one.label for one in heads]
        tops = [self.header.first_row]
        for row, kind in self.kinds.items():
            is_first = kind == "header" and row > tops[-1] + depth
            if is_first and [one.label for one in self._heads_above(row)] == labels:
                tops.append(row)
        ends = [top - above - 1 for top in tops[1:]] + [None]
        blocks = []
        for top, end in zip(tops, ends, strict=True):
            rows = self._rows_of_block(top + depth + 1, end)
            last = end or (rows[-1] if rows else top + depth)
            blocks.append(Block(top - above, last, tuple(rows), tuple(self._heads_above(top))))
        if len(blocks) > 1:
            # The last block ends like the others unless its tail rows contain something else.
            tail = blocks[0].last - blocks[0].rows[-1] if blocks[0].rows else 0
            last = blocks[-1]
            below = range(last.last + 1, last.last + tail + 1)
            if all(self.kinds.get(row, "bare") in ("bare", "plain", "blank", "total") for row in below):
                blocks[-1] = Block(last.first, last.last + tail, last.rows, last.heads)
        return tuple(blocks)

    def _rows_of_block(self, first: int, end: int | None) -> list[int]:
        rows = []
        for row in range(first, (end or self.grid.last) + 1):
            kind = self.kinds.get(row, "bare")
            if kind in ("help", "sample"):
                continue
            if kind not in ("blank",):
                break
            rows.append(row)
        return rows
