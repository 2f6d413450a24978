"""Limits of a public form, by the visitor's network and by community, which leave room for others behind one address."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils import timezone

from portal.audit.access_log import RateLimitExceeded, check_rate_limit
from portal.audit.visitor import visitor_network

TEN_MINUTES = datetime.timedelta(minutes=10)
AN_HOUR = datetime.timedelta(hours=1)
A_DAY = datetime.timedelta(days=1)


class IntakeLimitExceeded(RateLimitExceeded):
    """The form takes nothing more from this visitor until `retry_at`; says so, and what to do instead."""

    def __init__(self, retry_at: datetime.datetime):
        super().__init__(retry_at)
        local = timezone.localtime(retry_at) + datetime.timedelta(minutes=1)
        day = "" if local.date() == timezone.localdate() else "明天"
        self.args = (f"提交过于频繁，请在{day}{local:%H:%M}以后再试；急事请打电话或到居委会说明。",)


class Excess(StrEnum):
    """Which limit a submission exceeds, in words."""

    NONE = ""
    NETWORK = "同一网络短时间内多次提交"
    COMMUNITY = "短时间内提交异常多"


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """How many submissions a public form takes.

    action: prefix of the counters.
    network: in an hour and in a day, from one network, for all communities together.
    community: in an hour and in a day, of a community, from networks below their limit.
    beyond: in ten minutes and in a day, of a community, above one of those limits. An address may be that of a whole
        building: its limit alone refuses nobody, and whoever exceeds it takes nothing from visitors elsewhere.
    """

    action: str
    network: tuple[int, int]
    community: tuple[int, int]
    beyond: tuple[int, int]

    def count(
        self, request, community_id: int, *, is_suspicious: Callable[[], bool] = lambda: False
    ) -> Excess:
        """Count a submission; which limit it exceeds. Raises IntakeLimitExceeded if it is not taken.

        Above a limit a suspicious one is refused before it uses up what is left for others.
        """
        network = visitor_network(request)
        excess, exceeded = Excess.NETWORK, self._exceeded("network", network, self.network, AN_HOUR)
        if not exceeded:
            excess = Excess.COMMUNITY
            exceeded = self._exceeded("community", str(community_id), self.community, AN_HOUR)
        if not exceeded:
            return Excess.NONE
        if is_suspicious():
            raise IntakeLimitExceeded(exceeded.retry_at)
        if refused := self._exceeded("beyond", str(community_id), self.beyond, TEN_MINUTES):
            raise IntakeLimitExceeded(refused.retry_at)
        return excess

    def _exceeded(
        self, name: str, subject: str, limits: tuple[int, int], short: datetime.timedelta
    ) -> RateLimitExceeded | None:
        """Count in the short window and, where there is room, in that of a day."""
        for window, limit in zip((short, A_DAY), limits, strict=True):
            action = f"{self.action}.{name}.{int(window.total_seconds())}"
            try:
                check_rate_limit(action, subject, limit=limit, window=window)
            except RateLimitExceeded as exceeded:
                return exceeded
        return None
