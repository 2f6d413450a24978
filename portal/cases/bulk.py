"""Many cases at once: taken in, and changed by one step, in a fixed number of statements.

For lists of other offices. Cases that people work on one by one change by `portal.cases.actions.take_step`.
"""

import datetime
import uuid
from collections.abc import Mapping, Sequence

from portal.cases.models import Case
from portal.database.bulk_sql import (
    ConcurrentUpdate,
    insert_rows,
    learn_first_rows,
    update_rows,
)


def take_in_cases(
    cases: Sequence[Case], step: str, *, by_id: int | None, details: Sequence[Mapping[str, str]]
) -> dict[uuid.UUID, int]:
    """Insert new cases of one kind, whose clocks are set, each with the step by which it came in. Their ids by uuid."""
    if not cases:
        return {}
    model = type(cases[0])
    names = [f.attname for f in model._meta.concrete_fields if not f.primary_key and not f.generated]
    ids = insert_rows(model, names, ([getattr(case, name) for name in names] for case in cases))
    for case in cases:
        case.pk = ids[case.uuid]
    learn_first_rows(model, community_id=cases[0].community_id, added=len(cases))
    _insert_steps(cases, step, [""] * len(cases), by_id, None, details)
    return ids


def change_cases(
    cases: Sequence[Case],
    fields: Sequence[str],
    step: str,
    *,
    by_id: int | None,
    at: datetime.datetime,
    details: Sequence[Mapping[str, str]],
) -> None:
    """Write `fields` of cases as they are in memory, each with a step that leaves its state.

    Raises ConcurrentUpdate if somebody else has changed one since it was read.
    """
    if not cases:
        return
    rows = [(case.pk, case.version, *(getattr(case, name) for name in fields)) for case in cases]
    community_id = cases[0].community_id
    if update_rows(type(cases[0]), fields, rows, community_id=community_id) != len(rows):
        raise ConcurrentUpdate
    for case in cases:
        case.version += 1
    _insert_steps(cases, step, [case.state for case in cases], by_id, at, details)


def _insert_steps(
    cases: Sequence[Case],
    name: str,
    before: Sequence[str],
    by_id: int | None,
    at: datetime.datetime | None,
    details: Sequence[Mapping[str, str]],
) -> None:
    """Insert a step of each case; at None: when it was received."""
    model = cases[0].steps.model
    declared = cases[0].course.by_name[name]
    rights = list(cases[0].step_right())
    names = ["community_id", "case_id", "number", "name", "before", "after", "by_id", "at", "to_resident"]
    rows = (
        (
            case.community_id, case.pk, case.version, name, state, case.state, by_id, at or case.received_at,
            declared.to_resident, {label: value for label, value in words.items() if value}, *case.step_right().values(),
        )
        for case, state, words in zip(cases, before, details, strict=True)
    )  # fmt: skip
    insert_rows(model, [*names, "details", *rights], rows)
