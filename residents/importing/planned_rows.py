"""Planned rows of an import: the match of each row, its changes, and its moves."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from portal.importing.masking import mask_numbers
from portal.importing.protocol import CHANGED, DUPLICATE, ERROR, NEW, UNCHANGED
from portal.spreadsheets.findings import Finding
from residents.homes.models import Kind
from residents.importing.compare import Change
from residents.importing.existing import ExistingHousehold, ExistingPerson, ExistingResidence
from residents.importing.places import Home
from residents.importing.rows import PersonRow

KIND_LABELS = dict(Kind.choices)


class MoveStep(StrEnum):
    """What happens to a residence."""

    KEEP = "keep"
    OPEN = "open"
    MOVE = "move"
    """Within the community: the old residence ends, a new one begins, both today."""
    CLOSE = "close"


@dataclass(slots=True, eq=False)
class Group:
    """The rows of one household of the file, of one kind.

    `family` is the file's key of the household, which `names_family` when a 户号 or a head's name is in it.
    `claims` is the 户号 the file gives, `number` the same unless another household has it, `existing` the
    household of the register that they join, `is_by_place` when nothing but the dwelling says so.
    """

    kind: str
    home: Home | None
    family: str = ""
    names_family: bool = False
    claims: str = ""
    number: str = ""
    existing: ExistingHousehold | None = None
    is_by_place: bool = False
    moves: list["Move"] = field(default_factory=list)

    @property
    def target(self):
        """The household afterwards: its id, or the group that creates it."""
        return self.existing.id if self.existing else self


@dataclass(slots=True, eq=False)
class Move:
    """What a row does to one residence of its person.

    `over` marks a residence that is created as ended: the person has died or left.
    """

    planned: "PlannedRow"
    kind: str
    step: MoveStep
    stay: ExistingResidence | None = None
    group: Group | None = None
    relation_class: str = ""
    relation_word: str = ""
    is_head: bool = False
    other_address: str = ""
    end: datetime.date | None = None
    end_precision: str = ""
    died: bool = False
    over: bool = False

    @property
    def target(self):
        """The household of the person afterwards: its id, or the group that creates it."""
        return self.stay.household_id if self.step is MoveStep.KEEP else self.group.target

    @property
    def enters(self) -> bool:
        """Whether the person joins a household by it."""
        return self.step in (MoveStep.OPEN, MoveStep.MOVE) and not self.over

    @property
    def releases_head(self) -> bool:
        """Whether a head of the register stops being one."""
        if self.stay is None or not self.stay.is_head:
            return False
        return self.step in (MoveStep.CLOSE, MoveStep.MOVE) or not self.is_head


@dataclass(slots=True, eq=False)
class PlannedRow:
    """One row with its match, changes, moves and findings."""

    row: PersonRow
    id_hash: bytes | None = None
    homes: dict[str, Home | None] = field(default_factory=dict)
    match: ExistingPerson | None = None
    duplicate_of: "PlannedRow | None" = None
    ambiguous: Sequence[ExistingPerson] = ()
    """Ambiguous match: people of the register who may be meant; the user decides."""
    is_renamed: bool = False
    """Whether the match by ID number has another name, which the user must confirm."""
    choice: str = ""
    """The user's decision on the row; see `portal.importing.protocol.APPLY`."""
    values: dict[str, Any] | None = None
    """Column values that change for a person of the register."""
    changes: tuple[Change, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        return any(finding.is_error for finding in self.findings)

    @property
    def is_good(self) -> bool:
        return not (self.duplicate_of or self.ambiguous or self.is_refused)

    @property
    def verdict(self) -> str:
        if self.is_refused:
            return ERROR
        if self.duplicate_of or self.ambiguous:
            return DUPLICATE
        if self.row.dwelling_use:
            return CHANGED if self.changes else UNCHANGED
        if self.match is None:
            return NEW
        return CHANGED if self.changes else UNCHANGED

    def change(self, label: str, old: str, new: str) -> None:
        """Add a change to the preview, once, with long numbers masked."""
        change = (label, mask_numbers(old), mask_numbers(new))
        if change not in self.changes:
            self.changes += (change,)

    @property
    def label(self) -> str:
        """Label of the row: a person's name, or a dwelling's label."""
        home = self.homes.get(Kind.LIVING) if self.row.dwelling_use else None
        return home.label if home else mask_numbers(self.row.name)

    @property
    def summary(self) -> str:
        """The row in a few words."""
        row = self.row
        places = [
            f"{KIND_LABELS[kind]}：{home.label if home else '集体户'}"
            for kind, home in sorted(self.homes.items())
        ]
        words = ({"M": "男", "F": "女"}.get(row.sex, ""), str(row.birth or ""), *places, row.relation_word)
        return mask_numbers(" ".join(word for word in words if word))
