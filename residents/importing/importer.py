"""Import of people with their dwellings and households from a committee's spreadsheet (花名册导入)."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from community.communities.models import Community
from community.people.models import Person
from portal.importing.masking import mask_numbers
from portal.importing.pipeline import Importer, ImportRun, Parts
from portal.importing.protocol import UNCHANGED, CheckedRow, ImportTarget, PreviewList
from portal.jobs.progress import ProgressCallback
from portal.registers.columns import ImportField
from portal.spreadsheets.cells import Cell, Sheet
from portal.spreadsheets.findings import Finding
from portal.spreadsheets.headers import Header
from residents.homes.models import Kind
from residents.importing.cell_filling import filled_cells
from residents.importing.columns import FIELDS, ColumnMapping, known_names, mapping_of, suggest_mapping
from residents.importing.compare import person_fields, row_fields
from residents.importing.existing import ExistingPerson, PopulationSnapshot
from residents.importing.households import HouseholdAssignment
from residents.importing.listings import preview_lists, warn_of_endings
from residents.importing.matching import may_be_somebody_else
from residents.importing.person_row import KIND_LABELS, PersonRow
from residents.importing.places import Gazetteer
from residents.importing.planning import plan_rows
from residents.importing.rows import ReadOptions, read_people
from residents.importing.source_type import (
    NO_PLACES,
    SOURCE_TYPE_CHOICES,
    open_source_finding,
    source_type_of,
)
from residents.importing.staging import restored_row, to_json
from residents.importing.writing import ImportWriter

_SEX = {"M": "男", "F": "女"}


class PeopleRun(ImportRun):
    """Rows of people: read with their families, matched by certificate or name and home, and moved into households."""

    model = Person
    name_header = FIELDS["name"]
    households: HouseholdAssignment
    """The households of the file after the comparison."""

    def __init__(self, importer: Importer, into: ImportTarget, choice: str):
        super().__init__(importer, into, choice)
        self._shared: dict = {}

    @cached_property
    def community(self) -> Community:
        return Community.objects.get(pk=self.target.community_id)

    @cached_property
    def gazetteer(self) -> Gazetteer:
        return Gazetteer(self.community)

    @cached_property
    def existing(self) -> PopulationSnapshot:
        """The register; people whom staged rows are to change are locked."""
        changing = [row.shown.target for row in self.rows if row.shown and row.shown.verdict != UNCHANGED]
        return PopulationSnapshot(self.target.community_id, lock={target[0] for target in changing if target})

    def read(self, parts: Parts) -> None:
        options = ReadOptions(
            today=self.target.today,
            words=self.gazetteer.words,
            buildings=tuple(self.gazetteer.known_buildings()),
            own_words=_own_words(self.community, self.gazetteer),
            source_type=self.choice,
        )
        self.rows = read_people(parts, options, self.left_out)

    def compare(self, step: ProgressCallback) -> None:
        self.households = plan_rows(self.rows, self.existing, self.gazetteer, self.target.today, step)

    def listings(self) -> list[PreviewList]:
        return preview_lists(self.rows, self.households)

    def warnings(self, parts: Parts) -> list[Finding]:
        self.households.warn_of_refused_heads()
        warn_of_endings(self.rows, self.target.community_id)
        warnings = (open_source_finding(sheet.name, mapping, self.choice) for sheet, mapping in parts)
        return [warning for warning in warnings if warning]

    def write(self, step: ProgressCallback) -> dict[PersonRow, int]:
        return ImportWriter(self.rows, self.households, self.target).write(step)

    def to_json(self, row: PersonRow) -> tuple[dict, dict]:
        return to_json(row)

    def restored(self, row: CheckedRow) -> PersonRow:
        return restored_row(row, self._shared)

    def describe(self, row: PersonRow) -> tuple[str, str]:
        places = [
            f"{KIND_LABELS[kind]}：{home.label if home else '集体户'}"
            for kind, home in sorted(row.homes.items())
        ]
        words = (_SEX.get(row.sex, ""), str(row.birth or ""), *places, row.relation_word)
        home = row.homes.get(Kind.LIVING) if row.dwelling_use else None
        return home.label if home else mask_numbers(row.name), mask_numbers(" ".join(filter(None, words)))

    def display_fields(self, row: PersonRow) -> list[tuple[str, str]]:
        return row_fields(row)

    def existing_fields(self, existing: ExistingPerson, row: PersonRow) -> tuple[str, list[tuple[str, str]]]:
        stays = self.existing.stays.get(existing.id, ())
        stay = next((stay for stay in stays if stay.end is None), None)
        home = self.gazetteer.label_of(stay.dwelling_id) if stay else ""
        return existing.name, person_fields(existing, stay.relation_word if stay else "", home)

    def may_be_apart(self, row: PersonRow) -> bool:
        return may_be_somebody_else(row)


_TEMPLATE = frozenset(
    "name sex birth id_number id_kind phone ethnic education marital employment workplace political relation"
    " household_number building stairwell room registered_address note".split()
)
"""Columns of the template: what most committees keep. The import reads more of them."""
_CODED = ("sex", "id_kind", "education", "marital", "employment", "political")
_EXAMPLES = {
    "birth": "1985-03-01，只知道年月的写 1985-03",
    "phone": "13800000000，几个号码用顿号隔开",
    "relation": "户主、配偶、长子、租客",
    "household_number": "同一户的人写相同的户号",
    "building": "3幢",
    "stairwell": "2单元",
    "room": "501",
    "registered_address": "户口簿上的地址",
}


class PeopleImporter(Importer):
    """Importer of all lists of people that committees keep: rosters, household sheets and lists of other offices."""

    unit = "人"
    choices = SOURCE_TYPE_CHOICES
    choice_label = "登记口径"
    fields = tuple(
        ImportField(name, label=label, secret=name == "id_number", required=name == "name")
        for name, label in FIELDS.items()
    )
    run = PeopleRun

    def __init__(self, register=None):
        super().__init__(register)

    def known_names(self) -> Collection[str]:
        return known_names()

    def suggest(self, header: Header) -> ColumnMapping:
        return suggest_mapping(header)

    def mapping(self, header: Header, fields: Mapping[str, int]) -> ColumnMapping:
        return mapping_of(header, fields)

    def default_choice(self, mappings: Sequence[ColumnMapping]) -> str:
        words = dict(SOURCE_TYPE_CHOICES)
        if not any(mapping.names_places for mapping in mappings):
            return NO_PLACES
        sources = [source_type_of(mapping) for mapping in mappings]
        kinds = list(dict.fromkeys(words[source.kind] for source in sources))
        doubt = "（从栏目看不出来，请核对）" if any(source.is_open for source in sources) else ""
        return "；".join(kinds) + doubt

    def template_fields(self) -> Sequence[ImportField]:
        return [field for field in self.fields if field.name in _TEMPLATE]

    def choices_of(self, name: str) -> Sequence[str]:
        choices = Person._meta.get_field(name).flatchoices if name in _CODED else ()
        return [str(word) for _, word in choices]

    def example_of(self, name: str) -> str:
        return _EXAMPLES.get(name, "")

    def filled(self, sheet: Sheet, mapping: ColumnMapping) -> dict[int, dict[int, Cell]]:
        return filled_cells(sheet, mapping)


def _own_words(community: Community, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Words that identify an address as being in this community."""
    estates = {building.estate for building in gazetteer.buildings.values()} - {""}
    name = community.name.removesuffix("社区")
    return tuple(word for word in (name, *sorted(estates)) if word)
