"""Parsing of a day with a time of day as people type it into spreadsheets."""

import datetime
import re
from dataclasses import dataclass

from django.utils import timezone

from portal.spreadsheets.cells import Cell
from portal.spreadsheets.dates import read_date
from portal.spreadsheets.values import cell_text, is_placeholder, normalise

_TIME = re.compile(
    r"[T\s]*(上午|下午|晚上)?\s*(\d{1,2})[:：时点](?:(\d{1,2})(?:[:：分](\d{1,2})(?:\.\d+)?秒?)?分?)?$"
)
_DAY_SECONDS = 24 * 60 * 60
_WRITE = "请写成 2026-12-05 17:30"


@dataclass(frozen=True, slots=True)
class MomentReading:
    """Result of parsing a cell: `moment` is None for a blank cell, and where `problem` is the sentence to show.

    has_time: whether a time of day is given; without one `moment` is the beginning of the day.
    """

    moment: datetime.datetime | None = None
    has_time: bool = False
    problem: str = ""


def read_moment(value: Cell, *, today: datetime.date, date1904: bool = False) -> MomentReading:
    """Parse the day of a cell, with its time of day if there is one."""
    if is_placeholder(value):
        return MomentReading()
    if isinstance(value, datetime.datetime):
        return _moment(value.date(), value.time().replace(microsecond=0))
    time = None
    if isinstance(value, float) and not value.is_integer() and value > 2101:
        value, fraction = divmod(value, 1)
        seconds = min(round(fraction * _DAY_SECONDS), _DAY_SECONDS - 1)
        time = datetime.time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    elif isinstance(value, str):
        text = cell_text(value)
        if match := _TIME.search(text):
            time = _time_of(*match.groups())
            if time is None:
                return MomentReading(problem=f"没有这个时间，请核对后改正；{_WRITE}")
            value = text[: match.start()]
    reading = read_date(normalise(value) if isinstance(value, str) else value, today=today, date1904=date1904)
    if reading.date is None or reading.date.precision != "d":
        return MomentReading(problem=f"认不出这个时间，{_WRITE}")
    return _moment(reading.date.value, time)


def _time_of(half: str | None, hour: str, minute: str | None, second: str | None) -> datetime.time | None:
    hours = int(hour) + (12 if half in ("下午", "晚上") and int(hour) < 12 else 0)
    try:
        return datetime.time(hours, int(minute or 0), int(second or 0))
    except ValueError:
        return None


def _moment(day: datetime.date, time: datetime.time | None) -> MomentReading:
    at = timezone.make_aware(datetime.datetime.combine(day, time or datetime.time()))
    return MomentReading(at, time not in (None, datetime.time()))
