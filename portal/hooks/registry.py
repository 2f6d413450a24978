"""Hook registry: lets code call implementations in features that it does not import.

A hook (`Hook`) is a function signature over the frozen dataclasses of this package, one module per kind. A feature
implements it in its `hooks.py` (discovered at start) with `@hook(Hook.DUE)`; a caller iterates over
`call_hooks(Hook.DUE, …)` and never names a feature. This is how lower features use data of higher ones although
imports go one way only.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from enum import StrEnum


class Hook(StrEnum):
    FIGURES = "figures"
    """(community, year) -> iterable of Figure, each computed when it is read, in a scope that may read the community."""
    BULLETIN_SECTIONS = "bulletin_sections"
    """(community, month) -> iterable of BulletinSection for the month that begins on `month`."""
    BULLETIN_ROWS = "bulletin_rows"
    """(access, community, month, key) -> iterable of Panel: at most one, the drill-down rows of the number `key`."""
    DUE = "due"
    """(access, communities, today) -> iterable of Due: items due for this user in these communities.

    The number of queries does not depend on that of the communities. Called once per URL space of the user's roles
    (`portal.access.user_access.Access.within`), with those roles only: the community's desk, the building head's phone and
    the street, each as its own database role.
    """
    PERSON_LEFT = "person_left"
    """(person, departure) -> iterable of Consequence: consequences of a death or move-out, to be confirmed."""
    ABOUT = "about"
    """(person, access) -> iterable of PersonFact shown on a person's card."""
    TIMELINE = "timeline"
    """(person, access, community) -> iterable of TimelineEntry: what happened to a person that this user may see."""
    PERSON_LABELS = "person_labels"
    """(access, community, ids of people) -> iterable of PersonLabels: words beside each person of a list."""
    PERSON_ROLES = "person_roles"
    """(access, community, ids of people) -> iterable of mappings: person id → role in the household, beside suggestions."""
    BUILDING_RENAMED = "renamed"
    """(building) -> iterable of int: number of labels updated below a renamed building."""
    FIRST_STEPS = "first_steps"
    """(access, community) -> iterable of SetupStep: set-up steps of a new community that this user may do."""
    STREET = "street"
    """(communities) -> iterable of StreetTable: comparison of a street's communities."""
    SEARCH = "find"
    """(access, community, SearchWords) -> iterable of SearchResults: search results that this user may see."""
    SPELLINGS = "spellings"
    """(community, text) -> iterable of str: spellings in the registers of what a search text names (an address)."""
    RECEIVE = "receive"
    """(kind, draft, source, by) -> iterable of HandoverReference: at most one, from the app that receives a hand-over."""
    ID_NUMBER_SEARCH = "sensitive"
    """(words) -> iterable of SecretQuery: at most one, when a search contains a secret (an ID number)."""
    SECRETS = "secrets"
    """() -> iterable of EncryptedColumn: the columns and files that hold encrypted values."""
    DEMO_ACCOUNTS = "demo_accounts"
    """() -> iterable of DemoAccount: demo accounts for the login page; none without a demo. Runs outside the scope."""
    PERSONAL_DATA_SCANNERS = "private_words"
    """(community) -> iterable of functions (text, allowed names) -> iterable of (kind, words, the same masked).

    Personal data of residents that a public text must not contain; called once for many texts. A finding does
    not reveal why a name is among them.
    """
    NIGHTLY = "nightly"
    """() -> iterable of functions () that delete a feature's expired rows or files. They run outside any scope."""
    PERSONAL_DATA = "personal_data"
    """(community, label, text, phones) -> iterable of findings (kind, masked): personal data that keeps a public text from being saved.

    phones, optional: private numbers to be found besides mobile numbers.
    """
    PLACE_PROTECTED = "place_held"
    """(place) -> iterable of ProtectingRow: rows besides appointments that keep a stairwell, area or body from being deleted."""
    PLACE_DELETED = "place_deleted"
    """(place, ends) -> iterable of int: how many rows ended with the place. `ends`: person id → end of the appointment."""
    BODY_ENDED = "body_ended"
    """(body, day, by) -> iterable of int: how many rows, besides posts and memberships, ended with a body on its last day."""
    TRACK = "track"
    """(hash of a tracking code) -> iterable of TrackedCase: at most one, in the public database role."""
    FORWARDED_ANSWER = "forwarded_answer"
    """(forwarded, answer) -> iterable of str: the states of the case behind a row forwarded to the street, now answered.

    Runs in a scope of its community with the right of the row.
    """
    PUBLIC_TILES = "public_tiles"
    """(community) -> iterable of PublicTile: what a community's public front page offers."""
    HEAD_PAGES = "head_pages"
    """() -> iterable of HeadPage: further pages on the phone of a building head."""
    ROLE_ENDED = "role_ended"
    """(assignment) -> iterable of str: what the end of a role in a community gives back to others, by name.

    In a scope of the community with all rights, whoever ended the role.
    """
    ROLE_RESTORED = "role_restored"
    """(assignment) -> iterable of str: what is given back to the user when the end of a role is taken back. Likewise."""
    CALENDAR_CHANGED = "calendar_changed"
    """() -> iterable of str: jobs that were queued because working days were changed. Outside any scope."""
    DATA_QUALITY = "soundness"
    """() -> iterable of Rule: data-quality rules (数据体检) with the pages that fix their issues."""


# By Hook, and by the hooks that an app declares for itself, as text.
_registry: defaultdict[str, list[Callable]] = defaultdict(list)


def hook(kind: str):
    """Decorator: register an implementation of the hook `kind`."""

    def add(function: Callable) -> Callable:
        if function not in _registry[kind]:
            _registry[kind].append(function)
        return function

    return add


def call_hooks(kind: str, *args) -> Iterator:
    """Call the hook `kind`: everything that its implementations yield."""
    for function in _registry[kind]:
        yield from function(*args)


def implementations(kind: Hook) -> tuple[Callable, ...]:
    """The implementations of the hook `kind`."""
    return tuple(_registry[kind])
