"""Writing a step of a case. Everything that changes a state goes through `take_step`."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.access.db_scope import set_change_context
from portal.cases.deadlines import CLOCK_FIELDS, set_clock
from portal.cases.declaration import Actor, Step
from portal.cases.models import Case, CaseStep
from portal.cases.public_texts import scan_public_text
from portal.forms.refusals import Refusal
from portal.handover.handover import update_source_state
from portal.working_days.calendar import WorkingCalendar, working_calendar


class StepRefused(Refusal):
    """The step cannot be taken now."""


class CaseChanged(Refusal):
    """Others took steps since the page was shown; `steps` are theirs, oldest first."""

    def __init__(self, case: Case, steps: list[CaseStep]):
        super().__init__("您填写期间，这件事有了新的进展，请先看一看再决定是否提交")
        self.case = case
        self.steps = steps


@transaction.atomic
def take_step(
    case: Case,
    name: str,
    *,
    by,
    seen: int | None = None,
    text: str = "",
    details: Mapping[str, str] | None = None,
    changes: Mapping[str, Any] | None = None,
    at: datetime.datetime | None = None,
    is_cleared: bool = False,
) -> CaseStep:
    """Take a step of a case: state, clock and `changes` of its fields, with the row of the step.

    by: the user, or None for the resident and the portal. seen: version of the case that the user saw; with another
    one CaseChanged is raised. is_cleared: personal data in a public text was looked at and may be published.
    `case` is brought up to date. Raises Refusal.
    """
    at = at or timezone.now()
    locked = type(case)._default_manager.select_for_update(of=("self",))
    locked = locked.get(community_id=case.community_id, pk=case.pk)
    step = locked.course.by_name[name]
    details = dict(details or {})
    if by is not None and name in locked.course.public_steps:
        details |= scan_public_text(locked, text, is_cleared=is_cleared)
    if seen is not None and seen != locked.version:
        raise CaseChanged(locked, list(locked.steps.filter(number__gt=seen).select_related("by")))
    _check(locked, step, by)
    if step.actor is Actor.OWNER and by.pk != locked.owner_id:
        details = {"代办": f"代{locked.owner.name}"} | details
    before = locked.state
    written_fields = apply_step(locked, step, at, changes or {}, working_calendar())
    set_change_context(action=step.label)
    locked.save(update_fields=written_fields)
    written = _record(locked, step, before, by, at, text, details)
    update_source_state(locked, locked.get_state_display())
    case.__dict__.update(locked.__dict__)
    return written


def apply_step(
    case: Case, step: Step, at: datetime.datetime, changes: Mapping[str, Any], calendar: WorkingCalendar
) -> list[str]:
    """What a step changes of a case: state, `changes`, clock, end and version, on the row in memory.

    Returns the names of the fields. Whoever writes them has locked the row and checked the step.
    """
    fields = {"state": step.target or case.state, **changes}
    for field, value in fields.items():
        setattr(case, field, value)
    is_closed = case.course.state(case.state).is_end
    case.ended_at = (case.ended_at or at) if is_closed else None
    set_clock(case, step, at, calendar)
    case.version += 1
    return [*fields, *CLOCK_FIELDS, "ended_at", "version"]


def end_silent(answered: QuerySet[Case], days: int, now: datetime.datetime) -> int:
    """Take the step `silent` of the answered cases whose author said nothing for `days` working days; returns how many."""
    calendar, today = working_calendar(), timezone.localdate(now)
    silent = [
        case
        for case in answered.filter(answered_at__isnull=False)
        if calendar.add(timezone.localdate(case.answered_at), days) < today
    ]
    for case in silent:
        take_step(case, "silent", by=None, at=now)
    return len(silent)


def record_receipt(
    case: Case, name: str, *, by, at: datetime.datetime, details: Mapping[str, str] | None = None
) -> CaseStep:
    """Record how a case that was just created came in, as its first step; its clock starts as that step says."""
    step = case.course.by_name[name]
    set_clock(case, step, at, working_calendar())
    case.save(update_fields=CLOCK_FIELDS)
    return _record(case, step, "", by, at, "", details)


def _check(case: Case, step: Step, by) -> None:
    if case.state not in step.sources:
        raise StepRefused(f"{case._meta.verbose_name}现在是“{case.get_state_display()}”，不能再{step.label}")
    if step.actor is Actor.OWNER and not _acts_as_owner(case, by):
        owner = f"承办人是{case.owner.name}" if case.owner_id else "还没有承办人，请先受理或分派"
        raise StepRefused(f"只有承办人可以{step.label}，{owner}")
    if step.allowed and not step.allowed(case, by):
        raise StepRefused(f"现在不能{step.label}")


def _acts_as_owner(case: Case, by) -> bool:
    """Whether the user is the owner, or stands in for an owner who is away."""
    if by is None or case.owner_id is None:
        return False
    return case.owner_id == by.pk or by.stands_in_for(case.owner_id, case.community_id)


def _record(case, step, before, by, at, text, details) -> CaseStep:
    return case.steps.create(
        community_id=case.community_id,
        **case.step_right(),
        number=case.version,
        name=step.name,
        before=before,
        after=case.state,
        by=by,
        at=at,
        text=text.strip(),
        to_resident=step.to_resident,
        details={label: value for label, value in (details or {}).items() if value},
    )
