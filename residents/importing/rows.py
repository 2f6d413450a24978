"""Rows of a sheet turned into typed people, with everything found wrong or doubtful on the way."""

import datetime
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.dates import PartialDate
from portal.spreadsheets.cells import Sheet
from portal.spreadsheets.findings import Finding
from residents.addresses import PlaceRef, PlaceWords
from residents.importing.columns import Mapping


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the reader must know about the community and the person's choices.

    ``stairwells``: building key → stairwell keys of the register. ``own_words``: words that mark an
    address as being in this community (its name, its estates, its street). ``truth``: a choice of
    truth.TRUTH_CHOICES, or "" for the file's default. ``today`` bounds birth dates.
    """

    words: PlaceWords = PlaceWords()
    stairwells: MappingType[str, tuple[str, ...]] = field(default_factory=dict)
    own_words: tuple[str, ...] = ()
    truth: str = ""
    today: datetime.date = field(default_factory=datetime.date.today)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person as a row states them. Blank text or None means the row says nothing: never clear.

    ``household_key`` is equal for the rows of one household of the sheet ("" when the row stands alone
    by its place). ``truths`` holds "living" and/or "registered"; ``living_place`` is set only when it holds
    "living" and ``registered_place`` only when it holds "registered" (None then means a household
    without a known dwelling). Both have their stairwell resolved when the row has no error.
    """

    sheet: str
    row: int
    name: str = ""
    former_name: str = ""
    sex: str = ""  # "M", "F" or ""
    birth: PartialDate | None = None
    id_kind: str = ""  # a kind of community.identity.ID_KINDS, "" without number
    id_number: str = ""  # normalised, 18 characters for resident IDs
    phones: tuple[str, ...] = ()
    ethnic: str = ""
    education: str = ""
    marital: str = ""
    employment: str = ""
    workplace: str = ""
    political: str = ""
    relation_word: str = ""
    relation_class: str = ""  # GB/T 4761 code, "" when no relative or unknown
    is_head: bool = False
    household_number: str = ""  # 户号 / 户编号
    household_key: str = ""
    head_name: str = ""
    truths: frozenset[str] = frozenset()
    living_place: PlaceRef | None = None
    registered_place: PlaceRef | None = None
    registered_address: str = ""  # 户籍地址 as text (Person.registered_place)
    away_address: str = ""  # where somebody registered only really lives
    moved_out: bool = False  # 是否已迁出=是
    moved_out_on: PartialDate | None = None
    moved_to: str = ""
    dead: bool = False
    died_on: PartialDate | None = None
    note: str = ""
    suggestions: tuple[str, ...] = ()  # category words found in 备注; never applied by itself
    findings: tuple[Finding, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.is_error)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if not f.is_error)

    @property
    def is_good(self) -> bool:
        return not any(f.is_error for f in self.findings)


def read_people(
    parts: Sequence[tuple[Sheet, Mapping]], options: ReadOptions = ReadOptions()
) -> list[PersonRow]:
    """Every person of the chosen sheets, in order, also those with errors.

    The sheets of one file are read together: one sheet may name the stairwell another leaves open.
    """
    raise NotImplementedError
