"""A row of people, from reading to writing, with the moves and the household that it is planned into."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from portal.importing.rows import ImportedRow
from portal.spreadsheets.cells import Cell
from portal.values.partial_dates import PartialDate
from residents.homes.addresses import PlaceRef
from residents.homes.models import Kind
from residents.importing.dwellings import PlaceReading
from residents.importing.existing import ExistingHousehold, ExistingResidence
from residents.importing.places import Home

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

    row: "PersonRow"
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


@dataclass(slots=True, kw_only=True, eq=False)
class PersonRow(ImportedRow):
    """One person as read from a row. Blank text or None means that the row says nothing: never clear.

    A file may hold 100,000 of them.

    ``household_key`` is equal for the rows of one household of the file. ``truths`` holds "living" and/or
    "registered", or is empty where the file has no addresses; ``living_place`` is set only with "living" and
    ``registered_place`` only with "registered" (None then means a household without a known dwelling). Both have estate and stairwell resolved.
    """

    name: str = ""
    former_name: str = ""
    sex: str = ""  # "M", "F" or ""
    birth: PartialDate | None = None
    id_kind: str = ""  # a kind of community.people.id_numbers.ID_KINDS, "" without number
    id_number: str = ""  # normalised, 18 characters for resident IDs
    phones: tuple[str, ...] = ()
    ethnic: str = ""  # a word of community.people.codes.ETHNIC
    education: str = ""  # codes of community.people.codes
    marital: str = ""
    employment: str = ""
    workplace: str = ""
    political: str = ""
    relation_word: str = ""
    relation_class: str = ""  # GB/T 4761, two digits; "" when not known
    is_head: bool = False
    household_number: str = ""  # 户号 / 户编号
    household_key: str = ""
    head_name: str = ""
    refused_head: str = ""  # the family's head where that row is refused; set by the check, for the apply
    truths: frozenset[str] = frozenset()
    living_place: PlaceRef | None = None
    registered_place: PlaceRef | None = None
    registered_address: str = ""  # 户籍地址 as written (Person.registered_place)
    away_address: str = ""  # where somebody registered only really lives
    moved_out: bool = False
    moved_out_on: PartialDate | None = None
    moved_to: str = ""
    dead: bool = False
    died_on: PartialDate | None = None
    dwelling_use: str = ""  # of a row that names no person but a vacant or let dwelling (Dwelling.Use)
    note: str = ""
    suggestions: tuple[str, ...] = ()  # category words of 备注 and of brackets; never applied by itself

    cells: Mapping[str, Cell] | None = None
    """Its cells by field, while the file is read."""
    place: PlaceReading | None = None
    """The dwelling that it names, whatever its source type, while the file is read."""
    is_place_expected: bool = False

    id_hash: bytes | None = None
    homes: dict[str, Home | None] = field(default_factory=dict)
    """Where it plans to have its person, by kind of residence; None for a household without dwelling."""
    is_renamed: bool = False
    """Whether the match by ID number has another name, which the user must confirm."""
    updates: dict[str, Any] | None = None
    """Column values that change for a person of the register; None for a new one."""
    moves: list[Move] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return self.match is None and not self.dwelling_use
