"""What an importer of one noun gives to the pipeline, and what passes between them."""

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from portal.spreadsheets.cells import Cell, Sheet
from portal.spreadsheets.findings import Finding
from portal.spreadsheets.headers import Header

if TYPE_CHECKING:
    from portal.importing.account import Account

NEW, CHANGED, UNCHANGED, DUPLICATE, ERROR = VERDICTS = ("new", "changed", "unchanged", "duplicate", "error")
GOOD = (NEW, CHANGED, UNCHANGED)

TAKE, LEAVE, APART = "take", "leave", "apart"
"""What a person decides about a row that stands for the same as another: it is the one to take, it is left out, or it
is something of its own. A row that several of the register fit may also get the key of one of them (`Other.key`)."""

Step = Callable[[float], None]
"""Told how much of a piece of work is done, 0 to 1; may be called often."""


class WrittenMeanwhile(Exception):
    """Somebody changed a row between reading and writing it; the transaction must not commit."""


def no_step(done: float) -> None:
    """For callers that show no progress."""


@dataclass(frozen=True, slots=True)
class ImportInto:
    """Where an import goes: the community, who does it (None: the shell) and the day it counts from."""

    community_id: int
    user_id: int | None
    today: datetime.date


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a column may hold. `secret` ones are encrypted in staging and never in page source."""

    key: str
    label: str
    secret: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """Which column (index from 0) of a sheet holds which field."""

    header: Header
    fields: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Other:
    """A row of the register that a row of the file is held against.

    key: its id and version, `12:3`. fields: `(label, value)` as `CheckedRow.stated` has them.
    is_choice: whether a person has to say if the row of the file means it.
    """

    key: str
    title: str
    fields: Sequence[tuple[str, str]]
    is_choice: bool = False


@dataclass(slots=True)
class CheckedRow:
    """One row of data with its verdict.

    values: what is needed to apply it, as JSON without secrets; `secrets` holds those, stored encrypted.
    changes: `(label, old, new)` of every changed field, secrets masked.
    summary: the row in a few words, for the preview.
    twins: equal for the rows of which a person chooses, the first that the file has and its duplicates; None for
    all others. Only such rows have `stated`, every field as a person reads it, and `others`.
    may_be_apart: whether a duplicate may also be something of its own. choice: what was decided, "" is nothing yet.
    """

    sheet: str
    number: int
    label: str
    verdict: str
    values: dict
    summary: str = ""
    secrets: dict = field(default_factory=dict)
    changes: Sequence[tuple[str, str, str]] = ()
    findings: Sequence[Finding] = ()
    twins: int | None = None
    stated: Sequence[tuple[str, str]] = ()
    others: Sequence[Other] = ()
    may_be_apart: bool = False
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """Something the preview lists beside the rows: new places, people who are not in the file."""

    key: str
    title: str
    hint: str
    items: list[str]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row of data of which an importer makes no `CheckedRow`, and why: an empty dwelling in a list of people."""

    sheet: str
    number: int
    reason: str


@dataclass(slots=True)
class Checked:
    """The outcome of a check. `warnings` are those that belong to no row of data, e.g. a sheet without header.

    `rows` may be made while they are read, and be read once: 100,000 of them are never held together. Each row of
    data of the parts is either in `rows` or in `left_out`. `account` is set by the pipeline.
    """

    rows: Iterable[CheckedRow]
    listings: list[Listing] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    account: "Account | None" = None


@dataclass(slots=True)
class Applied:
    """What an apply wrote. `conflicts` are rows that were left alone because the register changed meanwhile.

    stands: for each `twins` written, what the values of its other rows are to say from now on of the row of the
    register that they stand for.
    """

    new: int = 0
    changed: int = 0
    conflicts: list[Finding] = field(default_factory=list)
    stands: dict[int, dict] = field(default_factory=dict)


class Importer(Protocol):
    """How one noun is read, checked and written. It runs inside the community's scope."""

    unit: str
    """The Chinese word that counts rows: 人, 个单位."""
    fields: Sequence[Field]
    choices: Sequence[tuple[str, str]]
    """A choice about the whole file with the labels shown; empty when there is none."""
    choice_label: str

    def known_names(self) -> Collection[str]:
        """Header names, normalised by `header_key`, by which a header row is found."""

    def suggest(self, header: Header) -> SheetMapping:
        """The mapping that the known names give."""

    def default_choice(self, mappings: Sequence[SheetMapping]) -> str:
        """What the file's columns say about the choice, as a sentence; "" when nothing needs to be said."""

    def choice_of_name(self, name: str) -> str:
        """What the file's name says about the choice; "" when it says nothing."""

    def check(
        self, parts: Sequence[tuple[Sheet, SheetMapping]], into: ImportInto, choice: str, step: Step
    ) -> Checked:
        """Read and compare; writes nothing."""

    def filled(self, sheet: Sheet, mapping: SheetMapping) -> dict[int, dict[int, Cell]]:
        """Cells that the sheet writes once for several rows: row number -> column from 0 -> what it stands for."""

    def apply(self, rows: Iterable[CheckedRow], into: ImportInto, step: Step) -> Applied:
        """Write good rows of an earlier check, and duplicates as decided.

        Rows whose place in the register changed since are conflicts. What `rows` gives may be changed.
        """
