"""Numbers of requests, for readers who need no right to the requests themselves: counts, and rows without words.

The table's second lock asks a right of every row, which whoever drafts a bulletin or reads figures may lack; functions of
the database (`numbers.sql`) count in their place, or give rows without texts and names.
"""

import datetime
import uuid
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from portal.hooks.registry import call_hooks
from portal.values.months import last_months, month_after
from services.requests.choices import Category, Channel
from services.requests.course import COURSE

HIDDEN_REQUESTS = "hidden_requests"
"""Hook of this app: (community, first day, last day) -> iterable of HiddenRequests: received by others than the desk."""
LEAST_HIDDEN = 3
"""Fewer hidden ones are not told: a number might give somebody away."""


@dataclass(frozen=True, slots=True)
class HiddenRequests:
    """How many requests somebody else handles, and who, as a clause: 由居务监督委员会办理."""

    count: int
    handled: str

    def __str__(self):
        return f"另有{self.count}件{self.handled}"


def hidden_requests(community, first: datetime.date, last: datetime.date) -> list[HiddenRequests]:
    """The requests received in these days that are in no number and no drill-down, told from three on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT services_hidden_requests(%s, %s, %s)", [community.id, first, last])
        own = HiddenRequests(cursor.fetchone()[0], "由有相应权限的人员单独办理")
    return [
        hidden
        for hidden in (own, *call_hooks(HIDDEN_REQUESTS, community, first, last))
        if hidden.count >= LEAST_HIDDEN
    ]


@dataclass(frozen=True, slots=True)
class RequestEvent:
    """What happened to a request on a day: received, answered (for the first time), satisfied or dissatisfied.

    key: the request's, of a rating the step's, by which a published section remembers it.
    """

    event: str
    day: datetime.date
    key: int
    uuid: uuid.UUID
    year: int
    number: int
    category: str
    channel: str
    state: str

    @property
    def label(self) -> str:
        return f"{self.year}年第{self.number}号"

    @property
    def category_word(self) -> str:
        return Category(self.category).label if self.category else "未分类"

    @property
    def channel_word(self) -> str:
        return Channel(self.channel).label

    @property
    def state_word(self) -> str:
        return COURSE.state(self.state).label


def request_events(community, first: datetime.date, last: datetime.date) -> list[RequestEvent]:
    """What happened to the community's requests in these days, both included, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM services_request_events(%s, %s, %s)", [community.id, first, last])
        return [RequestEvent(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class RequestNumbers:
    """Numbers of a community: received in a year and what became of those, and all that are open now.

    due: of the year, those due for a reply by now; replied: those of them that have one and are not late with another.
    """

    received: int = 0
    due: int = 0
    replied: int = 0
    open: int = 0
    overdue: int = 0
    satisfied: int = 0
    dissatisfied: int = 0

    @property
    def rating(self) -> str:
        """The satisfaction as a rate of the answers, with their number."""
        return satisfaction_words(self.satisfied, self.satisfied + self.dissatisfied)


def numbers_by_community(year: int, *, of_all: bool = False) -> dict[int, RequestNumbers]:
    """Community id → its numbers, of the communities in the scope. of_all: with those of a narrower right. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM services_request_numbers(%s, %s, %s)", [year, timezone.now(), of_all])
        return {pk: RequestNumbers(*numbers) for pk, *numbers in cursor.fetchall()}


def percent(part: int, of: int) -> int:
    """Per cent, rounded half up; 100 only when nothing is missing, 0 only when nothing is there."""
    rounded = (200 * part + of) // (2 * of)
    return rounded if part in (0, of) else min(max(rounded, 1), 99)


def satisfaction_words(satisfied: int, rated: int, unit: str = "件") -> str:
    """92%（25件评价中23件）; a rate without its number says nothing."""
    return f"{percent(satisfied, rated)}%（{rated}{unit}评价中{satisfied}{unit}）" if rated else "暂无评价"


@dataclass(frozen=True, slots=True)
class MonthOfRequests:
    """Requests received and answered in a month."""

    month: datetime.date
    received: int
    answered: int


def requests_trend(community, months: int, until: datetime.date | None = None) -> list[MonthOfRequests]:
    """Requests received and answered in each of the last months up to that of `until` (today), oldest first. One query."""
    listed = last_months(until or timezone.localdate(), months)[::-1]
    counts = dict.fromkeys(((event, month) for event in ("received", "answered") for month in listed), 0)
    for event in request_events(community, listed[0], month_after(listed[-1]) - datetime.timedelta(days=1)):
        if (key := (event.event, event.day.replace(day=1))) in counts:
            counts[key] += 1
    return [MonthOfRequests(month, counts["received", month], counts["answered", month]) for month in listed]
