"""Hook FIGURES: figures of a community's year."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a community, computed from rows. `key` identifies it in the figures report."""

    key: str
    label: str
    value: int | Decimal | None
    unit: str
    url: str = ""
    """List of the rows that are counted."""
