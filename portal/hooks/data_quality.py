"""Hook of data-quality rules and the issues they find."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from portal.access.permissions import Permission


class Severity(StrEnum):
    """Severity of a data-quality rule."""

    SERIOUS = "serious"
    """Certainly an error, which makes numbers or documents wrong."""
    DOUBTFUL = "doubtful"
    """Probably an error: needs review."""
    HINT = "hint"
    """No error, but something is missing or waiting."""

    @property
    def label(self) -> str:
        return {"serious": "严重", "doubtful": "应核对", "hint": "提示"}[self]


@dataclass(frozen=True, slots=True)
class Issue:
    """A data-quality issue as a list shows it: name and page of the row, description, and links to fix it.

    fix_links: (label, URL) of pages, the likeliest first.
    """

    name: str
    url: str
    text: str
    fix_links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A data-quality rule.

    key: permanent name in URLs and stored reviews: letters, digits and hyphens.
    words: explanation and how to fix it, for readers of the list.
    find: (community) -> queryset of the rows of one model with the issue. An annotation `mark` fingerprints the row
    and what it was compared with, so that a dismissed issue comes back when that changes; without it the row's
    version serves. It decrypts no secrets.
    describe: (rows, access, community) -> an Issue for each of these rows, in their order, in a fixed number of queries.
    right: permission to see and fix it. order: sorts rules of one severity.
    related_to: (row) -> Q of the issues related to this row, where it is not the row with the issue itself.
    repair: (by, community, rows) -> number of rows fixed automatically, for derived values that need no decision.
    """

    key: str
    title: str
    words: str
    severity: Severity
    find: Callable = field(compare=False)
    describe: Callable = field(compare=False)
    right: Permission
    order: int = 50
    repair: Callable | None = field(default=None, compare=False)
    related_to: Callable | None = field(default=None, compare=False)
