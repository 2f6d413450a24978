"""Findings of one row, collected while it is parsed."""

from portal.spreadsheets.cells import NO_RESULT, NO_RESULT_SENTENCE, NO_RESULT_WARNING, Cell
from portal.spreadsheets.findings import ERROR, WARNING, Finding
from portal.spreadsheets.values import cell_text
from residents.importing.columns import ColumnMapping

# Fields that decide who a row is about and where: without them it would match another person or place.
_NEEDED = frozenset(
    "name id_number id_kind estate building stairwell room address registered_estate registered_address usual separated"
    " away_address moved_out moved_out_on dead died_on".split()
)


class RowReport:
    """The findings of one row; each has sheet, row, column header and the cell's value."""

    __slots__ = ("findings", "mapping", "row", "sheet")

    def __init__(self, sheet: str, row: int, mapping: ColumnMapping) -> None:
        self.sheet, self.row, self.mapping = sheet, row, mapping
        self.findings: list[Finding] = []

    def error(self, field: str, value: Cell, message: str) -> None:
        """Add an error: the row is refused until it is corrected."""
        self._add(field, value, message, ERROR)

    def warning(self, field: str, value: Cell, message: str) -> None:
        """Add a warning: the row is accepted, but should be checked."""
        self._add(field, value, message, WARNING)

    def take_out_formulas(self, values: dict[str, Cell]) -> None:
        """Blank the cells of formulas without a stored value and report them: as errors where the row depends on them."""
        for field in [field for field, value in values.items() if value == NO_RESULT]:
            values[field] = ""
            has_number = any(map(str.isdigit, cell_text(values.get("id_number", ""))))
            if field in _NEEDED or (field == "birth" and not has_number):
                self.error(field, NO_RESULT, NO_RESULT_SENTENCE)
            else:
                self.warning(field, NO_RESULT, NO_RESULT_WARNING)

    def _add(self, field: str, value: Cell, message: str, severity: str) -> None:
        column = self.mapping.column_name(field) if field else ""
        self.findings.append(Finding(self.sheet, self.row, column, cell_text(value), message, severity))
