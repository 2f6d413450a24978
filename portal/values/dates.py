"""Dates as text: 2026-11-30 in tables, 2026年11月30日 in sentences; no page has a third form."""

import datetime

from django.utils import timezone


def table_moment(moment: datetime.datetime) -> str:
    """2026-11-30 09:05, local time."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def table_day(moment: datetime.datetime) -> str:
    """2026-11-30, the local day of a moment."""
    return f"{timezone.localtime(moment):%Y-%m-%d}"


def prose_date(day: datetime.date) -> str:
    """2026年11月30日."""
    return f"{day.year}年{day.month}月{day.day}日"


def prose_moment(moment: datetime.datetime) -> str:
    """2026年11月30日 09:05, local time."""
    local = timezone.localtime(moment)
    return f"{prose_date(local)} {local:%H:%M}"
