"""Importer of people with their dwellings and households from a committee's spreadsheet (花名册导入)."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from community.communities.models import Community
from community.people.models import Person
from portal.hooks.departure import Departure
from portal.hooks.registry import Hook, call_hooks
from portal.importing.protocol import (
    APART,
    CHANGED,
    DUPLICATE,
    ERROR,
    NEW,
    UNCHANGED,
    ApplyResult,
    CheckedRow,
    CheckResult,
    ImportTarget,
    MappableField,
    PreviewList,
    SheetMapping,
    SkippedRow,
)
from portal.jobs.progress import ProgressCallback
from portal.spreadsheets.cells import Cell, Sheet
from portal.spreadsheets.findings import WARNING, Finding
from portal.spreadsheets.headers import Header
from residents.importing import columns, staging
from residents.importing.cell_filling import filled_cells
from residents.importing.existing import PopulationSnapshot
from residents.importing.matching import candidates, chosen_id, finding_of
from residents.importing.places import Gazetteer
from residents.importing.planned_rows import MoveStep, PlannedRow
from residents.importing.planning import ImportPlan
from residents.importing.rows import ReadOptions, read_people
from residents.importing.source_type import (
    NO_PLACES,
    SOURCE_TYPE_CHOICES,
    open_source_finding,
    source_type_of,
)
from residents.importing.validation import SECRET, validated_rows
from residents.importing.writing import ImportWriter

_CHANGED_SINCE = "检查之后台账有变动，这一行没有导入，请重新上传检查"


class PeopleImporter:
    """Importer of all lists of people that committees keep: rosters, household sheets and lists of other offices."""

    unit = "人"
    choices = SOURCE_TYPE_CHOICES
    choice_label = "登记口径"
    fields = tuple(
        MappableField(key, label, secret=key in SECRET, required=key == "name")
        for key, label in columns.FIELDS.items()
    )

    def __init__(self, register=None):
        self.register = register

    def known_names(self) -> Collection[str]:
        return columns.known_names()

    def suggest(self, header: Header) -> SheetMapping:
        return SheetMapping(header, columns.suggest_mapping(header).fields)

    def choice_of_name(self, name: str) -> str:
        return ""

    def default_choice(self, mappings: Sequence[SheetMapping]) -> str:
        words = dict(SOURCE_TYPE_CHOICES)
        mapped = [columns.mapping_of(m.header, m.fields) for m in mappings]
        if not any(mapping.names_places for mapping in mapped):
            return NO_PLACES
        sources = [source_type_of(mapping) for mapping in mapped]
        kinds = list(dict.fromkeys(words[source.kind] for source in sources))
        doubt = "（从栏目看不出来，请核对）" if any(source.is_open for source in sources) else ""
        return "；".join(kinds) + doubt

    # Check

    def check(
        self,
        parts: Sequence[tuple[Sheet, SheetMapping]],
        into: ImportTarget,
        choice: str,
        step: ProgressCallback,
    ) -> CheckResult:
        community = Community.objects.get(pk=into.community_id)
        gazetteer = Gazetteer(community)
        mapped = [(sheet, columns.mapping_of(m.header, m.fields)) for sheet, m in parts]
        options = ReadOptions(
            today=into.today,
            words=gazetteer.words,
            buildings=tuple(gazetteer.known_buildings()),
            own_words=_own_words(community, gazetteer),
            source_type=choice,
        )
        left_out: list[SkippedRow] = []
        rows = read_people(mapped, options, left_out)
        step(0.5)
        header = _header_of(mapped)
        existing = PopulationSnapshot(into.community_id)
        plan = ImportPlan(rows, existing, gazetteer, into.today, header, lambda done: step(0.5 + 0.3 * done))
        plan.households.warn_of_refused_heads()
        _warn_of_endings(plan, header)
        warnings = [open_source_finding(sheet.name, mapping, choice) for sheet, mapping in mapped]
        listings = _listings(plan, existing)
        step(0.9)
        return CheckResult(
            validated_rows(plan, lambda done: step(0.9 + 0.1 * done)),
            listings,
            [warning for warning in warnings if warning],
            left_out,
        )

    def filled(self, sheet: Sheet, mapping: SheetMapping) -> dict[int, dict[int, Cell]]:
        return filled_cells(sheet, columns.mapping_of(mapping.header, mapping.fields))

    # Apply

    def apply(self, rows: Iterable[CheckedRow], into: ImportTarget, step: ProgressCallback) -> ApplyResult:
        """Plan again on the register as it is now; a row whose plan differs from the preview is a conflict."""
        restored = staging.StagedRows()
        staged_rows = [
            (_PreviewedRow.of(row), restored.row(row.sheet, row.number, row.values["row"], row.secrets))
            for row in rows
        ]
        conflicts: list[Finding] = []
        changing = {row.person for row, _ in staged_rows if row.verdict != UNCHANGED} - {None}
        existing = PopulationSnapshot(into.community_id, lock=changing)
        gazetteer = Gazetteer(Community.objects.get(pk=into.community_id))
        while True:
            people = [person for _, person in staged_rows]
            choices = [row.choice for row, _ in staged_rows]
            plan = ImportPlan(
                people, existing, gazetteer, into.today, _no_header, lambda done: step(0.3 * done), choices
            )
            fits = [_fits(row, planned) for (row, _), planned in zip(staged_rows, plan.rows, strict=True)]
            if all(fits):
                break
            # Another row may have relied on one that is left out: plan again without it.
            conflicts += [
                finding_of(person, _no_header, "name", row.label, _conflict_message(planned), WARNING)
                for (row, person), planned, fit in zip(staged_rows, plan.rows, fits, strict=True)
                if not fit
            ]
            staged_rows = [pair for pair, fit in zip(staged_rows, fits, strict=True) if fit]
        writer = ImportWriter(plan, community_id=into.community_id, user_id=into.user_id, today=into.today)
        writer.write(lambda done: step(0.3 + 0.7 * done))
        verdicts = Counter(planned.verdict for planned in (*writer.written, *writer.dwellings))
        groups = {
            writer.person_id(planned): row.duplicate_group
            for (row, _), planned in zip(staged_rows, plan.rows, strict=True)
            if row.duplicate_group is not None
        }
        return ApplyResult(
            verdicts[NEW], verdicts[CHANGED], conflicts, _versions_after(groups, into.community_id)
        )


def _versions_after(groups: dict[int, int], community_id: int) -> dict[int, dict]:
    if not groups:
        return {}
    people = Person.objects.filter(community_id=community_id, id__in=list(groups))
    return {
        groups[pk]: {"person": pk, "version": version} for pk, version in people.values_list("id", "version")
    }


@dataclass(frozen=True, slots=True)
class _PreviewedRow:
    """A row as the preview showed it, with the user's decision: the matched person and their version."""

    label: str
    verdict: str
    changes: tuple
    choice: str
    duplicate_group: int | None
    person: int | None
    version: int | None

    @classmethod
    def of(cls, row: CheckedRow) -> "_PreviewedRow":
        person, version = row.values.get("person"), row.values.get("version")
        if row.choice == APART:
            person = None
        elif chosen := chosen_id(row.choice):
            person, version = chosen, int(row.choice.partition(":")[2])
        return cls(
            row.label, row.verdict, tuple(row.changes), row.choice, row.duplicate_group, person, version
        )


def _fits(row: _PreviewedRow, planned: PlannedRow) -> bool:
    """Whether the new plan of a row does what was shown or decided, or less."""
    if planned.row.dwelling_use:
        return planned.is_good and planned.changes in ((), row.changes)
    if row.person is None:
        return planned.verdict == NEW
    if planned.match is None or planned.match.id != row.person or not planned.is_good:
        return False
    if not planned.changes:
        return True
    as_shown = row.verdict == DUPLICATE or (row.verdict == CHANGED and planned.changes == row.changes)
    return as_shown and planned.match.version == row.version


def _conflict_message(planned: PlannedRow) -> str:
    errors = [finding.message for finding in planned.findings if finding.is_error]
    return f"{_CHANGED_SINCE}（{errors[0]}）" if errors else _CHANGED_SINCE


def _own_words(community: Community, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Words that identify an address as being in this community."""
    estates = {building.estate for building in gazetteer.buildings.values()} - {""}
    name = community.name.removesuffix("社区")
    return tuple(word for word in (name, *sorted(estates)) if word)


def _header_of(mapped):
    """(sheet, field) -> the header of the field's column, as the file writes it."""
    mappings = {sheet.name: mapping for sheet, mapping in mapped}
    return lambda sheet, field: mappings[sheet].column_name(field)


def _no_header(sheet: str, field: str) -> str:
    return columns.FIELDS[field]


def _warn_of_endings(plan: ImportPlan, header) -> None:
    """Warn of posts, aid and the like of people who left according to the file: the import does not end them."""
    leaving = [
        planned
        for planned in plan.rows
        if planned.is_good and planned.match and any(move.step is MoveStep.CLOSE for move in planned.moves)
    ]
    people = Person.objects.filter(community_id=plan.existing.community_id).in_bulk(
        [planned.match.id for planned in leaving]
    )
    for planned in leaving:
        move = next(move for move in planned.moves if move.step is MoveStep.CLOSE)
        endings = call_hooks(Hook.PERSON_LEFT, people[planned.match.id], Departure(move.end, died=move.died))
        if titles := "、".join(ending.title for ending in endings):
            message = f"此人还有：{titles}。导入不会改动这些，请另行办理"
            planned.findings.append(
                finding_of(planned.row, header, "name", planned.row.name, message, WARNING)
            )


def _listings(plan: ImportPlan, existing: PopulationSnapshot) -> list[PreviewList]:
    """Lists beside the preview: new places, absent people, households without head, remarks."""
    listings = []
    if homes := plan.new_homes:
        listings.append(
            PreviewList(
                "new_places",
                "新增房屋",
                "台账中没有这些房屋，导入时一并新增。",
                [home.label for home in homes],
            )
        )
    named_ids = {planned.match.id for planned in plan.rows if planned.match} | {
        person.id
        for planned in plan.rows
        if not planned.is_good
        for person in (*planned.ambiguous, *candidates(planned, existing))
    }
    absent = _absent(plan, existing, named_ids)
    if absent:
        hint = "台账中登记在同一楼道、但文件里没有的人。导入不会改动他们；已搬走或去世的，请另行办理。"
        listings.append(PreviewList("absent", "文件中没有的人", hint, absent))
    if headless := plan.households.without_head():
        hint = "导入后这些户没有户主，请补登。"
        items = [
            f"{label}：{'、'.join(planned.row.name for planned in members)}" for label, members in headless
        ]
        listings.append(PreviewList("headless", "没有户主的户", hint, items))
    suggested = [
        f"{planned.row.name}（{planned.row.sheet} 第 {planned.row.row} 行）：{'、'.join(planned.row.suggestions)}"
        for planned in plan.rows
        if planned.row.suggestions and planned.verdict != ERROR
    ]
    if suggested:
        hint = "备注或姓名后的这些字样只作提示，不会登记到其他台账。"
        listings.append(PreviewList("suggestions", "备注提示", hint, suggested))
    return listings


def _absent(plan: ImportPlan, existing: PopulationSnapshot, named_ids: set[int]) -> list[str]:
    """People registered in the stairwells of the file who are not in it, by dwelling."""
    stairwells = dict.fromkeys(
        (kind, home.stairwell_id)
        for planned in plan.rows
        for kind, home in planned.homes.items()
        if home and home.stairwell_id
    )
    return list(
        dict.fromkeys(
            f"{plan.gazetteer.label_of(dwelling)} {existing.people[stay.person_id].name}"
            for kind, stairwell in stairwells
            for dwelling in plan.gazetteer.in_stairwell.get(stairwell, ())
            for household in existing.at_dwelling.get((kind, dwelling), ())
            for stay in existing.open_at[household.id]
            if stay.person_id not in named_ids
        )
    )
