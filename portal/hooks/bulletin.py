"""Hooks of the disclosure bulletin: sections with their numbers, the rows behind them, the street's table."""

from dataclasses import dataclass, field

from portal.access.permissions import Permission
from portal.charts.chart import Chart


@dataclass(frozen=True, slots=True)
class BulletinNumber:
    """A number of a bulletin section, with a drill-down link for reviewers.

    rows: key with which `BULLETIN_ROWS` returns the rows behind the number; bulletins build the URL from it.
    url: alternatively a list of rows, for holders of `right`.
    right: permission required by the page at `url`, if more than seeing the bulletin.
    """

    label: str
    value: int | str
    unit: str
    rows: str = ""
    url: str = ""
    right: Permission | None = None


@dataclass(frozen=True, slots=True)
class SectionBasis:
    """Baseline of a section for later months: figures, and row ids by a key of the section.

    Rows recorded after their month was published are late entries (补登): the next section includes those that
    are not listed here.
    """

    figures: dict[str, dict] = field(default_factory=dict)
    counted: dict[str, list] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BulletinSection:
    """A computed part of a month's bulletin: a title, rows of a table, plain sentences, charts.

    key: permanent name of the section (`residents.population`), stored in reviews.
    order: position among the sections of a bulletin.
    numbers: its numbers with drill-down rows, for the committee only, never for readers.
    basis: internal starting point for later months; None keeps the published one.
    """

    key: str
    title: str
    order: int
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    sentences: tuple[str, ...] = ()
    numbers: tuple[BulletinNumber, ...] = ()
    charts: tuple[Chart, ...] = ()
    basis: SectionBasis | None = None


@dataclass(frozen=True, slots=True)
class StreetTable:
    """Table comparing the communities of a street; `cells` by community id. Runs in the street's scope."""

    title: str
    header: tuple[str, ...]
    cells: dict[int, tuple[str, ...]]
    note: str = ""
