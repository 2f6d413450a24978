"""What a detail page adds to the columns of a register: tables of related rows, a timeline, links, and a line of summary."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from portal.hooks.timeline import TimelineEntry

EDIT = "修改"
"""Group of the links that the entry 修改 offers besides the form of the row."""


@dataclass(frozen=True, slots=True)
class Link:
    """A button or link to another page; above a list it can carry the list's filters.

    On a detail page `primary` makes it a main button, `group` puts it into the main menu of that name (or, with EDIT,
    beside the form behind 修改), and everything else stands under 更多. `hint` says below the label what it is for.
    """

    label: str
    url: str
    primary: bool = False
    with_filters: bool = False
    group: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ListTab:
    """A quick filter above a list, with the number of its rows. `parameters` are those of the list's address."""

    label: str
    parameters: Mapping[str, str]
    rows: QuerySet


@dataclass(frozen=True, slots=True)
class CountedNotice:
    """A notice above a list that says how many `rows` there are, where there are any. `words` hold `{count}`."""

    words: str
    rows: QuerySet


@dataclass(frozen=True, slots=True)
class Tag:
    """A word in the line of summary that stands out."""

    tag: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A table of related rows on a detail page, with links to actions."""

    title: str
    header: tuple[str, ...]
    rows: Sequence[tuple]
    empty: str = "暂无记录"
    links: tuple[Link, ...] = ()
    template: str = "components/panel.html"


@dataclass(frozen=True, slots=True)
class Timeline:
    """Dated entries about a row, the newest first: the first ones, and all of them when opened."""

    title: str
    entries: Sequence[TimelineEntry]
    first: int = 10
    empty: str = "暂无记录"
    template: str = "components/timeline.html"

    @classmethod
    def of(cls, title: str, entries: Iterable[TimelineEntry]) -> "Timeline":
        """Entries of one day stay in the order in which they were given."""
        return cls(title, sorted(entries, key=lambda entry: entry.on, reverse=True))

    @property
    def shown(self) -> Sequence[TimelineEntry]:
        return self.entries[: self.first]

    @property
    def rest(self) -> Sequence[TimelineEntry]:
        return self.entries[self.first :]
