"""Reading of sheets into rows of people, with findings for wrong or doubtful cells."""

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from community.people.id_numbers import normalise_id
from community.people.names import clean_name
from portal.importing.protocol import SkippedRow
from portal.spreadsheets.cells import NO_RESULT, Cell, Sheet
from portal.spreadsheets.values import cell_text, is_placeholder
from residents.homes.addresses import REGISTERED_MARK, AddressProblem, PlaceRef, PlaceWords
from residents.homes.register_places import PlaceResolver, RegisteredBuilding, may_be_same_estate
from residents.importing.cell_filling import filled_rows
from residents.importing.columns import ColumnMapping
from residents.importing.dwellings import (
    PlaceReading,
    is_collective,
    read_living_place,
    read_registered_place,
    report_date_cells,
)
from residents.importing.families import group_households
from residents.importing.people import read_person, text_of, yes_no
from residents.importing.person_row import PersonRow
from residents.importing.source_type import (
    LIVING,
    REGISTERED,
    is_elsewhere,
    row_truths,
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


_KEPT_CELLS = frozenset(
    {"estate", "building", "stairwell", "room", "address", "registered_address", "relation"}
)
"""Fields whose cells are needed when the rows are compared with one another."""
_ADDRESS_FIELDS = ("room", "address", "building", "registered_address")
# Fields that decide who a row is about and where: without them it would match another person or place.
_NEEDED = frozenset(
    "name id_number id_kind estate building stairwell room address registered_estate registered_address usual separated"
    " away_address moved_out moved_out_on dead died_on".split()
)


def read_people(
    parts: Sequence[tuple[Sheet, ColumnMapping]], options: ReadOptions, left_out: list[SkippedRow]
) -> list[PersonRow]:
    """Every person of the chosen sheets, in order, also those with errors; rows without one go to `left_out`.

    The sheets of one file are read together: one sheet may name the stairwell another leaves open.
    """
    rows: list[PersonRow] = []
    for sheet, mapping in parts:
        reader = _SheetReader(sheet, mapping, options)
        for number, cells, stated in filled_rows(sheet, mapping):
            if stated & _PERSONAL:
                rows.append(reader.read(number, cells))
            else:
                left_out.append(SkippedRow(sheet.name, number, NO_PERSON))
    places = PlaceResolver(options.buildings, options.words)
    places.learn(row.place.ref for row in rows if row.place.ref)
    refs: dict[PlaceRef, PlaceRef] = {}  # as written -> as resolved, once for all who live there
    for row in rows:
        _settle_place(row, places, refs)
    people = [row for row in rows if not row.dwelling_use]
    group_households(people)
    for row in people:
        if row.is_head and not row.relation_word:
            row.relation_word, row.relation_class = "户主", "02"
    for row in rows:
        row.cells = row.place = None
    return rows


class _SheetReader:
    """Reads the rows of one sheet, each by itself."""

    def __init__(self, sheet: Sheet, mapping: ColumnMapping, options: ReadOptions):
        self.sheet = sheet
        self.mapping = mapping
        self.options = options
        self.headers = mapping.headers()
        self.source = source_type_of(mapping)
        self.choice = options.source_type or self.source.kind

    def read(self, number: int, cells: dict[str, Cell]) -> PersonRow:
        row = PersonRow(sheet=self.sheet.name, number=number, headers=self.headers, cells=cells)
        self._take_out_formulas(row, cells)
        read_person(row, self.options.today, self.sheet.date1904)
        if not self.sheet.typed and _ENDS_ROUND.search(normalise_id(cell_text(cells.get("id_number", "")))):
            row.warning("id_number", cells["id_number"], _MAYBE_LOST)
        has_dates = report_date_cells(cells, row)
        living = PlaceReading() if has_dates else read_living_place(cells, row.sheet, self.options.words)
        registered = PlaceReading() if has_dates else read_registered_place(cells, self.options.words)
        is_registration = cell_text(cells.get("address", "")).endswith(REGISTERED_MARK)
        if is_registration:
            living, registered = PlaceReading(), living
        if self._lives_elsewhere(cells, living, registered):
            cells["away_address"], living = cells["address"], PlaceReading()
        address, head_name = text_of(row, "registered_address"), text_of(row, "head_name")
        is_head = bool(yes_no(row, "is_head"))
        names_places = self.mapping.names_places
        if row.dwelling_use:
            if not names_places:
                row.error("name", cells["name"], "表中没有住处栏，不知道是哪一套房屋空置或出租，没有导入")
            row.truths, row.is_place_expected = frozenset({LIVING}), names_places
            place = living
        else:
            row.registered_address, row.head_name = address, clean_name(head_name)[0]
            row.is_head = row.is_head or is_head
            if self.source.is_open and self.choice == REGISTERED and not self.options.source_type:
                row.error("registered_address", address, unused_address_message(self.mapping))
            self._decide_truths(row, living, registered)
            if is_registration:
                row.truths = frozenset({REGISTERED})
            if not names_places:
                row.truths = frozenset()
            place = self._stated_place(row, living, registered)
            is_absent = row.moved_out or row.dead or is_collective(cells)
            row.is_place_expected = names_places and not has_dates and not is_absent
        row.place = PlaceReading(place.ref, place.problem, place.field or self._address_field(row))
        row.cells = {name: cell for name, cell in cells.items() if name in _KEPT_CELLS and cell != ""}
        return row

    @staticmethod
    def _take_out_formulas(row: PersonRow, cells: dict[str, Cell]) -> None:
        """Blank the cells of formulas without a stored value and report them."""
        for name in [name for name, cell in cells.items() if cell == NO_RESULT]:
            cells[name] = ""
            has_number = any(map(str.isdigit, cell_text(cells.get("id_number", ""))))
            row.report_formula(name, is_needed=name in _NEEDED or (name == "birth" and not has_number))

    def _lives_elsewhere(
        self, cells: Mapping[str, Cell], living: PlaceReading, registered: PlaceReading
    ) -> bool:
        """Whether somebody is registered here and the present address is outside the community."""
        own_words = self.options.own_words
        if self.options.source_type == LIVING or not is_placeholder(cells.get("away_address", "")):
            return False
        registered_address, present_address = (
            cell_text(cells.get(field, "")) for field in ("registered_address", "address")
        )
        if not (registered.ref or is_collective(cells)) or is_elsewhere(registered_address, own_words):
            return False
        stated_here = any(not is_placeholder(cells.get(field, "")) for field in ("building", "room"))
        return (
            not stated_here
            and is_elsewhere(present_address, own_words)
            and not self._may_be_in_register(living.ref)
        )

    def _may_be_in_register(self, ref: PlaceRef | None) -> bool:
        """Whether a dwelling with the name of another division may still be one of this register."""
        buildings = self.options.buildings
        return ref is not None and (
            not buildings
            or any(
                building.key == ref.building_key
                and (not ref.estate or not building.estate or may_be_same_estate(building.estate, ref.estate))
                for building in buildings
            )
        )

    def _decide_truths(self, row: PersonRow, living: PlaceReading, registered: PlaceReading) -> None:
        """Set the source type of the row, and the address of somebody who lives elsewhere."""
        own_words = self.options.own_words
        away = text_of(row, "away_address")
        if self.choice == REGISTERED and not away and registered.ref and living.ref != registered.ref:
            # In a file of registrations the present address is where the person really lives.
            away = text_of(row, "address")
        away_ref = read_registered_place({"registered_address": away}, self.options.words).ref
        is_same = same_dwelling(away, away_ref, living.ref, own_words)
        mapped = self.mapping.fields.keys()
        row.truths, doubt, about = row_truths(
            self.choice,
            separated=yes_no(row, "separated"),
            usual=yes_no(row, "usual"),
            lives_elsewhere=bool(away) and (is_same is False or living.ref is None),
            registered_address=row.registered_address,
            same=same_dwelling(row.registered_address, registered.ref, living.ref, own_words),
            asks_registration=not mapped.isdisjoint({"separated", "registered_address"}),
        )
        if doubt:
            name = about if about in mapped else "separated"
            row.warning(name, row.cells.get(name, ""), doubt)
        row.away_address = away if row.truths == {REGISTERED} else ""

    def _stated_place(self, row: PersonRow, living: PlaceReading, registered: PlaceReading) -> PlaceReading:
        """The one dwelling of the row. In a file of registrations the registered address comes first."""
        if row.truths == {REGISTERED}:
            if is_collective(row.cells):
                return PlaceReading()
            if self.choice == REGISTERED and (registered.ref or not (living.ref or living.problem)):
                return registered
        return living if living.ref or living.problem or LIVING in row.truths else registered

    def _address_field(self, row: PersonRow) -> str:
        """The column to which a problem of the address is reported."""
        order = _ADDRESS_FIELDS
        if row.truths == {REGISTERED}:
            order = ("registered_address", *order)
        mapped = [field for field in order if field in self.mapping.fields]
        filled = [field for field in mapped if row.cells[field] != ""]
        return next(iter(filled or mapped), "address")


def _settle_place(row: PersonRow, places: PlaceResolver, refs: dict[PlaceRef, PlaceRef]) -> None:
    """Resolve the dwelling against register and file, or report the problem."""
    place = row.place
    resolved = None
    if place.ref:
        try:
            if place.ref not in refs:
                refs[place.ref] = places.resolve(place.ref)
            resolved = refs[place.ref]
        except AddressProblem as problem:
            row.error(place.field, row.cells.get(place.field, ""), str(problem))
    elif row.is_place_expected:
        message = place.problem or "没有住处，请填写楼幢、单元、房号或地址"
        row.error(place.field, row.cells.get(place.field, ""), message)
    if LIVING in row.truths:
        row.living_place = resolved
    if REGISTERED in row.truths:
        row.registered_place = resolved
