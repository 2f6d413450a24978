"""Absences (不在岗): entering one, and ending it early."""

import datetime

from community.accounts.models import Absence, User
from portal.access.db_scope import set_change_context
from portal.forms.refusals import Refusal
from portal.values.dates import prose_date


class AbsenceError(Refusal):
    """An absence that cannot be entered or ended."""


def set_absence(
    *, by: User, community_id: int, user: User, deputy: User, start: datetime.date, end: datetime.date
) -> Absence:
    """Enter days on which `user` is away. Raises AbsenceError where they are entered already, or the deputy is away."""
    days = Absence.objects.filter(community_id=community_id, start__lte=end, end__gte=start)
    if other := days.filter(user=user).first():
        raise AbsenceError(f"{user.name}{_days(other)}已登记不在岗，请先结束那一次", "start")
    if other := days.filter(user=deputy).first():
        raise AbsenceError(f"{deputy.name}{_days(other)}也不在岗，请选择别人代办", "deputy")
    if other := days.filter(deputy=user).select_related("user").first():
        raise AbsenceError(
            f"{user.name}这几天代{other.user.name}办理，请先为{other.user.name}换一位代办人", "start"
        )
    set_change_context(action="登记不在岗")
    return Absence.objects.create(
        community_id=community_id, user=user, deputy=deputy, start=start, end=end, set_by=by
    )


def end_absence(*, absence: Absence, today: datetime.date) -> None:
    """End an absence early: from today on its user is back. One that has not begun is deleted."""
    set_change_context(action="结束不在岗")
    days = Absence.objects.filter(community_id=absence.community_id, pk=absence.pk, end__gte=today)
    current = days.select_for_update().first()
    if current is None:
        raise AbsenceError("这次不在岗已经结束，不用再办理")
    if current.start >= today:
        current.delete()
        return
    current.end = today - datetime.timedelta(days=1)
    current.version += 1
    current.save(update_fields=["end", "version"])


def _days(absence: Absence) -> str:
    return f"{prose_date(absence.start)}至{prose_date(absence.end)}"
