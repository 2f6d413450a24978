"""Closed months of the demo's book, one of them closed twice, and the marks of the democratic finance group."""

import datetime

from django.utils import timezone

from community.demo.parts import DemoCommunity
from community.finance.actions.months import next_to_close
from community.finance.balances import MonthNumbers, numbers_of
from community.finance.models import FinanceMonth, FinanceReview
from portal.values.months import month_after, month_before, months_later

_CLOSED_ON = 8
"""Day of the next month on which a month is closed."""
_REOPENED = 3
"""Months ago of the month that was closed twice."""
_OBJECTED = 4
"""Months ago of the month to which somebody objected."""


def close_months(demo: DemoCommunity) -> None:
    """Close every month that is over; the last one only where the day for it has come."""
    last = month_before(demo.today)
    if demo.today.day <= _CLOSED_ON:
        last = month_before(last)
    month = next_to_close(demo.community)
    while month <= last:
        numbers = numbers_of(demo.community, month)
        day = month_after(month).replace(day=_CLOSED_ON)
        if month == months_later(demo.today.replace(day=1), -_REOPENED):
            _close(demo, numbers, day, reopened="补记一笔上级拨款，凭证月底才到")
            day += datetime.timedelta(days=2)
        _review(demo, _close(demo, numbers, day), is_last=month == last)
        month = month_after(month)


def _close(
    demo: DemoCommunity, numbers: MonthNumbers, day: datetime.date, reopened: str = ""
) -> FinanceMonth:
    at = _at(day, 10)
    again = {"reopened_at": at + datetime.timedelta(days=1), "reopened_by": demo.users["director"]}
    return FinanceMonth.objects.create(
        community=demo.community,
        month=numbers.month,
        opening=numbers.opening,
        income=numbers.income,
        expense=numbers.expense,
        closing=numbers.closing,
        entries=numbers.entries,
        closed_at=at,
        closed_by=demo.users["finance"],
        reopened_because=reopened,
        **(again if reopened else {}),
    )


def _review(demo: DemoCommunity, closing: FinanceMonth, *, is_last: bool) -> None:
    """Both supervisors agree; one month was objected to and answered, and one of them has the last month before them."""
    at = closing.closed_at + datetime.timedelta(days=3)
    for name in ("supervisor",) if is_last else ("supervisor", "supervisor2"):
        review = FinanceReview(
            community=demo.community, closing=closing, reviewer=demo.users[name], verdict="agreed", at=at
        )
        months_ago = months_later(demo.today.replace(day=1), -_OBJECTED)
        if name == "supervisor2" and closing.month == months_ago:
            review.verdict = FinanceReview.Verdict.OBJECTED
            review.remark = "电话费补贴有一笔超过单笔限额，请说明原因。"
            review.answer = "该笔为防汛值守期间增加的通话费，已由主任审批并写明原因，附值班表。"
            review.answered_by, review.answered_at = demo.users["director"], at + datetime.timedelta(days=1)
        review.at = min(at, timezone.now())
        review.save()


def _at(day: datetime.date, hour: int) -> datetime.datetime:
    return min(timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour))), timezone.now())
