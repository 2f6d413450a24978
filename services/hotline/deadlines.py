"""Deadlines of hotline orders: that of the list, else the period of the category."""

import datetime
from collections.abc import Collection

from django.utils import timezone

from community.communities.models import Community
from community.dated_rules.rules import values_on_days
from portal.working_days.calendar import WorkingCalendar
from services.requests.choices import Category
from services.requests.models import Request
from services.requests.rules import period_key, period_words

DUE_RULE = "12345工单办理时限"


class OrderClocks:
    """Starts the clocks of new requests. The periods of all days of receipt are read in one query."""

    def __init__(self, community_id: int, calendar: WorkingCalendar, days: Collection[datetime.date]):
        self.calendar = calendar
        self.keys = {category: period_key(category) for category in ("", *Category.values)}
        self.periods = values_on_days(Community.objects.get(pk=community_id), self.keys.values(), days)
        self.ends: dict[tuple[datetime.date, int], tuple[datetime.datetime, bool]] = {}

    def start(self, request: Request, due: datetime.datetime | None) -> None:
        """By the deadline of the list, else by the period of the category."""
        day = request.clock_start = timezone.localdate(request.received_at)
        if due:
            set_by_list(request, due)
            return
        key = self.keys[request.category]
        days = request.clock_days = self.periods[day][key]
        if (day, days) not in self.ends:
            end = self.calendar.add(day, days)
            self.ends[day, days] = end_of(end), not self.calendar.is_known(end)
        request.clock_rule = period_words(key)
        request.due, request.is_provisional = self.ends[day, days]


def set_by_list(case: Request, due: datetime.datetime) -> None:
    """The deadline of the list. Without a number of days, triage does not reckon it anew."""
    case.due, case.clock_rule, case.clock_days, case.is_provisional = due, DUE_RULE, None, False


def end_of(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(23, 59, 59)))
