"""Dated rules of bulletins: how long a published bulletin is on notice (公示期)."""

import datetime
from enum import StrEnum

from community.dated_rules.rules import Default, declare, value_of
from portal.values.months import month_after


class Key(StrEnum):
    BULLETIN_NOTICE_DAYS = "bulletin_notice_days"


declare(
    {
        Key.BULLETIN_NOTICE_DAYS: Default(
            "每月公开的公示期",
            7,
            "天",
            "系统默认值；法律没有统一规定天数，请按街道或区县的规定设定",
            "每月公开发布后公示的天数，从发布次日起算，公示期内居民可以提出异议。",
            least=1,
            most=90,
            topic="公开",
        ),
    }
)


def notice_until(community, posted_on: datetime.date) -> datetime.date:
    """Last day of the notice period of a bulletin published on `posted_on`."""
    days = value_of(community, Key.BULLETIN_NOTICE_DAYS, posted_on)
    return posted_on + datetime.timedelta(days=days)


DUE_DAY = 10
"""Day of the following month by which a month's bulletin is published (every community's default)."""

PHOTO_DAYS = 3
"""Days after publication by which a photo must show the bulletin on a board."""


def due_on(month: datetime.date) -> datetime.date:
    """The last day on which the bulletin of `month` is in time."""
    return month_after(month).replace(day=DUE_DAY)


def board_title(month: datetime.date, today: datetime.date) -> str:
    """What the to-do calls the bulletin of `month`; the year only where it is another one."""
    year = "" if month.year == today.year else f"{month.year}年"
    return f"{year}{month.month}月公开栏"


def is_expected(month: datetime.date, opened_on: datetime.date) -> bool:
    """Whether a community that works with the portal since `opened_on` owes a bulletin of `month`."""
    return month >= opened_on.replace(day=1)
