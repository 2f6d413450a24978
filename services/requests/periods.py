"""Periods of a report: a month, a quarter, a year, or any days; both ends are included."""

import calendar
import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.utils import timezone

from portal.forms.forms import PlainForm
from portal.values.dates import prose_date
from portal.values.months import last_months, month_before, month_word

MONTHS, QUARTERS, YEARS = 24, 8, 5
"""How many of each are offered; any days can be typed."""
EARLIEST = datetime.date(2000, 1, 1)
MOST_DAYS = 3 * 366
"""Longest period: requests are kept for three years."""
RANGE = "range"


@dataclass(frozen=True, slots=True)
class Period:
    first: datetime.date
    last: datetime.date
    label: str


def month_period(month: datetime.date) -> Period:
    last = calendar.monthrange(month.year, month.month)[1]
    return Period(month.replace(day=1), month.replace(day=last), month_word(month))


def quarter_period(year: int, number: int) -> Period:
    first, last = (month_period(datetime.date(year, 3 * number - offset, 1)) for offset in (2, 0))
    return Period(first.first, last.last, f"{year}年第{'一二三四'[number - 1]}季度")


def year_period(year: int) -> Period:
    return Period(datetime.date(year, 1, 1), datetime.date(year, 12, 31), f"{year}年")


def any_period(first: datetime.date, last: datetime.date) -> Period:
    return Period(
        first, last, prose_date(first) if first == last else f"{prose_date(first)}至{prose_date(last)}"
    )


def offered_periods(today: datetime.date) -> dict[str, dict[str, Period]]:
    """Kind → the periods to choose from by their key in an address (2026-10, 2026-q3, 2026), the newest first."""
    months = {f"{month:%Y-%m}": month_period(month) for month in last_months(today, MONTHS)}
    newest = today.year * 4 + (today.month - 1) // 3
    quarters = (divmod(number, 4) for number in range(newest, newest - QUARTERS, -1))
    return {
        "月": months,
        "季度": {f"{year}-q{number + 1}": quarter_period(year, number + 1) for year, number in quarters},
        "年": {str(year): year_period(year) for year in range(today.year, today.year - YEARS, -1)},
    }


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "应填日期，如2026-11-30"},
    )


class PeriodForm(PlainForm):
    """The period of a report, from its address; `chosen` of a valid form."""

    period = forms.ChoiceField(
        label="统计时段", required=False, error_messages={"invalid_choice": "请选择统计时段"}
    )
    first = _day("从")
    last = _day("到")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = timezone.localdate()
        self.offered = offered_periods(self.today)
        choices = [
            (kind, [(key, each.label) for key, each in kinds.items()]) for kind, kinds in self.offered.items()
        ]
        self.fields["period"].choices = [*choices, (RANGE, "自选日期")]

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "PeriodForm":
        """The form of an address; one that names no period is about the last month."""
        names_one = any(query.get(name) for name in ("period", "first", "last"))
        return cls(query if names_one else {"period": f"{month_before(timezone.localdate()):%Y-%m}"})

    def clean(self):
        cleaned = super().clean()
        chosen, first, last = (cleaned.get(name) for name in ("period", "first", "last"))
        if self.errors:
            return cleaned
        if chosen not in ("", RANGE):
            self.chosen = next(kinds[chosen] for kinds in self.offered.values() if chosen in kinds)
        else:
            self.chosen = self._typed(first, last)
        return cleaned

    def _typed(self, first: datetime.date | None, last: datetime.date | None) -> Period | None:
        if first is None or last is None:
            self.add_error("first" if first is None else "last", "自选日期要填写起止两个日期")
        elif first > last:
            self.add_error("last", "截止日期早于起始日期")
        elif first < EARLIEST or last.year > self.today.year + 1:
            self.add_error("first", f"请填写{EARLIEST.year}年以后、到明年为止的日期")
        elif (last - first).days >= MOST_DAYS:
            self.add_error("last", "一次最多统计三年")
        else:
            return any_period(first, last)
        return None
