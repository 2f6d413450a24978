"""Offers: what an app gives to pages that do not know it.

A kind of offer is a function signature over the frozen dataclasses below. An app implements it in
`<app>/offers.py` (found at start) with `@offer(kind)`; a caller asks `answers(kind, …)` and never
names an app. This is how things flow upward although imports go one way only.
"""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from portal.access import CommunityRef
from portal.charts import Chart
from portal.permissions import Permission


class Kind(StrEnum):
    FIGURES = "figures"
    """(community, year) -> iterable of Figure. Runs inside a scope that may read the community."""
    BULLETIN_SECTIONS = "bulletin_sections"
    """(community, month) -> iterable of BulletinSection for the month that begins on `month`."""
    BULLETIN_ROWS = "bulletin_rows"
    """(access, community, month, key) -> iterable of Panel: at most one, with the rows behind the number `key`."""
    DUE = "due"
    """(access, community, today) -> iterable of Due: what needs this user."""
    PERSON_LEFT = "person_left"
    """(person, departure) -> iterable of Ending: what a death or move-out ends elsewhere, to be confirmed."""
    ABOUT = "about"
    """(person, access) -> iterable of Fact shown on a person's card."""
    RENAMED = "renamed"
    """(building) -> iterable of int: how many labels below a renamed building were written anew."""
    FIRST_STEPS = "first_steps"
    """(access, community) -> iterable of Step: what sets up a new community, for a user who may do it."""
    FIND = "find"
    """(access, community, words) -> iterable of Found: the rows this user may see that the words name."""
    SENSITIVE = "sensitive"
    """(words) -> iterable of SecretWords: at most one, when the words of a search name a secret."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a community, computed from rows. `key` is the one of the figures report."""

    key: str
    label: str
    value: int | Decimal | None
    unit: str
    url: str = ""
    """Where the rows behind the number are listed."""


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a bulletin's section, and where the rows behind it are listed for those who check it.

    url: a list of rows, for whoever holds `right`; or the page of the answer to `BULLETIN_ROWS`.
    right: what the page behind `url` asks for, if more than seeing the bulletin.
    """

    label: str
    value: int | str
    unit: str
    url: str = ""
    right: Permission | None = None


@dataclass(frozen=True, slots=True)
class BulletinSection:
    """A computed part of a month's bulletin: a title, rows of a table, plain sentences, charts.

    key: names the section for ever (`residents.population`); reviews refer to it.
    order: sorts the sections of a bulletin.
    numbers: those of its numbers that have rows behind them. They are for the committee, never for readers.
    """

    key: str
    title: str
    order: int
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    sentences: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """Something that needs a user: what, by when, and the page where it is done."""

    title: str
    url: str
    action: str
    on: datetime.date | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Departure:
    """That a person dies or moves out, on which day."""

    on: datetime.date
    died: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """What ends elsewhere when a person dies or moves out. `end()` is called when it is confirmed.

    `key` names it from the page that asks to the one that applies.
    """

    key: str
    title: str
    end: Callable = field(compare=False)


@dataclass(frozen=True, slots=True)
class Fact:
    """A line on a person's card."""

    title: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One of the first steps of a new community, where it is done, and whether it has been. `order` sorts them."""

    order: int
    title: str
    url: str
    done: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of one noun that a search found: the first few as a table, and how many there are in all.

    rows: address and cells of each; the first cell names the row.
    url: the list of all of them, by the same words; empty where there is none.
    order: sorts the nouns of a page.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, tuple], ...]
    count: int
    url: str = ""
    order: int = 50


@dataclass(frozen=True, slots=True)
class SecretWords:
    """A search that names a secret: its words stay out of addresses, logs and the page that answers.

    ordinary: what of the words is looked for in the usual way as well; empty for nothing.
    find: (access, communities, request_id) -> SecretAnswer. It sees to right, limit and log by itself.
    """

    ordinary: str
    find: Callable = field(compare=False)


@dataclass(frozen=True, slots=True)
class SecretAnswer:
    """What a search by a secret gives: a sentence for the user, and what was found in which community."""

    sentence: str
    found: tuple[tuple[CommunityRef, Found], ...] = ()


_registry: dict[Kind, list[Callable]] = {kind: [] for kind in Kind}


def offer(kind: Kind):
    """Decorator: this function answers offers of `kind`."""

    def add(function: Callable) -> Callable:
        if function not in _registry[kind]:
            _registry[kind].append(function)
        return function

    return add


def answers(kind: Kind, *args) -> Iterator:
    """Everything that any app answers to `kind`."""
    for function in _registry[kind]:
        yield from function(*args)


def providers(kind: Kind) -> tuple[Callable, ...]:
    """The functions that answer `kind`, for tests that call each of them."""
    return tuple(_registry[kind])
