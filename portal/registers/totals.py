"""Sums of a table's columns, added up while its rows are written."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from portal.registers.columns import Column

LABEL = "合计"
"""First cell of the row of sums, by which an import knows that it is no row of the register."""


class Totals:
    """Sums of the columns that have a total, and the number of rows."""

    def __init__(self, columns: Sequence[Column]):
        self.sums: dict[int, int | Decimal] = {
            place: 0 for place, column in enumerate(columns) if column.total is not None
        }
        self.width = len(columns)
        self.rows = 0

    def add(self, cells: Sequence) -> None:
        self.rows += 1
        for place in self.sums:
            self.sums[place] += cells[place] or 0

    def below(self, table: Iterable[Sequence]) -> Iterator[Sequence]:
        """The rows, and the row of sums below them."""
        for cells in table:
            self.add(cells)
            yield cells
        if self.sums and self.rows:
            yield self.cells()

    def cells(self) -> list:
        """The row of sums; its first cell is the label, also where the first column has a sum."""
        cells = [self.sums.get(place, "") for place in range(self.width)]
        return [f"{LABEL} {cells[0]}".rstrip(), *cells[1:]]
