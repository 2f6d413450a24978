"""Validation result: the rows of a plan as the preview shows them and staging stores them."""

from collections.abc import Iterator

from portal.importing.protocol import CheckedRow, ExistingRow
from portal.jobs.progress import ProgressCallback
from residents.importing import staging
from residents.importing.compare import person_fields, row_fields
from residents.importing.existing import ExistingPerson
from residents.importing.planned_rows import PlannedRow
from residents.importing.planning import ImportPlan

SECRET = {"id_number"}


def validated_rows(plan: ImportPlan, step: ProgressCallback) -> Iterator[CheckedRow]:
    """Every row of a plan, built lazily."""
    duplicate_group = _choice_groups(plan)
    for number, planned in enumerate(plan.rows):
        if number % 1_000 == 0:
            step(number / len(plan.rows))
        yield _checked_row(planned, plan, duplicate_group.get(planned))


def _choice_groups(plan: ImportPlan) -> dict[PlannedRow, int]:
    """Group number of the rows between which the user chooses: duplicates with their first row, ambiguous matches."""
    numbers: dict[PlannedRow, int] = {}
    for number, planned in enumerate(plan.rows):
        if planned.duplicate_of:
            numbers[planned] = numbers.setdefault(planned.duplicate_of, number)
        elif planned.ambiguous:
            numbers[planned] = number
    return numbers


def _checked_row(planned: PlannedRow, plan: ImportPlan, duplicate_group: int | None) -> CheckedRow:
    checked = CheckedRow(
        sheet=planned.row.sheet,
        number=planned.row.row,
        label=planned.label,
        verdict=planned.verdict,
        values={},
        summary=planned.summary,
        changes=list(planned.changes),
        findings=sorted(planned.findings, key=lambda finding: not finding.is_error),
        duplicate_group=duplicate_group,
    )
    if not planned.is_refused:
        values, secrets = staging.to_json(planned.row)
        checked.values, checked.secrets = {"row": values}, secrets
        if planned.match:
            checked.values |= {"person": planned.match.id, "version": planned.match.version}
    if duplicate_group is not None:
        checked.display_fields = _filled(row_fields(planned.row))
        checked.others = [
            _other(person, plan, is_choice=bool(planned.ambiguous))
            for person in planned.ambiguous or _matched_people(planned)
        ]
        checked.may_be_apart = (bool(planned.ambiguous) and not planned.is_renamed) or _may_be_apart(planned)
    return checked


def _matched_people(planned: PlannedRow) -> list[ExistingPerson]:
    return [planned.match] if planned.match else []


def _may_be_apart(planned: PlannedRow) -> bool:
    """Whether a duplicate may be somebody else: not when its number says who it is."""
    return (
        planned.duplicate_of is not None
        and (planned.id_hash is None or planned.id_hash != planned.duplicate_of.id_hash)
        and not (planned.match and planned.id_hash == planned.match.id_hash)
    )


def _other(person: ExistingPerson, plan: ImportPlan, *, is_choice: bool) -> ExistingRow:
    stay = next((stay for stay in plan.existing.stays.get(person.id, ()) if stay.end is None), None)
    home = plan.gazetteer.label_of(stay.dwelling_id) if stay else ""
    return ExistingRow(
        key=f"{person.id}:{person.version}",
        title=person.name,
        fields=_filled(person_fields(person, stay.relation_word if stay else "", home)),
        is_choice=is_choice,
    )


def _filled(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(label, value) for label, value in fields if value]
