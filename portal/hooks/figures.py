"""Hook FIGURES: figures of a community's year."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from portal.access.permissions import Permission


@dataclass(frozen=True)
class Figure:
    """A number of a community, computed from rows when `value` is read. `key` identifies it in the figures report.

    compute: counts the rows. Runs inside a scope that may read the community.
    compute_before: counts what the register says of the end of last month; None where it does not say.
    url: list of the rows that are counted. right: to open it, where it is no list of a register.
    """

    key: str
    label: str
    compute: Callable[[], int | Decimal | None] = field(compare=False)
    unit: str
    url: str = ""
    compute_before: Callable[[], int | Decimal | None] | None = field(default=None, compare=False)
    right: Permission | None = None

    @cached_property
    def value(self) -> int | Decimal | None:
        return self.compute()

    @cached_property
    def change(self) -> int | Decimal | None:
        """Change since the end of last month; None where that is not known."""
        before = self.compute_before() if self.compute_before else None
        return None if before is None or self.value is None else self.value - before
