"""Data types of a read spreadsheet. Cells keep their type: a number stays a number."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

# A blank cell is "". A numeric cell is always a float, so text and number can be told apart.
Cell = str | float | bool | datetime.date | datetime.datetime | datetime.time


# Cell of a formula without a stored result; readers of a cell report it.
NO_RESULT = "（公式没有结果）"
NO_RESULT_SENTENCE = "公式没有保存结果，读不到内容。请用 Excel 或 WPS 打开并保存一次，或把公式改成数值"
NO_RESULT_WARNING = (
    "公式没有保存结果，读不到内容，这一格没有采用；需要的，请用 Excel 或 WPS 打开并保存一次再导入"
)


@dataclass(frozen=True, slots=True)
class MergedRange:
    """A merged block of cells. Rows and columns count from 1, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. ``rows[0]`` is row 1 also when the file begins lower; all rows have the same width.

    The rows of a sheet from a file are compressed (``packing.PackedRows``).
    """

    name: str
    hidden: bool = False
    rows: Sequence[list[Cell]] = field(default_factory=list)
    merges: tuple[MergedRange, ...] = ()
    date1904: bool = False
    # False for CSV and HTML, where every cell is text and the original type is unknown.
    typed: bool = True

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0


@dataclass(frozen=True, slots=True)
class Workbook:
    """A read file: name as uploaded, detected kind ("xlsx", "xls", "csv", "html") and sheets in order.

    ``marks`` are those of ``inspection.Inspection``: formatting that is not read.
    """

    name: str
    kind: str
    sheets: tuple[Sheet, ...]
    date1904: bool = False
    marks: tuple[str, ...] = ()

    @property
    def visible(self) -> tuple[Sheet, ...]:
        """Sheets that are not hidden."""
        return tuple(sheet for sheet in self.sheets if not sheet.hidden)
