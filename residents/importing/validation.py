"""Validation result: the rows of a plan as the preview shows them and staging stores them."""

from collections.abc import Iterator

from portal.importing.protocol import CheckedRow, ExistingRow
from portal.jobs.progress import ProgressCallback
from residents.importing import staging
from residents.importing.compare import person_fields, row_fields
from residents.importing.existing import ExistingPerson
from residents.importing.planned_rows import PlannedRow
from residents.importing.planning import Plan

SECRET = {"id_number"}


def validated_rows(plan: Plan, step: ProgressCallback) -> Iterator[CheckedRow]:
    """Every row of a plan, built lazily."""
    group_numbers = _choice_groups(plan)
    for number, one in enumerate(plan.rows):
        if number % 1_000 == 0:
            step(number / len(plan.rows))
        yield _checked_row(one, plan, group_numbers.get(one))


def _choice_groups(plan: Plan) -> dict[PlannedRow, int]:
    """Group number of the rows between which the user chooses: duplicates with their first row, ambiguous matches."""
    numbers: dict[PlannedRow, int] = {}
    for number, one in enumerate(plan.rows):
        if one.same_as:
            numbers[one] = numbers.setdefault(one.same_as, number)
        elif one.several:
            numbers[one] = number
    return numbers


def _checked_row(one: PlannedRow, plan: Plan, duplicate_group: int | None) -> CheckedRow:
    checked = CheckedRow(
        sheet=one.row.sheet,
        number=one.row.row,
        label=one.label,
        verdict=one.verdict,
        values={},
        summary=one.summary,
        changes=list(one.changes),
        findings=sorted(one.findings, key=lambda finding: not finding.is_error),
        duplicate_group=duplicate_group,
    )
    if not one.is_refused:
        values, secrets = staging.to_json(one.row)
        checked.values, checked.secrets = {"row": values}, secrets
        if one.known:
            checked.values |= {"person": one.known.id, "version": one.known.version}
    if duplicate_group is not None:
        checked.display_fields = _filled(row_fields(one.row))
        checked.others = [
            _other(person, plan, is_choice=bool(one.several))
            for person in one.several or _matched_people(one)
        ]
        checked.may_be_apart = (bool(one.several) and not one.is_renamed) or _may_be_apart(one)
    return checked


def _matched_people(one: PlannedRow) -> list[ExistingPerson]:
    return [one.known] if one.known else []


def _may_be_apart(one: PlannedRow) -> bool:
    """Whether a duplicate may be somebody else: not when its number says who it is."""
    return (
        one.same_as is not None
        and (one.id_hash is None or one.id_hash != one.same_as.id_hash)
        and not (one.known and one.id_hash == one.known.id_hash)
    )


def _other(person: ExistingPerson, plan: Plan, *, is_choice: bool) -> ExistingRow:
    stay = next((stay for stay in plan.known.stays.get(person.id, ()) if stay.end is None), None)
    home = plan.gazetteer.label_of(stay.dwelling_id) if stay else ""
    return ExistingRow(
        key=f"{person.id}:{person.version}",
        title=person.name,
        fields=_filled(person_fields(person, stay.relation_word if stay else "", home)),
        is_choice=is_choice,
    )


def _filled(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(label, value) for label, value in fields if value]
