"""Blanks outside the table of a form: gaps after labels (填报单位：____), and the header lines of a household's block."""

import re
import unicodedata
from collections.abc import Iterator

from portal.form_filling.grid import Grid
from portal.form_filling.layout import Blank

_LONGEST_LABEL = 12
_LABEL = re.compile(
    r"(?P<label>[^\s:：_＿]{2,16}?)[^\S\n]*[:：](?P<gap>[\s_＿]*(?:(?:20[\s_＿]*)?年[\s_＿]*月[\s_＿]*日?)?[\s_＿]*)"
)
_LINE = re.compile(r"[_＿]{2,}")


def has_label(text: str) -> bool:
    """Whether a text contains a label with a colon."""
    return bool(_LABEL.search(text))


def heads_in_row(grid: Grid, row: int) -> list[Blank]:
    """Blanks of a row: labels with space for a value after a colon, or in the empty cell to the right."""
    heads: list[Blank] = []
    for column, cell in grid.filled(row).items():
        inline = list(_blanks_in(grid, row, column))
        if inline:
            heads += inline
            continue
        right = grid.next_column(row, column)
        label = " ".join(cell.text.split()).rstrip(":：")
        is_label = not cell.numeric and len(label) <= _LONGEST_LABEL
        if is_label and right in grid.cells.get(row, {}) and not grid.text(row, right):
            heads.append(Blank(row, right, label))
    return heads


def blanks_in_row(grid: Grid, row: int) -> list[Blank]:
    return [one for column in grid.filled(row) for one in _blanks_in(grid, row, column)]


def _blanks_in(grid: Grid, row: int, column: int) -> Iterator[Blank]:
    """Gaps in the text of one cell: after colons, or underscores."""
    text = grid.text(row, column)
    for match in _LABEL.finditer(text):
        following = text[match.end() :]
        label = unicodedata.normalize("NFKC", match["label"])
        if following and not (match["gap"] and _LABEL.match(following)):
            continue
        right = grid.next_column(row, column)
        beside = grid.cells.get(row, {}).get(right)
        if (
            not following
            and not match["gap"].strip()
            and beside
            and not beside.text
            and _is_input_cell(grid, row, right)
        ):
            yield Blank(row, right, label)
        else:
            yield Blank(row, column, label, match.start("gap"), match.end("gap"))
    for match in _LINE.finditer(text):
        after = re.match(r"(?:社区|村|居委会|街道|镇|乡|人|户)", text[match.end() :])
        if after:
            yield Blank(row, column, after.group(), match.start(), match.end())


def _is_input_cell(grid: Grid, row: int, column: int) -> bool:
    """Whether an empty cell looks like the place for the value of the label beside it."""
    merge = grid.merge_at(row, column)
    return grid.is_anchor(row, column) and (
        merge is not None or grid.sheet.style(grid.cells[row][column]).border
    )
