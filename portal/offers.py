"""Offers: what an app gives to pages that do not know it.

A kind of offer is a function signature over the frozen dataclasses below. An app implements it in
`<app>/offers.py` (found at start) with `@offer(kind)`; a caller asks `answers(kind, …)` and never
names an app. This is how things flow upward although imports go one way only.
"""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from django.db import models, transaction

from portal.access import Access, CommunityRef
from portal.charts import Chart
from portal.models import HandedOver
from portal.permissions import Permission


class Kind(StrEnum):
    FIGURES = "figures"
    """(community, year) -> iterable of Figure. Runs inside a scope that may read the community."""
    BULLETIN_SECTIONS = "bulletin_sections"
    """(community, month) -> iterable of BulletinSection for the month that begins on `month`."""
    BULLETIN_ROWS = "bulletin_rows"
    """(access, community, month, key) -> iterable of Panel: at most one, with the rows behind the number `key`."""
    DUE = "due"
    """(access, community, today) -> iterable of Due: what needs this user.

    Asked in the space of the user's roles (`portal.access.Access.within`), with those roles only: at the
    community's desk, on a building head's phone and at the street, each as its own database role.
    """
    PERSON_LEFT = "person_left"
    """(person, departure) -> iterable of Ending: what a death or move-out ends elsewhere, to be confirmed."""
    ABOUT = "about"
    """(person, access) -> iterable of Fact shown on a person's card."""
    PERSON_LABELS = "person_labels"
    """(access, community, ids of people) -> iterable of PersonLabels: words beside each person of a list."""
    RENAMED = "renamed"
    """(building) -> iterable of int: how many labels below a renamed building were written anew."""
    FIRST_STEPS = "first_steps"
    """(access, community) -> iterable of Step: what sets up a new community, for a user who may do it."""
    STREET = "street"
    """(communities) -> iterable of StreetTable: numbers of communities beside one another, for their street."""
    FIND = "find"
    """(access, community, SearchWords) -> iterable of Found: the rows this user may see that the words name."""
    SPELLINGS = "spellings"
    """(community, text) -> iterable of str: how the registers write what a searched text names, as an address."""
    RECEIVE = "receive"
    """(what, draft, source, by) -> iterable of Reference: at most one, from whoever receives what is handed over."""
    SENSITIVE = "sensitive"
    """(words) -> iterable of SecretWords: at most one, when the words of a search name a secret."""
    SECRETS = "secrets"
    """() -> iterable of Secret: the columns that hold encrypted values."""
    DEMO_ACCOUNTS = "demo_accounts"
    """() -> iterable of DemoAccount: by whom a demo is tried out; nothing where there is no demo. Runs outside the scope."""
    PRIVATE_WORDS = "private_words"
    """(community) -> iterable of functions (text, allowed names) -> iterable of (kind, words, the same masked).

    What a text for everybody must not say of residents, asked once for many texts. Who reads a finding is not told
    why a name is among them.
    """
    SOUNDNESS = "soundness"
    """() -> iterable of Check: what the data check (数据体检) looks for, and the action that mends it."""


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

    rows: key by which `BULLETIN_ROWS` is asked for the rows behind the number; bulletins make the URL of it.
    url: instead of that, a list of rows, for whoever holds `right`.
    right: what the page behind `url` asks for, if more than seeing the bulletin.
    """

    label: str
    value: int | str
    unit: str
    rows: str = ""
    url: str = ""
    right: Permission | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """What a section counted, for the sections of later months: figures, and ids of rows by a word of its own.

    What is recorded after its month was published is late (补登): it stands in the next one, which finds it here.
    """

    figures: dict[str, dict] = field(default_factory=dict)
    counted: dict[str, list] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BulletinSection:
    """A computed part of a month's bulletin: a title, rows of a table, plain sentences, charts.

    key: names the section for ever (`residents.population`); reviews refer to it.
    order: sorts the sections of a bulletin.
    numbers: those of its numbers that have rows behind them. They are for the committee, never for readers.
    basis: from what the section of later months goes on; nobody reads it. None leaves the published one.
    """

    key: str
    title: str
    order: int
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    sentences: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    charts: tuple[Chart, ...] = ()
    basis: Basis | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """Something that needs a user: what, by when, and the page where it is done.

    on: the last day on which it is in time.
    since: the day from which somebody waits for it. Without `on` it is for today; without both it has no date.
    key: names it among the user's dues from one day to the next, where the address does not: the title may
    count. Another `on` is another occasion to remind.
    """

    title: str
    url: str
    action: str
    on: datetime.date | None = None
    count: int = 1
    since: datetime.date | None = None
    key: str = ""

    @property
    def name(self) -> str:
        """The key, or the address that stands for it."""
        return self.key or self.url


@dataclass(frozen=True, slots=True)
class Departure:
    """That a person dies or moves out, on which day."""

    on: datetime.date
    died: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """What ends elsewhere when a person dies or moves out. `end()` is called when it is confirmed.

    `key` names it from the page that asks to the one that applies. `row` is what `end()` writes, and all of it: the act
    keeps what was written over, and taking the act back gives it back.
    """

    key: str
    title: str
    row: models.Model = field(compare=False)
    end: Callable = field(compare=False)


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact on the page of a person. `order` sorts them."""

    title: str
    text: str
    url: str = ""
    order: int = 50


@dataclass(frozen=True, slots=True)
class PersonLabels:
    """A column beside the people of a list: its heading, and the words by a person's id."""

    title: str
    words: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Step:
    """One of the first steps of a new community, where it is done, and whether it has been. `order` sorts them."""

    order: int
    title: str
    url: str
    done: bool


class Handed(StrEnum):
    """What can be handed over."""

    NEED = "need"
    """Something that a resident needs or asks for (居民诉求)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is handed over, as its sender writes it. `on` is the day by which it is wished for."""

    title: str
    text: str = ""
    on: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The row from which something is handed over: in words, its page, and the right to open that.

    Whoever receives it shows it to those only who hold this right too.
    """

    row: models.Model = field(compare=False)
    label: str
    url: str
    right: Permission


@dataclass(frozen=True, slots=True)
class Reference:
    """What the receiver made of it: its name, its page (`url_name` with the community's code and `uuid`), its state."""

    label: str
    url_name: str
    uuid: uuid.UUID
    state: str


@dataclass(frozen=True, slots=True)
class StreetTable:
    """Numbers of the communities of a street: the cells of each by its id. Runs in the street's scope."""

    title: str
    header: tuple[str, ...]
    cells: dict[int, tuple[str, ...]]
    note: str = ""


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


@dataclass(frozen=True, slots=True)
class Secret:
    """A column of encrypted values: its name in words, where it is, and what each value is bound to.

    bound_to: (row) -> (column, uuid), as `portal.vault` was given them.
    related: what else is fetched with a row for that.
    at_once: how many rows are held in memory; few where a value is a file.
    """

    title: str
    model: type
    field: str
    bound_to: Callable
    related: tuple[str, ...] = ()
    at_once: int = 1_000


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demo: the name and password to sign in with, its role, and what can be tried with it.

    The main ones come first.
    """

    username: str
    password: str
    role: str
    tries: str
    is_main: bool


class Weight(StrEnum):
    """How serious it is what a check finds."""

    SERIOUS = "serious"
    """Certainly wrong, and it makes numbers or papers wrong."""
    DOUBTFUL = "doubtful"
    """Likely wrong: somebody has to look."""
    HINT = "hint"
    """Not wrong, but something is missing or waits."""

    @property
    def label(self) -> str:
        return {"serious": "严重", "doubtful": "应核对", "hint": "提示"}[self]


@dataclass(frozen=True, slots=True)
class Wrong:
    """One finding as a list shows it: the row's name and page, what is wrong with it, and where that is mended.

    mend: (label, address) of pages, the likeliest first.
    """

    name: str
    url: str
    text: str
    mend: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that sound data does not have.

    key: names it for ever, in addresses and in what was set aside: letters, digits and hyphens.
    words: what it means and how it is mended, for whoever reads the list.
    find: (community) -> queryset of the rows of one model that are wrong. An annotation `mark` says how a row, and
    what it was compared with, stands, so that a finding set aside comes back when that changes; without it the
    row's version does. No row's secrets are decrypted by it.
    tell: (rows, access, community) -> a Wrong for each of these rows, in their order, in a fixed number of queries.
    right: who sees and mends it. order: sorts checks of one weight.
    concerns: (row) -> Q of the findings that are about this row, where it is not the one found itself.
    repair: (by, community, rows) -> how many were put right, for what follows from other rows and needs no decision.
    """

    key: str
    title: str
    words: str
    weight: Weight
    find: Callable = field(compare=False)
    tell: Callable = field(compare=False)
    right: Permission
    order: int = 50
    repair: Callable | None = field(default=None, compare=False)
    concerns: Callable | None = field(default=None, compare=False)


# By Kind, and by the kinds that an app declares for itself, as text.
_registry: defaultdict[str, list[Callable]] = defaultdict(list)


def offer(kind: str):
    """Decorator: this function answers offers of `kind`."""

    def add(function: Callable) -> Callable:
        if function not in _registry[kind]:
            _registry[kind].append(function)
        return function

    return add


def answers(kind: str, *args) -> Iterator:
    """Everything that any app answers to `kind`."""
    for function in _registry[kind]:
        yield from function(*args)


def providers(kind: Kind) -> tuple[Callable, ...]:
    """The functions that answer `kind`, for tests that call each of them."""
    return tuple(_registry[kind])


@transaction.atomic
def hand_over(what: Handed, draft: Draft, source: Source, by) -> Reference:
    """Give something to the app that receives it; the source keeps the reference (`handed_over`).

    Apps are asked from above: community/, the lowest, makes a task of what nobody else takes, so nothing is
    lost while an app is missing.
    """
    received = (
        found for receive in reversed(_registry[Kind.RECEIVE]) for found in receive(what, draft, source, by)
    )
    reference = next(received)
    HandedOver.objects.create(
        community_id=source.row.community_id,
        user_id=by.pk,
        subject=source.row._meta.label,
        row_id=source.row.pk,
        label=reference.label,
        url_name=reference.url_name,
        uuid=reference.uuid,
        state=reference.state,
        required_right=source.right,
    )
    return reference


def handed_over(row: models.Model) -> models.QuerySet:
    """What was handed over from a row, the newest first."""
    found = HandedOver.objects.filter(community_id=row.community_id)
    return found.filter(subject=row._meta.label, row_id=row.pk)


def count_hidden(url_name: str, state: str, access: Access, community: CommunityRef) -> int:
    """How much was handed over to the pages of `url_name` and stands so, of which this user may not see what it is."""
    received = HandedOver.objects.of(community).filter(url_name=url_name, state=state)
    return received.exclude(required_right__in=access.rights_in(community.id)).count()


def tell_source(received: models.Model, state: str) -> None:
    """Say at the source how what was received from it stands now."""
    HandedOver.objects.filter(community_id=received.community_id, uuid=received.uuid).update(state=state)
