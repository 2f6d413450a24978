"""What a detail page adds to the columns of a register: tables of related rows, and links."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A button or link to another page; above a list it can carry the list's filters."""

    label: str
    url: str
    primary: bool = False
    with_filters: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """A table of related rows on a detail page, with links to actions."""

    title: str
    header: tuple[str, ...]
    rows: Sequence[tuple]
    empty: str = "暂无记录"
    links: tuple[Link, ...] = ()
