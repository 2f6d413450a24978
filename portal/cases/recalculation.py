"""Deadlines of open cases, of every noun, reckoned anew when the calendar has changed."""

import copy
from dataclasses import dataclass

from django.apps import apps
from django.db.models import QuerySet
from django.utils import timezone

from portal.cases.actions import CaseChanged, take_step
from portal.cases.deadlines import set_due
from portal.cases.declaration import CALENDAR
from portal.cases.models import Case
from portal.values.dates import prose_date
from portal.working_days.calendar import WorkingCalendar

TRIES = 3
"""How often a case is read again that somebody works on at this moment."""


@dataclass(slots=True)
class Recalculation:
    """How many open cases were looked at, and whose deadline moved."""

    cases: int = 0
    moved: int = 0


def case_models() -> list[type[Case]]:
    """All kinds of case, of every app."""
    return [model for model in apps.get_models() if issubclass(model, Case)]


def recalculate_deadlines(community_id: int, calendar: WorkingCalendar) -> Recalculation:
    """Reckon the deadlines of a community's open cases by `calendar`; each that moves gets a step of the portal.

    Runs in a scope of the community with all rights. What is answered or came with a deadline of its own stays.
    """
    result = Recalculation()
    for model in case_models():
        for case in _reckoned_cases(model, community_id):
            result.cases += 1
            result.moved += _recalculate(case, calendar)
    return result


def _reckoned_cases(model: type[Case], community_id: int) -> QuerySet:
    cases = model._default_manager.filter(
        community_id=community_id,
        state__in=model.course.open_states,
        answered_at__isnull=True,
        due__isnull=False,
        clock_start__isnull=False,
        clock_days__isnull=False,
    )
    return cases.order_by("pk")


def _recalculate(case: Case, calendar: WorkingCalendar) -> bool:
    """Whether the deadline of the case moved."""
    for _ in range(TRIES):
        try:
            return _move(case, calendar)
        except CaseChanged:
            case = _reckoned_cases(type(case), case.community_id).filter(pk=case.pk).first()
            if case is None:
                return False
    raise RuntimeError(f"{case} changed {TRIES} times")


def _move(case: Case, calendar: WorkingCalendar) -> bool:
    new = copy.copy(case)
    set_due(new, calendar)
    before, after = timezone.localdate(case.due), timezone.localdate(new.due)
    if before == after:
        if new.is_provisional != case.is_provisional:  # announced, and the day stays: no news for anybody
            type(case)._default_manager.filter(
                community_id=case.community_id, pk=case.pk, version=case.version
            ).update(is_provisional=new.is_provisional)
        return False
    text = f"节假日安排调整，期限由{prose_date(before)}改为{prose_date(after)}。"
    changes = {"due": new.due, "is_provisional": new.is_provisional}
    take_step(case, CALENDAR, by=None, seen=case.version, text=text, changes=changes)
    return True
