"""Hook registry (offers): lets code call implementations in apps that it does not import.

A hook (`Kind`) is a function signature over the frozen dataclasses below. An app implements it in
`<app>/offers.py` (discovered at start) with `@offer(kind)`; a caller iterates over `answers(kind, …)` and never
names an app. This is how lower apps use data of higher ones although imports go one way only.
"""

import datetime
import itertools
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
    """(access, community, month, key) -> iterable of Panel: at most one, the drill-down rows of the number `key`."""
    DUE = "due"
    """(access, community, today) -> iterable of Due: items due for this user.

    Called once per URL space of the user's roles (`portal.access.Access.within`), with those roles only: the
    community's desk, the building head's phone and the street, each as its own database role.
    """
    PERSON_LEFT = "person_left"
    """(person, departure) -> iterable of Ending: consequences of a death or move-out, to be confirmed."""
    ABOUT = "about"
    """(person, access) -> iterable of Fact shown on a person's card."""
    PERSON_LABELS = "person_labels"
    """(access, community, ids of people) -> iterable of PersonLabels: words beside each person of a list."""
    RENAMED = "renamed"
    """(building) -> iterable of int: number of labels updated below a renamed building."""
    FIRST_STEPS = "first_steps"
    """(access, community) -> iterable of Step: set-up steps of a new community that this user may do."""
    STREET = "street"
    """(communities) -> iterable of StreetTable: comparison of a street's communities."""
    FIND = "find"
    """(access, community, SearchWords) -> iterable of Found: search results that this user may see."""
    SPELLINGS = "spellings"
    """(community, text) -> iterable of str: spellings in the registers of what a search text names (an address)."""
    RECEIVE = "receive"
    """(kind, draft, source, by) -> iterable of Reference: at most one, from the app that receives a hand-over."""
    SENSITIVE = "sensitive"
    """(words) -> iterable of SecretWords: at most one, when a search contains a secret (an ID number)."""
    SECRETS = "secrets"
    """() -> iterable of Secret: the columns that hold encrypted values."""
    DEMO_ACCOUNTS = "demo_accounts"
    """() -> iterable of DemoAccount: demo accounts for the login page; none without a demo. Runs outside the scope."""
    PRIVATE_WORDS = "private_words"
    """(community) -> iterable of functions (text, allowed names) -> iterable of (kind, words, the same masked).

    Personal data of residents that a public text must not contain; called once for many texts. A finding does
    not reveal why a name is among them.
    """
    NIGHTLY = "nightly"
    """() -> iterable of functions () that delete a feature's expired rows or files. They run outside any scope."""
    PERSONAL_DATA = "personal_data"
    """(community, label, text) -> iterable of findings (kind, masked): what a text for everybody must not be saved with."""
    PLACE_HELD = "place_held"
    """(place) -> iterable of Hindrance: what besides appointments keeps a stairwell or area from being deleted."""
    PLACE_DELETED = "place_deleted"
    """(place, ends) -> iterable of int: how many rows ended with the place. `ends`: person id → end of the appointment."""
    SOUNDNESS = "soundness"
    """() -> iterable of Check: data-quality rules (数据体检) with the pages that fix their issues."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a community, computed from rows. `key` identifies it in the figures report."""

    key: str
    label: str
    value: int | Decimal | None
    unit: str
    url: str = ""
    """List of the rows that are counted."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a bulletin section, with a drill-down link for reviewers.

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
    numbers: tuple[Number, ...] = ()
    charts: tuple[Chart, ...] = ()
    basis: Basis | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """An item due for a user: title, deadline, and the page where it is done.

    on: deadline (last day in time).
    since: date since when somebody waits for it. Without `on` it is due today; without both it has no date.
    key: stable name among the user's items where the URL is not enough (the title may contain a count).
        Another `on` is another occasion to remind.
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
        """The key, or else the URL."""
        return self.key or self.url


@dataclass(frozen=True, slots=True)
class Departure:
    """Death or move-out of a person, with its date."""

    on: datetime.date
    died: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """Consequence of a death or move-out in another feature; `end()` is called when it is confirmed.

    `key` identifies it between the confirmation page and its submission. `row` is the only row that `end()` writes:
    the event stores its old values, and undoing the event restores them.
    """

    key: str
    title: str
    row: models.Model = field(compare=False)
    end: Callable = field(compare=False)


@dataclass(frozen=True, slots=True)
class Hindrance:
    """A row that keeps another one from being deleted, in words."""

    title: str
    row: models.Model = field(compare=False)


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
    """Set-up step of a new community: its page, and whether it is done; sorted by `order`."""

    order: int
    title: str
    url: str
    done: bool


class Handed(StrEnum):
    """Kinds of hand-over."""

    NEED = "need"
    """A need or request of a resident (居民诉求)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Content of a hand-over as its sender writes it; `on` is the requested deadline."""

    title: str
    text: str = ""
    on: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Source row of a hand-over: label, page, and the permission to open it.

    The receiver shows the source only to users who also hold this permission.
    """

    row: models.Model = field(compare=False)
    label: str
    url: str
    right: Permission


@dataclass(frozen=True, slots=True)
class Reference:
    """The receiver's row of a hand-over: label, page (`url_name` with the community's code and `uuid`), state."""

    label: str
    url_name: str
    uuid: uuid.UUID
    state: str


@dataclass(frozen=True, slots=True)
class StreetTable:
    """Table comparing the communities of a street; `cells` by community id. Runs in the street's scope."""

    title: str
    header: tuple[str, ...]
    cells: dict[int, tuple[str, ...]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Search results of one kind of row: the first few as a table, and the total count.

    rows: URL and cells of each; the first cell names the row.
    url: the list of all results; empty where there is none.
    order: position among the kinds on the results page.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, tuple], ...]
    count: int
    url: str = ""
    order: int = 50


@dataclass(frozen=True, slots=True)
class SecretWords:
    """A search that contains a secret: its words stay out of URLs, logs and the result page.

    ordinary: words that are also searched in the usual way; may be empty.
    find: (access, communities, request_id) -> SecretAnswer. It checks permission and rate limit and logs itself.
    """

    ordinary: str
    find: Callable = field(compare=False)


@dataclass(frozen=True, slots=True)
class SecretAnswer:
    """Result of a search by a secret: a sentence for the user, and matches by community."""

    sentence: str
    found: tuple[tuple[CommunityRef, Found], ...] = ()


@dataclass(frozen=True, slots=True)
class Secret:
    """A column of encrypted values, for re-encryption: its title, model and field, and its encryption context.

    bound_to: (row) -> (column, uuid), the context passed to `portal.vault`.
    related: relations to select with a row for that.
    at_once: rows held in memory at a time; few where a value is a file.
    """

    title: str
    model: type
    field: str
    bound_to: Callable
    related: tuple[str, ...] = ()
    at_once: int = 1_000


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A demo account: user name, password, role, and what to try with it. Main accounts come first."""

    username: str
    password: str
    role: str
    tries: str
    is_main: bool


class Weight(StrEnum):
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
class Wrong:
    """A data-quality issue as a list shows it: name and page of the row, description, and links to fix it.

    mend: (label, URL) of pages, the likeliest first.
    """

    name: str
    url: str
    text: str
    mend: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """A data-quality rule.

    key: permanent name in URLs and stored reviews: letters, digits and hyphens.
    words: explanation and how to fix it, for readers of the list.
    find: (community) -> queryset of the rows of one model with the issue. An annotation `mark` fingerprints the row
    and what it was compared with, so that a dismissed issue comes back when that changes; without it the row's
    version serves. It decrypts no secrets.
    tell: (rows, access, community) -> a Wrong for each of these rows, in their order, in a fixed number of queries.
    right: permission to see and fix it. order: sorts rules of one weight.
    concerns: (row) -> Q of the issues related to this row, where it is not the row with the issue itself.
    repair: (by, community, rows) -> number of rows fixed automatically, for derived values that need no decision.
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
    """Decorator: register an implementation of the hook `kind`."""

    def add(function: Callable) -> Callable:
        if function not in _registry[kind]:
            _registry[kind].append(function)
        return function

    return add


def answers(kind: str, *args) -> Iterator:
    """Call the hook `kind`: everything that its implementations yield."""
    for function in _registry[kind]:
        yield from function(*args)


def providers(kind: Kind) -> tuple[Callable, ...]:
    """The implementations of the hook `kind`."""
    return tuple(_registry[kind])


@transaction.atomic
def hand_over(kind: Handed, draft: Draft, source: Source, by) -> Reference:
    """Hand over to the app that receives this kind; the reference is stored at the source (`handed_over`).

    Apps are asked from the top down: community/, the lowest, makes a task of what nobody else takes, so nothing
    is lost while an app is missing.
    """
    references = itertools.chain.from_iterable(
        receive(kind, draft, source, by) for receive in reversed(providers(Kind.RECEIVE))
    )
    reference = next(references)
    HandedOver.objects.create(
        community_id=source.row.community_id,
        user_id=by.pk,
        subject=source.row.stored_label,
        row_id=source.row.pk,
        label=reference.label,
        url_name=reference.url_name,
        uuid=reference.uuid,
        state=reference.state,
        required_right=source.right,
    )
    return reference


def handed_over(row: models.Model) -> models.QuerySet:
    """Hand-overs from a row, newest first."""
    handovers = HandedOver.objects.filter(community_id=row.community_id)
    return handovers.filter(subject=row.stored_label, row_id=row.pk)


def count_hidden(url_name: str, state: str, access: Access, community: CommunityRef) -> int:
    """Number of hand-overs received by `url_name` in this state whose source this user may not see."""
    received = HandedOver.objects.of(community).filter(url_name=url_name, state=state)
    return received.exclude(required_right__in=access.rights_in(community.id)).count()


def tell_source(received: models.Model, state: str) -> None:
    """Update the state of a hand-over at its source."""
    HandedOver.objects.filter(community_id=received.community_id, uuid=received.uuid).update(state=state)
