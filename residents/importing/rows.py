"""Parsing of a sheet's rows into typed people, with findings for wrong or doubtful cells."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from community.people.id_numbers import normalise_id
from community.people.names import clean_name
from portal.importing.protocol import SkippedRow
from portal.spreadsheets.cells import Cell, Sheet
from portal.spreadsheets.findings import Finding
from portal.spreadsheets.values import cell_text, is_placeholder
from portal.values.partial_dates import PartialDate
from residents.homes.addresses import REGISTERED_MARK, AddressProblem, PlaceRef, PlaceWords
from residents.homes.register_places import PlaceResolver, RegisteredBuilding, may_be_same_estate
from residents.importing.cell_filling import FilledRow, filled_rows
from residents.importing.columns import ColumnMapping
from residents.importing.dwellings import (
    PlaceReading,
    is_collective,
    read_living_place,
    read_registered_place,
    report_date_cells,
)
from residents.importing.families import FamilyMember, group_households
from residents.importing.people import read_person, text_of, yes_no
from residents.importing.report import RowReport
from residents.importing.source_type import (
    LIVING,
    REGISTERED,
    RowFacts,
    decide,
    is_elsewhere,
    same_dwelling,
    source_type_of,
    unused_address_message,
)

# A row without any of these is no person, but an empty dwelling or a numbered blank line.
NO_PERSON = "没有人员信息"
_PERSONAL = frozenset({"name", "id_number", "birth", "sex", "phone"})
# A file without cell types does not say whether Excel has made zeros of the last three digits.
_ENDS_ROUND = re.compile(r"^\d{15}000$")
_MAYBE_LOST = "号码以 000 结尾，可能在 Excel 中丢失了末三位，请核对原件"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """Settings of the parser: facts about the community, and the user's choices.

    ``today`` bounds dates. ``buildings`` are those of the register. ``own_words`` mark an address as being in
    this community (its name, its estates, its streets). ``source_type`` is a choice of source_type.SOURCE_TYPE_CHOICES, or "" for
    what the columns of each sheet say.
    """

    today: datetime.date
    words: PlaceWords = field(default_factory=PlaceWords)
    buildings: tuple[RegisteredBuilding, ...] = ()
    own_words: tuple[str, ...] = ()
    source_type: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class PersonRow:
    """One person as parsed from a row. Blank text or None means that the row says nothing: never clear.

    Mutable only while the file is parsed; a file may hold 100,000 of them.

    ``household_key`` is equal for the rows of one household of the file. ``truths`` holds "living" and/or
    "registered", or is empty where the file has no addresses; ``living_place`` is set only with "living" and
    ``registered_place`` only with "registered" (None then means a household without a known dwelling). Both have estate and stairwell resolved.
    """

    sheet: str
    row: int
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
    findings: tuple[Finding, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.is_error)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if not finding.is_error)

    @property
    def is_good(self) -> bool:
        return not any(finding.is_error for finding in self.findings)


@dataclass(slots=True)
class _Draft:
    """A parsed row, before it is compared with the other rows."""

    row: PersonRow
    values: dict[str, Cell]  # of the fields that the second pass needs
    report: RowReport
    place: PlaceReading  # the dwelling of the row, whatever its source type
    place_expected: bool


_SECOND_PASS = frozenset(
    {"estate", "building", "stairwell", "room", "address", "registered_address", "relation"}
)


def read_people(
    parts: Sequence[tuple[Sheet, ColumnMapping]],
    options: ReadOptions,
    left_out: list[SkippedRow] | None = None,
) -> list[PersonRow]:
    """Every person of the chosen sheets, in order, also those with errors; rows without one go to `left_out`.

    The sheets of one file are read together: one sheet may name the stairwell another leaves open.
    """
    drafts = []
    for sheet, mapping in parts:
        for row in filled_rows(sheet, mapping):
            if row.own_fields & _PERSONAL:
                drafts.append(_draft(sheet, mapping, row, options))
            elif left_out is not None:
                left_out.append(SkippedRow(sheet.name, row.number, NO_PERSON))
    places = PlaceResolver(options.buildings, options.words)
    places.learn(draft.place.ref for draft in drafts if draft.place.ref)
    refs: dict[PlaceRef, PlaceRef] = {}  # as written -> as resolved, once for all who live there
    for draft in drafts:
        _settle_place(draft, places, refs)
    members = {id(draft): _member(draft) for draft in drafts if not draft.row.dwelling_use}
    group_households(list(members.values()))
    return [_finished(draft, members.get(id(draft))) for draft in drafts]


def _draft(sheet: Sheet, mapping: ColumnMapping, row: FilledRow, options: ReadOptions) -> _Draft:
    values = row.values
    report = RowReport(sheet.name, row.number, mapping)
    report.take_out_formulas(values)
    person = read_person(values, report, options.today, sheet.date1904)
    if not sheet.typed and _ENDS_ROUND.search(normalise_id(cell_text(values.get("id_number", "")))):
        report.warning("id_number", values["id_number"], _MAYBE_LOST)
    has_dates = report_date_cells(values, report)
    living = PlaceReading() if has_dates else read_living_place(values, sheet.name, options.words)
    registered = PlaceReading() if has_dates else read_registered_place(values, options.words)
    is_registration = cell_text(values.get("address", "")).endswith(REGISTERED_MARK)
    if is_registration:
        living, registered = PlaceReading(), living
    if _lives_elsewhere(values, living, registered, options):
        values["away_address"], living = values["address"], PlaceReading()
    address = text_of(values, "registered_address", report)
    person["registered_address"] = address
    person["head_name"] = clean_name(text_of(values, "head_name", report))[0]
    person["is_head"] = person.get("is_head", False) or bool(yes_no(values, "is_head", report))
    if person.get("dwelling_use"):
        return _dwelling_draft(sheet, row, person, values, report, living, mapping)
    source = source_type_of(mapping)
    choice = options.source_type or source.kind
    if source.is_open and choice == REGISTERED and not options.source_type:
        report.error("registered_address", address, unused_address_message(mapping))
    person["truths"] = _truths(values, report, person, choice, living, registered, options)
    if is_registration:
        person["truths"] = frozenset({REGISTERED})
    if not mapping.names_places:
        person["truths"] = frozenset()
    place = _stated_place(values, person, choice, living, registered)
    expected = mapping.names_places and not (
        has_dates or person["moved_out"] or person["dead"] or is_collective(values)
    )
    kept_values = {name: value for name, value in values.items() if name in _SECOND_PASS and value != ""}
    return _Draft(PersonRow(sheet=sheet.name, row=row.number, **person), kept_values, report, place, expected)


def _dwelling_draft(
    sheet: Sheet,
    row: FilledRow,
    person: dict,
    values: dict[str, Cell],
    report: RowReport,
    living: PlaceReading,
    mapping: ColumnMapping,
) -> _Draft:
    """A row that gives the use of a dwelling, and no person."""
    if not mapping.names_places:
        report.error("name", values["name"], "表中没有住处栏，不知道是哪一套房屋空置或出租，没有导入")
    stated = {"name": person["name"], "dwelling_use": person["dwelling_use"], "truths": frozenset({LIVING})}
    kept_values = {name: value for name, value in values.items() if name in _SECOND_PASS and value != ""}
    dwelling = PersonRow(sheet=sheet.name, row=row.number, **stated)
    return _Draft(dwelling, kept_values, report, living, mapping.names_places)


def _lives_elsewhere(
    values: dict[str, Cell], living: PlaceReading, registered: PlaceReading, options: ReadOptions
) -> bool:
    """Whether somebody is registered here and the present address is outside the community."""
    if options.source_type == LIVING or not is_placeholder(values.get("away_address", "")):
        return False
    registered_address, present_address = (
        cell_text(values.get(field, "")) for field in ("registered_address", "address")
    )
    if not (registered.ref or is_collective(values)) or is_elsewhere(registered_address, options.own_words):
        return False
    stated_here = any(not is_placeholder(values.get(field, "")) for field in ("building", "room"))
    return (
        not stated_here
        and is_elsewhere(present_address, options.own_words)
        and not _may_be_in_register(living.ref, options)
    )


def _may_be_in_register(ref: PlaceRef | None, options: ReadOptions) -> bool:
    """Whether a dwelling with the name of another division may still be one of this register."""
    return ref is not None and (
        not options.buildings
        or any(
            building.key == ref.building_key
            and (not ref.estate or not building.estate or may_be_same_estate(building.estate, ref.estate))
            for building in options.buildings
        )
    )


def _truths(
    values: dict[str, Cell],
    report: RowReport,
    person: dict,
    choice: str,
    living: PlaceReading,
    registered: PlaceReading,
    options: ReadOptions,
) -> frozenset[str]:
    """The source type of the row; also sets the address of somebody who lives elsewhere."""
    mapping = report.mapping
    away = text_of(values, "away_address", report)
    if choice == REGISTERED and not away and registered.ref and living.ref != registered.ref:
        # In a file of registrations the present address is where the person really lives.
        away = text_of(values, "address", report)
    is_same = same_dwelling(away, _try_place(away, options), living.ref, options.own_words)
    facts = RowFacts(
        separated=yes_no(values, "separated", report),
        usual=yes_no(values, "usual", report),
        lives_elsewhere=bool(away) and (is_same is False or living.ref is None),
        registered_address=person["registered_address"],
        same=same_dwelling(person["registered_address"], registered.ref, living.ref, options.own_words),
    )
    asks = bool({"separated", "registered_address"} & mapping.fields.keys())
    source = decide(choice, facts, asks_registration=asks)
    if source.doubt:
        field = source.doubt_field if source.doubt_field in mapping.fields else "separated"
        report.warning(field, values.get(field, ""), source.doubt)
    person["away_address"] = away if source.truths == {REGISTERED} else ""
    return source.truths


def _try_place(text: str, options: ReadOptions) -> PlaceRef | None:
    return read_registered_place({"registered_address": text}, options.words).ref


def _stated_place(
    values: dict[str, Cell], person: dict, choice: str, living: PlaceReading, registered: PlaceReading
) -> PlaceReading:
    """The one dwelling of the row. In a file of registrations the registered address comes first."""
    if person["truths"] == {REGISTERED}:
        if is_collective(values):
            return PlaceReading()
        if choice == REGISTERED and (registered.ref or not (living.ref or living.problem)):
            return registered
    return living if living.ref or living.problem or LIVING in person["truths"] else registered


def _settle_place(draft: _Draft, places: PlaceResolver, refs: dict[PlaceRef, PlaceRef]) -> None:
    """Resolve the dwelling against register and file, or report the problem."""
    place, report, row = draft.place, draft.report, draft.row
    resolved = None
    field = place.field or _address_field(draft)
    if place.ref:
        try:
            if place.ref not in refs:
                refs[place.ref] = places.resolve(place.ref)
            resolved = refs[place.ref]
        except AddressProblem as problem:
            report.error(field, draft.values.get(field, ""), str(problem))
    elif draft.place_expected:
        report.error(
            field, draft.values.get(field, ""), place.problem or "没有住处，请填写楼幢、单元、房号或地址"
        )
    if LIVING in row.truths:
        row.living_place = resolved
    if REGISTERED in row.truths:
        row.registered_place = resolved


def _address_field(draft: _Draft) -> str:
    """The column to which a problem of the address is reported."""
    order = ("room", "address", "building", "registered_address")
    if draft.row.truths == {REGISTERED}:
        order = ("registered_address", *order)
    mapped = [field for field in order if field in draft.report.mapping.fields]
    filled = [field for field in mapped if field in draft.values]
    return next(iter(filled or mapped), "address")


def _member(draft: _Draft) -> FamilyMember:
    row, values = draft.row, draft.values
    place = row.living_place or row.registered_place
    key: object = place.key if place else None
    if key is None:
        # An address that cannot be read still keeps a family together.
        fields = ("estate", "building", "stairwell", "room", "address")
        if row.truths == {REGISTERED}:
            fields = ("registered_address",)
        parts = tuple(cell_text(values.get(field, "")) for field in fields)
        key = parts if any(parts) else None
    return FamilyMember(
        sheet=row.sheet,
        report=draft.report,
        name=row.name,
        identity=row.id_number or (row.name, row.birth),
        place=key,
        number=row.household_number,
        head_name=row.head_name,
        is_head=row.is_head,
        relation=values.get("relation", ""),
    )


def _finished(draft: _Draft, member: FamilyMember | None) -> PersonRow:
    row = draft.row
    if member is not None:
        row.is_head = member.is_head
        if member.is_head and not row.relation_word:
            row.relation_word, row.relation_class = "户主", "02"
        row.household_key = member.key
    row.findings = tuple(draft.report.findings)
    return row
