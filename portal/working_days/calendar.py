"""Working days: Monday to Friday without public holidays, and the weekend days on which work is made up.

Holidays and make-up days are those of the `holidays` package (国务院办公厅关于节假日安排的通知) with what the
administrator has changed. Days closed by one community move no deadline.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import holidays

from portal.working_days.models import SpecialDay

_DAY = datetime.timedelta(days=1)


@lru_cache(maxsize=64)
def _china(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("CN", years=year, language="zh_CN")


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The calendar of the deployment. `special`: day → whether it is a working day, as the administrator said."""

    special: Mapping[datetime.date, bool] = field(default_factory=dict)

    def is_working(self, day: datetime.date) -> bool:
        return self.special[day] if day in self.special else _china(day.year).is_working_day(day)

    def is_known(self, day: datetime.date) -> bool:
        """Whether the holidays of the year are announced. A deadline in another year is provisional.

        They are when a weekend day is named on which work is made up: no year is without one.
        """
        made_up = [each for each, is_working in self.special.items() if is_working and each.weekday() >= 5]
        return any(each.year == day.year for each in (*_china(day.year).weekend_workdays, *made_up))

    def add(self, day: datetime.date, number: int) -> datetime.date:
        """The `number`-th working day after `day`; with 0 the day itself, or the next working day."""
        if number == 0 and not self.is_working(day):
            number = 1
        while number > 0:
            day += _DAY
            number -= self.is_working(day)
        return day

    def between(self, start: datetime.date, end: datetime.date) -> int:
        """Number of working days after `start` up to and including `end`; 0 if `end` is not later."""
        days = (end - start).days
        return sum(self.is_working(start + n * _DAY) for n in range(1, days + 1))


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A holiday, or a weekend day on which work is made up, as the State Council arranged it."""

    day: datetime.date
    label: str
    is_working: bool


def announced_days(year: int) -> list[CalendarDay]:
    """Holidays and make-up days of a year as the package has them, in order."""
    china = _china(year)
    days = [
        CalendarDay(day, label.replace(" ", ""), False) for day, label in china.items() if day.year == year
    ]
    days += [CalendarDay(day, "调休上班", True) for day in china.weekend_workdays if day.year == year]
    return sorted(days, key=lambda each: each.day)


def working_calendar() -> WorkingCalendar:
    """The calendar as it is now, in one query."""
    return WorkingCalendar(dict(SpecialDay.objects.values_list("day", "is_working")))
