"""Writing XLSX files that open safely: identifiers as text, no cell that turns into a formula."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Column:
    """A column on the way out. ``text`` forces text cells (ID, phone, bank card); width in characters."""

    title: str
    text: bool = False
    width: int = 12


def write_xlsx(columns: Sequence[Column], rows: Iterable[Sequence], stream: BinaryIO, *, title: str = "") -> int:
    """Write one sheet with constant memory; the number of rows written. ``title`` is the sheet's name."""
    raise NotImplementedError
