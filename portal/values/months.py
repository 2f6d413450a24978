"""Months of bulletins: `2026-10` in URLs and commands, 2026年10月 on pages; due days."""

import calendar
import datetime
import re

from django.urls import register_converter

_FORMAT = re.compile(r"(\d{4})-(\d{2})")


def parse_month(text: str) -> datetime.date:
    """The first day of the month written as `2026-10`. Raises ValueError for anything else."""
    match = _FORMAT.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return datetime.date(int(match[1]), int(match[2]), 1)


def month_word(month: datetime.date) -> str:
    return f"{month.year}年{month.month}月"


def month_before(month: datetime.date) -> datetime.date:
    return (month.replace(day=1) - datetime.timedelta(days=1)).replace(day=1)


def month_after(month: datetime.date) -> datetime.date:
    return (month.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)


def months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day some months later, or the last day of that month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return datetime.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def last_months(today: datetime.date, count: int) -> list[datetime.date]:
    """The month of `today` and those before it, newest first."""
    months = [today.replace(day=1)]
    while len(months) < count:
        months.append(month_before(months[-1]))
    return months


def months_of(year: int, today: datetime.date) -> list[datetime.date]:
    """The months of a year that have begun on `today`."""
    return [month for n in range(1, 13) if (month := datetime.date(year, n, 1)) <= today]


class MonthConverter:
    """`<month:month>` in URL patterns; a month that does not exist is a 404."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> datetime.date:
        return parse_month(value)

    def to_url(self, value: datetime.date) -> str:
        return f"{value:%Y-%m}"


register_converter(MonthConverter, "month")
