"""The report of a period: what was received, how it was answered, what residents say of it, and who asked again.

Every number is that of a list, to which it leads (`Cell.query`): the same conditions choose the rows of both.
"""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, Min, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.http import urlencode

from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.charts.chart import Chart, Series
from portal.registers.filter_fields import days_condition
from portal.values.months import month_word
from portal.working_days.calendar import WorkingCalendar, working_calendar
from services.requests.choices import OFFICE_ASKS, AskedBy, Category, Channel
from services.requests.conditions import (
    LEAST_DIGITS,
    answer_conditions,
    late_condition,
    rating_conditions,
    with_digits,
    with_way,
)
from services.requests.filters import UNSORTED
from services.requests.models import Request
from services.requests.numbers import (
    HiddenRequests,
    hidden_requests,
    percent,
    requests_trend,
    satisfaction_words,
)
from services.requests.periods import Period

REPEATED = 3
"""From how many requests of one telephone number on somebody is a repeat caller."""
HOT_SPOT = 2
"""From how many requests on a building is listed."""
MOST_LISTED = 20
"""Repeat callers and buildings that are listed at most, those with the most requests."""
TREND_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of the report; `query` are the conditions of the list of its rows besides the period, None without one."""

    value: int | str
    query: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table of the report. Its last line is a sum where `has_sum`."""

    key: str
    title: str
    header: tuple[str, ...]
    lines: list[tuple[str, list[Cell]]] = field(default_factory=list)
    has_sum: bool = False
    note: str = ""
    empty: str = ""


class RequestReport:
    """The report of one period for one reader; everybody with the right to requests gets the same numbers."""

    def __init__(self, access: Access, community: CommunityRef, period: Period):
        self.community, self.period, self.now = community, period, timezone.now()
        received = rows(Request, access, P.REQUESTS, community).counted().order_by()
        self.requests = received.filter(days_condition("received_at", period.first, period.last))

    def url(self, list_url: str, query: Mapping[str, str]) -> str:
        """Address of the list of the rows that a number counts."""
        days = {"received_at_from": self.period.first, "received_at_to": self.period.last, "counted": "yes"}
        return f"{list_url}?{urlencode({**days, **query})}"

    @cached_property
    def received(self) -> int:
        return self.requests.count()

    @cached_property
    def hidden(self) -> list[HiddenRequests]:
        return hidden_requests(self.community, self.period.first, self.period.last)

    @cached_property
    def late(self) -> int:
        """Requests that were recorded after the bulletin of their month had been published (补登)."""
        return self.requests.filter(late_condition(self.community)).count()

    @cached_property
    def answers(self) -> dict[str, int]:
        """Number of requests by how their first answer stands to its deadline."""
        return self._count(answer_conditions(self.now))

    @cached_property
    def ratings(self) -> dict[str, int]:
        return self._count(rating_conditions())

    def _count(self, conditions: Mapping[str, tuple[str, Q]]) -> dict[str, int]:
        counts = [Count("pk", filter=condition) for _, condition in conditions.values()]
        numbers = self.requests.aggregate(**{f"n{place}": count for place, count in enumerate(counts)})
        return dict(zip(conditions, numbers.values(), strict=True))

    @cached_property
    def average_days(self) -> float | None:
        """Working days from the receipt to the first answer on average, with the days on which the resident was asked."""
        pairs = self.requests.filter(first_answered_at__isnull=False).values_list(
            TruncDate("received_at"), TruncDate("first_answered_at")
        )
        counts = {(start, end): number for start, end, number in pairs.annotate(Count("pk"))}
        if not counts:
            return None
        elapsed = _working_days(working_calendar(), counts)
        return sum(elapsed[pair] * number for pair, number in counts.items()) / sum(counts.values())

    # In words

    @property
    def sentences(self) -> list[str]:
        """The report in a few sentences."""
        return [*self._receipt_words(), self._answer_words(), self._rating_words()]

    def _receipt_words(self) -> Iterable[str]:
        others = "，".join(map(str, self.hidden))
        yield f"{self.period.label}收到居民诉求{self.received}件{'，' if others else ''}{others}。"
        if self.late:
            yield f"其中补登{self.late}件：所在月份的居务公开发布以后才登记，公开的数字不变，列入以后月份的公开。"

    def _answer_words(self) -> str:
        on_time, due = (
            self.answers["in_time"],
            sum(self.answers[value] for value in ("in_time", "late", "overdue")),
        )
        if not due:
            return "还没有到期应答复的诉求。"
        words = f"到期应答复{due}件，按期答复{on_time}件，按期答复率{percent(on_time, due)}%"
        if self.average_days is not None:
            words += f"；平均{self.average_days:.1f}个工作日答复"
        return f"{words}。"

    def _rating_words(self) -> str:
        satisfied = self.ratings["satisfied"]
        words = satisfaction_words(satisfied, satisfied + self.ratings["dissatisfied"])
        reopened = f"；因不满意重新办理{self.ratings['reopened']}件" if self.ratings["reopened"] else ""
        return f"满意率：{words}{reopened}。"

    # Tables

    @cached_property
    def tables(self) -> list[ReportTable]:
        return [
            self._by_category(),
            *([self._late_ones()] if self.late else []),
            self._by_answer(),
            self._by_rating(),
            self._callers(),
            self._buildings(),
        ]

    def _by_category(self) -> ReportTable:
        counts = Counter(
            {
                (category, channel): number
                for category, channel, number in self.requests.values_list("category", "channel").annotate(
                    Count("pk")
                )
            }
        )
        channels = [channel for channel in Channel if any(used == channel for _, used in counts)]
        categories = [*Category, ""]
        of_category = {each: sum(counts[each, channel] for channel in Channel) for each in categories}
        lines = [
            (
                each.label if each else "未分类",
                [
                    *(
                        Cell(counts[each, channel], {"category": each or UNSORTED, "channel": channel})
                        for channel in channels
                    ),
                    Cell(of_category[each], {"category": each or UNSORTED}),
                ],
            )
            for each in categories
            if of_category[each]
        ]
        sums = [
            Cell(sum(counts[each, channel] for each in categories), {"channel": channel})
            for channel in channels
        ]
        return ReportTable(
            "category",
            "收到的诉求，按类别和来源",
            ("类别", *(channel.label for channel in channels), "合计"),
            [*lines, ("合计", [*sums, Cell(self.received, {})])] if lines else [],
            has_sum=True,
            empty="这一时段没有收到诉求。",
        )

    def _late_ones(self) -> ReportTable:
        lines = [("所在月份公开后登记", [Cell(self.late, {"late": "yes"})])]
        return ReportTable("late", "补登", ("登记", "件数"), lines)

    def _by_answer(self) -> ReportTable:
        lines = [
            (words, [Cell(self.answers[value], {"answer": value})])
            for value, (words, _) in answer_conditions(self.now).items()
        ]
        return ReportTable(
            "answer",
            "答复",
            ("首次答复", "件数"),
            [*lines, ("合计", [Cell(self.received, {})])],
            has_sum=True,
            note="以首次答复的时间和当时的期限比较；重新办理的不再另计。",
        )

    def _by_rating(self) -> ReportTable:
        ways = Counter(with_way(self.requests).values_list("way", flat=True))
        office = {way: ways[way.label] for way in OFFICE_ASKS}
        by_way = {AskedBy.CODE: sum(ways.values()) - sum(office.values()), **office}
        lines = [
            (words, [Cell(self.ratings[value], {"rating": value})])
            for value, (words, _) in rating_conditions().items()
        ]
        lines += [
            (f"评价方式：{way.label}", [Cell(number, {"asked": way})])
            for way, number in by_way.items()
            if number
        ]
        return ReportTable(
            "rating",
            "居民评价",
            ("评价", "件数"),
            lines,
            note="满意率只算作出评价的诉求，以居民最后一次评价为准。",
        )

    def _callers(self) -> ReportTable:
        callers = (
            with_digits(self.requests).filter(digits__regex=rf"^\d{{{LEAST_DIGITS},}}$").values("digits")
        )
        callers = callers.annotate(count=Count("pk"), first=Min("pk")).filter(count__gte=REPEATED)
        callers = list(callers.order_by("-count", "first")[:MOST_LISTED])
        first_ones = dict(
            self.requests.filter(pk__in=[c["first"] for c in callers]).values_list("pk", "uuid")
        )
        return ReportTable(
            "callers",
            f"多次反映的（同一电话{REPEATED}件以上）",
            ("电话", "件数"),
            [
                (mask_phone(c["digits"]), [Cell(c["count"], {"caller": str(first_ones[c["first"]])})])
                for c in callers
            ],
            empty=f"没有同一电话反映{REPEATED}件以上的。",
        )

    def _buildings(self) -> ReportTable:
        buildings = self.requests.filter(building__isnull=False).values_list("building", "building__label")
        buildings = buildings.annotate(count=Count("pk")).filter(count__gte=HOT_SPOT)
        buildings = buildings.order_by("-count", "building__sort", "building")[:MOST_LISTED]
        return ReportTable(
            "buildings",
            f"诉求集中的楼幢（{HOT_SPOT}件以上）",
            ("楼幢", "件数"),
            [(name, [Cell(count, {"building": str(pk)})]) for pk, name, count in buildings],
            empty=f"没有{HOT_SPOT}件以上诉求的楼幢。",
        )


def mask_phone(digits: str) -> str:
    """138****5678; of a short number the last two digits only."""
    if len(digits) >= 11:
        return f"{digits[:3]}****{digits[-4:]}"
    return f"{'*' * (len(digits) - 2)}{digits[-2:]}"


def _working_days(
    calendar: WorkingCalendar, pairs: Iterable[tuple[datetime.date, datetime.date]]
) -> dict[tuple[datetime.date, datetime.date], int]:
    """Working days after the first up to the second day of each pair; every day is looked up once."""
    pairs = list(pairs)
    day, last = min(start for start, _ in pairs), max(max(pair) for pair in pairs)
    number, until = 0, {}
    while day <= last:
        number += calendar.is_working(day)
        until[day] = number
        day += datetime.timedelta(days=1)
    return {(start, end): max(until[end] - until[start], 0) for start, end in pairs}


def trend_chart(community: CommunityRef, until: datetime.date) -> Chart:
    """Requests received and answered in the last months up to that of `until`."""
    months = requests_trend(community, TREND_MONTHS, until)
    return Chart(
        key="trend",
        title="近十二个月收到和答复的诉求",
        unit="件",
        label="月份",
        labels=tuple(month_word(each.month) for each in months),
        short_labels=tuple(f"{each.month.month}月" for each in months),
        series=(
            Series("收到", tuple(each.received for each in months)),
            Series("首次答复", tuple(each.answered for each in months)),
        ),
    )
