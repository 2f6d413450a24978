"""Windows of a year within which a kind of meeting is held once, by the dated rules of its community."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from community.dated_rules.models import DatedRule
from community.dated_rules.rules import DEFAULTS
from partybuilding.branch_life.rules import KINDS, KINDS_BY_CODE, MAKE_UP_DAYS, NOTICE_DAYS
from portal.values.months import months_later

_KEYS = (*(kind.period for kind in KINDS), NOTICE_DAYS, MAKE_UP_DAYS)
_DAY = datetime.timedelta(days=1)
_LONGEST_NOTICE = 6
"""In windows of this many months or more, notice is given as many times the days of a monthly meeting."""


@dataclass(frozen=True, slots=True)
class Window:
    """Days from `first` to `last` within which a meeting is held once."""

    first: datetime.date
    last: datetime.date

    @property
    def months(self) -> int:
        return self.last.month - self.first.month + 1

    @property
    def label(self) -> str:
        """3月, 第二季度, 上半年, 全年; 1至2月 for what has no name."""
        first, months = self.first.month, self.months
        if months == 1:
            return f"{first}月"
        if months == 3 and first % 3 == 1:
            return f"第{'一二三四'[first // 3]}季度"
        if months == 6 and first in (1, 7):
            return "上半年" if first == 1 else "下半年"
        return "全年" if months == 12 else f"{first}至{self.last.month}月"

    def __contains__(self, day: datetime.date) -> bool:
        return self.first <= day <= self.last


class LifeRules:
    """The dated rules of branch life of some communities, on any day. One query, when first asked."""

    def __init__(self, community_ids: Collection[int]):
        self._ids = community_ids
        self._rows: list[tuple] | None = None

    def value(self, community_id: int, key: str, day: datetime.date) -> int:
        """The value in force in a community on a day."""
        if self._rows is None:
            rows = DatedRule.objects.in_communities(self._ids).filter(key__in=_KEYS)
            rows = rows.order_by("start", "id").values_list("community_id", "key", "start", "value")
            self._rows = list(rows)
        value = DEFAULTS[key].value
        for pk, of_key, start, number in self._rows:
            if pk == community_id and of_key == key and start <= day:
                value = number
        return value

    def windows(self, community_id: int, code: str, year: int) -> list[Window]:
        """The windows of a kind of meeting in a year, from January; each has the length in force when it begins."""
        windows, first = [], datetime.date(year, 1, 1)
        while first.year == year:
            months = self.value(community_id, KINDS_BY_CODE[code].period, first)
            after = min(months_later(first, months), datetime.date(year + 1, 1, 1))
            windows.append(Window(first, after - _DAY))
            first = after
        return windows

    def notice_from(self, community_id: int, window: Window) -> datetime.date:
        """Day from which the end of a window is reminded of."""
        days = self.value(community_id, NOTICE_DAYS, window.last) * min(window.months, _LONGEST_NOTICE)
        return window.last - days * _DAY

    def make_up_until(self, community_id: int, held_on: datetime.date) -> datetime.date:
        """Last day in time for making up for a meeting."""
        return held_on + self.value(community_id, MAKE_UP_DAYS, held_on) * _DAY
