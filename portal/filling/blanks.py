"""What a form asks beside its table: gaps behind labels (填报单位：____), and the lines above a household's people."""

import re
import unicodedata
from collections.abc import Iterator

from portal.filling.grid import Grid
from portal.filling.layout import Blank

_LONGEST_LABEL = 12
_LABEL = re.compile(
    r"(?P<label>[^\s:：_＿]{2,16}?)[^\S\n]*[:：](?P<gap>[\s_＿]*(?:(?:20[\s_＿]*)?年[\s_＿]*月[\s_＿]*日?)?[\s_＿]*)"
)
_LINE = re.compile(r"[_＿]{2,}")


def asks(text: str) -> bool:
    """Whether a text has a label with a colon."""
    return bool(_LABEL.search(text))


def heads_of(grid: Grid, row: int) -> list[Blank]:
    """Labels of a row with a place for their value: behind a colon, or in the blank cell to the right."""
    found: list[Blank] = []
    for column, spot in grid.filled(row).items():
        inline = list(_blanks_in(grid, row, column))
        if inline:
            found += inline
            continue
        right = grid.next_column(row, column)
        label = " ".join(spot.text.split()).rstrip(":：")
        is_label = not spot.numeric and len(label) <= _LONGEST_LABEL
        if is_label and right in grid.spots.get(row, {}) and not grid.text(row, right):
            found.append(Blank(row, right, label))
    return found


def blanks_of(grid: Grid, row: int) -> list[Blank]:
    return [one for column in grid.filled(row) for one in _blanks_in(grid, row, column)]


def _blanks_in(grid: Grid, row: int, column: int) -> Iterator[Blank]:
    """The gaps of one text: behind colons, or lines to be written on."""
    text = grid.text(row, column)
    for found in _LABEL.finditer(text):
        rest = text[found.end() :]
        label = unicodedata.normalize("NFKC", found["label"])
        if rest and not (found["gap"] and _LABEL.match(rest)):
            continue
        right = grid.next_column(row, column)
        beside = grid.spots.get(row, {}).get(right)
        if not rest and not found["gap"].strip() and beside and not beside.text and _takes(grid, row, right):
            yield Blank(row, right, label)
        else:
            yield Blank(row, column, label, found.start("gap"), found.end("gap"))
    for found in _LINE.finditer(text):
        after = re.match(r"(?:社区|村|居委会|街道|镇|乡|人|户)", text[found.end() :])
        if after:
            yield Blank(row, column, after.group(), found.start(), found.end())


def _takes(grid: Grid, row: int, column: int) -> bool:
    """Whether a blank cell looks like the place for what its neighbour asks."""
    merge = grid.merge_at(row, column)
    return grid.is_anchor(row, column) and (
        merge is not None or grid.sheet.style(grid.spots[row][column]).border
    )
