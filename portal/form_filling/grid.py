"""Cells of a form's sheet, accessed by row and column."""

from portal.form_filling.sheet import FormCell, SheetXml
from portal.spreadsheets.cells import MergedRange, Sheet

_MOST_COLUMNS = 200


class Grid:
    """Texts and styles of a sheet, accessed by row and column."""

    def __init__(self, sheet: SheetXml):
        self.sheet = sheet
        self.cells: dict[int, dict[int, FormCell]] = {row: sheet.cells_at(row) for row in sheet.rows}
        self.merges = sheet.merges
        self._covered: dict[tuple[int, int], MergedRange] = {}
        for merge in self.merges:
            if (merge.last_row - merge.first_row + 1) * (
                merge.last_column - merge.first_column + 1
            ) < 100_000:
                for row in range(merge.first_row, merge.last_row + 1):
                    for column in range(merge.first_column, merge.last_column + 1):
                        self._covered[row, column] = merge
        self.last = max(self.cells, default=0)
        self.width = min(
            max((c for row in self.cells.values() for c, cell in row.items() if cell.text), default=0),
            _MOST_COLUMNS,
        )

    def text(self, row: int, column: int) -> str:
        cell = self.cells.get(row, {}).get(column)
        return cell.text if cell else ""

    def filled(self, row: int) -> dict[int, FormCell]:
        """Cells of a row with content, without formulas."""
        return {
            column: cell
            for column, cell in sorted(self.cells.get(row, {}).items())
            if cell.text.strip() and not cell.formula
        }

    def merge_at(self, row: int, column: int) -> MergedRange | None:
        return self._covered.get((row, column))

    def is_anchor(self, row: int, column: int) -> bool:
        """Whether a cell is not covered by a merged range that begins in another cell."""
        merge = self.merge_at(row, column)
        return merge is None or (merge.first_row, merge.first_column) == (row, column)

    def next_column(self, row: int, column: int) -> int:
        """Column of the next cell to the right, after the merged range of this one."""
        merge = self.merge_at(row, column)
        return (merge.last_column if merge else column) + 1

    def as_sheet(self, rows: int) -> Sheet:
        """First rows as a `Sheet`, for the header detection that imports use."""
        table = [
            [
                cell.text if (cell := self.cells.get(row, {}).get(column)) and not cell.numeric else ""
                for column in range(1, self.width + 1)
            ]
            for row in range(1, rows + 1)
        ]
        merges = tuple(merge for merge in self.merges if merge.last_row <= rows)
        return Sheet(self.sheet.ref.name, rows=table, merges=merges)
