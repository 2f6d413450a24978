"""Changing the calendar: deadlines of open cases are reckoned anew afterwards."""

import datetime
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from portal.forms.refusals import StaleForm
from portal.hooks.registry import Hook, call_hooks
from portal.working_days.models import DeadlineUpdate, SpecialDay

_GONE = "这一天的安排已被修改或删除，请核对后再办理"


@transaction.atomic
def set_day(
    *, day: datetime.date, is_working: bool, label: str, entry: SpecialDay | None = None
) -> SpecialDay:
    """Enter a day, or change an entry. Raises Refusal."""
    if entry is None:
        entry = SpecialDay.objects.create(day=day, is_working=is_working, label=label.strip())
    else:
        values = {"day": day, "is_working": is_working, "label": label.strip()}
        if not SpecialDay.objects.filter(pk=entry.pk).update(**values):
            raise StaleForm(_GONE)
    _ask_for_update()
    return entry


@transaction.atomic
def delete_day(*, entry: SpecialDay) -> None:
    """Delete an entry: the day is again as announced. Raises Refusal."""
    if not SpecialDay.objects.filter(pk=entry.pk).delete()[0]:
        raise StaleForm(_GONE)
    _ask_for_update()


def record_update(asked: Collection[DeadlineUpdate], *, cases: int, moved: int, failed: int) -> None:
    """Record what a run did, with those that asked for it; a night in which nothing happened leaves no row."""
    result = {"cases": cases, "moved": moved, "failed": failed, "finished_at": timezone.now()}
    if asked:
        DeadlineUpdate.objects.filter(pk__in=[each.pk for each in asked]).update(**result)
    elif moved or failed:
        DeadlineUpdate.objects.create(**result)


def _ask_for_update() -> None:
    DeadlineUpdate.objects.create()
    for _ in call_hooks(Hook.CALENDAR_CHANGED):
        pass
