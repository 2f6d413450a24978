"""What the reader of an import report sees about one cell or row."""

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
        """The shape used in JSON reports; the list it stands in says whether it is an error."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "message": self.message,
        }
