"""Hook FIGURES: figures of a community's year."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property


@dataclass(frozen=True)
class Figure:
    """A number of a community, computed from rows when `value` is read. `key` identifies it in the figures report.

    compute: counts the rows. Runs inside a scope that may read the community.
    url: list of the rows that are counted.
    """

    key: str
    label: str
    compute: Callable[[], int | Decimal | None] = field(compare=False)
    unit: str
    url: str = ""

    @cached_property
    def value(self) -> int | Decimal | None:
        return self.compute()
