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
    twins = _choice_groups(plan)
    for number, one in enumerate(plan.rows):
        if number % 1_000 == 0:
            step(number / len(plan.rows))
        yield _checked_row(one, plan, twins.get(one))


def _choice_groups(plan: ImportPlan) -> dict[PlannedRow, int]:
    """Group number of the rows between which the user chooses: duplicates with their first row, ambiguous matches."""
    numbers: dict[PlannedRow, int] = {}
    for number, one in enumerate(plan.rows):
        if one.duplicate_of:
            numbers[one] = numbers.setdefault(one.duplicate_of, number)
        elif one.ambiguous:
            numbers[one] = number
    return numbers


def _checked_row(one: PlannedRow, plan: ImportPlan, twins: int | None) -> CheckedRow:
    checked = CheckedRow(
        sheet=one.row.sheet,
        number=one.row.row,
        label=one.label,
        verdict=one.verdict,
        values={},
        summary=one.summary,
        changes=list(one.changes),
        findings=sorted(one.findings, key=lambda finding: not finding.is_error),
        twins=twins,
    )
    if not one.is_refused:
        values, secrets = staging.to_json(one.row)
        checked.values, checked.secrets = {"row": values}, secrets
        if one.match:
            checked.values |= {"person": one.match.id, "version": one.match.version}
    if twins is not None:
        checked.stated = _filled(row_fields(one.row))
        checked.others = [
            _other(person, plan, is_choice=bool(one.ambiguous))
            for person in one.ambiguous or _matched_people(one)
        ]
        checked.may_be_apart = (bool(one.ambiguous) and not one.is_renamed) or _may_be_apart(one)
    return checked


def _matched_people(one: PlannedRow) -> list[ExistingPerson]:
    return [one.match] if one.match else []


def _may_be_apart(one: PlannedRow) -> bool:
    """Whether a duplicate may be somebody else: not when its number says who it is."""
    return (
        one.duplicate_of is not None
        and (one.id_hash is None or one.id_hash != one.duplicate_of.id_hash)
        and not (one.match and one.id_hash == one.match.id_hash)
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
