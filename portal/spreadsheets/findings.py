"""Findings: errors and warnings of an import about a cell or row."""

from dataclasses import dataclass

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One error or warning. ``message`` is a Chinese sentence that says what to do.

    ``row`` is the number the spreadsheet shows, ``column`` the header as written (blank when the
    finding is about the whole row), ``value`` the cell as found, as text.
    """

    sheet: str
    row: int
    column: str
    value: str
    message: str
    severity: str = ERROR

    @property
    def is_error(self) -> bool:
        return self.severity == ERROR

    def as_dict(self) -> dict[str, str | int]:
        """Representation in JSON reports, which list errors and warnings separately."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "message": self.message,
        }
