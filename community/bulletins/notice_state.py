"""Notice state of a published bulletin (on notice, over, archived), computed from dates and answers, not stored."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count

from community.bulletins.models.bulletin import BulletinVersion
from portal.values.dates import prose_date


class NoticeState(StrEnum):
    """Notice state of a published month; `PublishedBulletin.word` gives its label."""

    ON_NOTICE = "notice"
    OVER = "over"
    """The notice period is over, with unanswered objections."""
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class PublishedBulletin:
    """A published month: its versions, newest first, and the number of unanswered objections."""

    versions: tuple[BulletinVersion, ...]
    unanswered: int

    @property
    def newest(self) -> BulletinVersion:
        return self.versions[0]

    @property
    def first(self) -> BulletinVersion:
        return self.versions[-1]

    def notice_state(self, today: datetime.date) -> NoticeState:
        if self.newest.notice.is_open(today):
            return NoticeState.ON_NOTICE
        return NoticeState.OVER if self.unanswered else NoticeState.ARCHIVED

    def word(self, today: datetime.date) -> str:
        """Label for lists: 公示中（至2026年12月3日）."""
        until = self.newest.notice.until
        waiting = f"，{self.unanswered}件异议待答复" if self.unanswered else ""
        return {
            NoticeState.ON_NOTICE: f"公示中（至{prose_date(until)}）{waiting}",
            NoticeState.OVER: f"公示已结束{waiting}",
            NoticeState.ARCHIVED: "公示已结束，已归档",
        }[self.notice_state(today)]


def published_bulletins(
    versions: Iterable[BulletinVersion], objections
) -> dict[datetime.date, PublishedBulletin]:
    """Month → its published bulletin. `objections` is a queryset of the community's `Objection`."""
    by_month: dict[datetime.date, list[BulletinVersion]] = {}
    for version in versions:
        by_month.setdefault(version.month, []).append(version)
    waiting = unanswered_by_notice(objections)
    return {
        month: PublishedBulletin(
            tuple(sorted(versions_of_month, key=lambda v: -v.number)),
            sum(waiting.get(version.notice_id, 0) for version in versions_of_month),
        )
        for month, versions_of_month in by_month.items()
    }


def unanswered_by_notice(objections) -> dict[int, int]:
    """Notice id → number of unanswered objections."""
    counts = objections.unanswered().order_by().values_list("notice_id").annotate(count=Count("pk"))
    return dict(counts)
