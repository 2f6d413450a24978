"""Writing a step of a case. Everything that changes a state goes through `take_step`."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from portal.access.db_scope import set_change_context
from portal.cases.declaration import Actor, Clock, Step, Unit
from portal.cases.models import Case, CaseStep
from portal.forms.refusals import Refusal
from portal.handover.handover import update_source_state
from portal.values.months import months_later
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
    to_resident: bool | None = None,
) -> CaseStep:
    """Take a step of a case: state, clock and `changes` of its fields, with the row of the step.

    by: the user, or None for the resident and the portal. seen: version of the case that the user saw; with another
    one CaseChanged is raised. to_resident: whether the resident reads the text, where the declaration leaves it open.
    `case` is brought up to date. Raises Refusal.
    """
    at = at or timezone.now()
    locked = type(case)._default_manager.select_for_update(of=("self",))
    locked = locked.get(community_id=case.community_id, pk=case.pk)
    step = locked.course.by_name[name]
    if seen is not None and seen != locked.version:
        raise CaseChanged(locked, list(locked.steps.filter(number__gt=seen).select_related("by")))
    _check(locked, step, by)
    before = locked.state
    fields = {"state": step.target or before, **(changes or {})}
    for field, value in fields.items():
        setattr(locked, field, value)
    is_closed = locked.course.state(locked.state).is_end
    locked.ended_at = (locked.ended_at or at) if is_closed else None
    set_clock(locked, step, at, working_calendar())
    locked.version += 1
    set_change_context(action=step.label)
    locked.save(update_fields=[*fields, *CLOCK_FIELDS, "ended_at", "version"])
    written = _record(locked, step, before, by, at, text, details, to_resident)
    update_source_state(locked, locked.get_state_display())
    case.__dict__.update(locked.__dict__)
    return written


def record_receipt(
    case: Case, name: str, *, by, at: datetime.datetime, details: Mapping[str, str] | None = None
) -> CaseStep:
    """Record how a case that was just created came in, as its first step; its clock starts as that step says."""
    step = case.course.by_name[name]
    set_clock(case, step, at, working_calendar())
    case.save(update_fields=CLOCK_FIELDS)
    return _record(case, step, "", by, at, "", details, None)


CLOCK_FIELDS = (
    "clock_rule",
    "clock_start",
    "clock_days",
    "due",
    "is_provisional",
    "paused_on",
    "answered_at",
)


def set_clock(case: Case, step: Step, at: datetime.datetime, calendar: WorkingCalendar) -> None:
    """What the step does to the clock of the case, on the row in memory."""
    day = timezone.localdate(at)
    if step.clock is Clock.START:
        case.clock_days, case.clock_rule = case.course.period(case, day, step)
        case.clock_start, case.paused_on, case.answered_at = day, None, None
        _fall_due(case, end_of_period(case, calendar), calendar)
    elif step.clock is Clock.RECKON and case.clock_start and case.clock_days is not None:
        case.clock_days, case.clock_rule = case.course.period(case, case.clock_start, step)
        _fall_due(case, end_of_period(case, calendar), calendar)
    elif step.clock is Clock.PAUSE:
        case.paused_on = case.paused_on or day
    elif step.clock is Clock.RESUME and case.paused_on and case.due:
        waited = calendar.between(case.paused_on, day)
        case.paused_on = None
        _fall_due(case, calendar.add(timezone.localdate(case.due), waited), calendar, case.due)
    elif step.clock is Clock.END:
        case.answered_at, case.paused_on = at, None


def end_of_period(case: Case, calendar: WorkingCalendar) -> datetime.date:
    """Last day of the period of `clock_days` that began on `clock_start`, in the unit of the kind of case."""
    start, length = case.clock_start, case.clock_days
    if case.course.unit is Unit.WORKING_DAYS:
        return calendar.add(start, length)
    months = case.course.unit is Unit.MONTHS
    end = months_later(start, length) if months else start + datetime.timedelta(days=length)
    return calendar.add(end, 0)


def _fall_due(
    case: Case, day: datetime.date, calendar: WorkingCalendar, like: datetime.datetime | None = None
) -> None:
    """Set the deadline to the end of a day, or to the time of day of an earlier deadline."""
    time = timezone.localtime(like).time() if like else datetime.time(23, 59, 59)
    case.due = timezone.make_aware(datetime.datetime.combine(day, time))
    case.is_provisional = not calendar.is_known(day)


def _check(case: Case, step: Step, by) -> None:
    if case.state not in step.sources:
        raise StepRefused(f"{case._meta.verbose_name}现在是“{case.get_state_display()}”，不能再{step.label}")
    if step.actor is Actor.OWNER and (by is None or case.owner_id != by.pk):
        owner = f"承办人是{case.owner.name}" if case.owner_id else "还没有承办人，请先受理或分派"
        raise StepRefused(f"只有承办人可以{step.label}，{owner}")
    if step.allowed and not step.allowed(case, by):
        raise StepRefused(f"现在不能{step.label}")


def _record(case, step, before, by, at, text, details, to_resident) -> CaseStep:
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
        to_resident=step.to_resident if to_resident is None else to_resident,
        details={label: value for label, value in (details or {}).items() if value},
    )
