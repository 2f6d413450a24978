"""The clock of a case: what a step does to it, and deadlines reckoned anew when the calendar has changed.

A deadline is a start, a number of working days and those by which it was put off (decision 0108), so that it can be
reckoned again. One that came with the case, of which only the day is known, stays.
"""

import copy
import datetime
from typing import Any

from django.utils import timezone

from portal.cases.declaration import Clock, Step, Unit
from portal.cases.models import Case
from portal.values.months import months_later
from portal.working_days.calendar import WorkingCalendar, working_calendar

CLOCK_FIELDS = (
    "clock_rule",
    "clock_start",
    "clock_days",
    "clock_shift",
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
        case.clock_start, case.clock_shift, case.due = day, 0, None
        case.paused_on = case.answered_at = None
        set_due(case, calendar)
    elif step.clock is Clock.RECKON and _is_reckoned(case):
        case.clock_days, case.clock_rule = case.course.period(case, case.clock_start, step)
        set_due(case, calendar)
    elif step.clock is Clock.PAUSE:
        case.paused_on = case.paused_on or day
    elif step.clock is Clock.RESUME and case.paused_on and case.due:
        _postpone(case, calendar.between(case.paused_on, day), calendar)
        case.paused_on = None
    elif step.clock is Clock.END:
        case.answered_at, case.paused_on = at, None


def set_due(case: Case, calendar: WorkingCalendar) -> None:
    """Reckon the deadline by the fields of the clock."""
    day = end_of_period(case, calendar)
    _fall_due(case, calendar.add(day, case.clock_shift) if case.clock_shift else day, calendar)


def end_of_period(case: Case, calendar: WorkingCalendar) -> datetime.date:
    """Last day of the period of `clock_days` that began on `clock_start`, in the unit of the kind of case."""
    start, length = case.clock_start, case.clock_days
    if case.course.unit is Unit.WORKING_DAYS:
        return calendar.add(start, length)
    months = case.course.unit is Unit.MONTHS
    end = months_later(start, length) if months else start + datetime.timedelta(days=length)
    return calendar.add(end, 0)


def postponed(case: Case, days: int) -> dict[str, Any]:
    """Changes of a step that puts the deadline off by working days."""
    changed = copy.copy(case)
    _postpone(changed, days, working_calendar())
    return {name: getattr(changed, name) for name in ("clock_shift", "due", "is_provisional")}


def _is_reckoned(case: Case) -> bool:
    return case.clock_start is not None and case.clock_days is not None


def _postpone(case: Case, days: int, calendar: WorkingCalendar) -> None:
    if _is_reckoned(case):
        case.clock_shift += days
        set_due(case, calendar)
    elif days:
        _fall_due(case, calendar.add(timezone.localdate(case.due), days), calendar)


def _fall_due(case: Case, day: datetime.date, calendar: WorkingCalendar) -> None:
    """Set the deadline to a day: to its end, or to the time of day that it has."""
    time = timezone.localtime(case.due).time() if case.due else datetime.time(23, 59, 59)
    case.due = timezone.make_aware(datetime.datetime.combine(day, time))
    case.is_provisional = not calendar.is_known(day)
