"""Collecting what is wrong or doubtful about one row while it is read."""

from portal.spreadsheets.cells import Cell
from portal.spreadsheets.findings import ERROR, WARNING, Finding
from portal.spreadsheets.values import cell_text
from residents.importing.columns import Mapping


class RowReport:
    """The findings of one row; every one names sheet, row, column header and the value as found."""

    __slots__ = ("findings", "mapping", "row", "sheet")

    def __init__(self, sheet: str, row: int, mapping: Mapping) -> None:
        self.sheet, self.row, self.mapping = sheet, row, mapping
        self.findings: list[Finding] = []

    def error(self, field: str, value: Cell, message: str) -> None:
        """The row cannot be taken until this is mended."""
        self._add(field, value, message, ERROR)

    def warning(self, field: str, value: Cell, message: str) -> None:
        """The row is taken; somebody should look."""
        self._add(field, value, message, WARNING)

    def _add(self, field: str, value: Cell, message: str, severity: str) -> None:
        column = self.mapping.column_name(field) if field else ""
        self.findings.append(Finding(self.sheet, self.row, column, cell_text(value), message, severity))
