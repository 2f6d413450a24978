"""How much venues are open and used: hours by month and kind of user, open days of a year."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from community.venues.models import Venue, VenueBooking
from community.venues.opening import Opening, days, length, openings_of, without, year_of
from community.venues.slots import span_on
from portal.charts.chart import Chart, Series
from portal.values.months import month_after

UsedBy = VenueBooking.UsedBy
_DAY = datetime.timedelta(days=1)


@dataclass(slots=True)
class Use:
    """Use of a venue in a period, in minutes. `inside` is the part of `used` that lies in the hours of the venue."""

    days: int = 0
    open: int = 0
    used: int = 0
    inside: int = 0
    bookings: int = 0
    by_user: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def __add__(self, other: "Use") -> "Use":
        by_user = {each: self.by_user[each] + other.by_user[each] for each in UsedBy.values}
        return Use(
            self.days + other.days,
            self.open + other.open,
            self.used + other.used,
            self.inside + other.inside,
            self.bookings + other.bookings,
            defaultdict(int, by_user),
        )

    @property
    def rate(self) -> str:
        """Per cent of the open hours that were used, in words; never above 100, for use outside the hours does not count."""
        return f"{self.inside * 100 // self.open}%" if self.open else ""

    @property
    def open_hours(self) -> str:
        return hours_words(self.open)

    @property
    def used_hours(self) -> str:
        return hours_words(self.used)

    @property
    def hours_by_user(self) -> list[str]:
        return [hours_words(self.by_user[each]) if self.by_user[each] else "" for each in UsedBy.values]


def hours_words(minutes: int) -> str:
    """90 → 1.5; whole hours without a point."""
    return f"{minutes / 60:.1f}".removesuffix(".0")


def use_by_venue(
    venues: Sequence[Venue],
    bookings: Collection[VenueBooking],
    first: datetime.date,
    last: datetime.date,
    openings=None,
) -> dict[int, Use]:
    """Venue id → its use in a period by confirmed bookings of it."""
    openings = openings_of(venues) if openings is None else openings
    uses = {venue.pk: _opened(openings[venue.pk], first, last) for venue in venues}
    for booking in bookings:
        if booking.venue_id in uses:
            _count(uses[booking.venue_id], openings[booking.venue_id], booking, first, last)
    return uses


def _opened(opening: Opening, first: datetime.date, last: datetime.date) -> Use:
    use = Use()
    for day in days(first, last):
        spans = opening.spans(day)
        use.days += bool(spans)
        use.open += length(spans)
    return use


def _count(use: Use, opening: Opening, booking: VenueBooking, first, last) -> None:
    begin, end = max(booking.day, first), min(_last_day(booking), last)
    if begin > end:
        return
    use.bookings += 1
    for day in days(begin, end):
        span = span_on(day, booking.starts_at, booking.ends_at)
        minutes = span[1] - span[0]
        use.used += minutes
        use.by_user[booking.used_by] += minutes
        use.inside += minutes - length(without([span], opening.spans(day)))


def _last_day(booking: VenueBooking) -> datetime.date:
    return VenueBooking(starts_at=booking.ends_at - datetime.timedelta(microseconds=1)).day


@dataclass(frozen=True, slots=True)
class VenueYear:
    """The year of a venue: its use, and that of each month."""

    venue: Venue
    year: Use
    months: Sequence[Use]


@dataclass(frozen=True, slots=True)
class UsageReport:
    year: int
    venues: Sequence[VenueYear]

    @property
    def counted(self) -> list[VenueYear]:
        """The venues that can be booked or were: where people simply come in, nothing says how much is used."""
        return [each for each in self.venues if each.venue.is_bookable or each.year.bookings]

    @property
    def months(self) -> list[Use]:
        """The use of these venues by month."""
        return [sum((each.months[n] for each in self.counted), Use()) for n in range(12)]

    @property
    def total(self) -> Use:
        return sum((each.year for each in self.counted), Use())


def usage_report(venues: Sequence[Venue], bookings: Sequence[VenueBooking], year: int) -> UsageReport:
    """Use of venues in a year; `bookings` are the confirmed ones that this reader may see. Two queries."""
    openings = openings_of(venues)
    months = []
    for number in range(1, 13):
        first = datetime.date(year, number, 1)
        months.append(use_by_venue(venues, bookings, first, month_after(first) - _DAY, openings))
    of_year = use_by_venue(venues, bookings, *year_of(year), openings)
    return UsageReport(year, [VenueYear(v, of_year[v.pk], [month[v.pk] for month in months]) for v in venues])


def open_days(venues: Sequence[Venue], first: datetime.date, last: datetime.date) -> dict[int, int]:
    """Venue id → number of days in a period on which it is open. Two queries."""
    openings = openings_of(venues)
    return {venue.pk: openings[venue.pk].open_days(first, last) for venue in venues}


def chart_of(report: UsageReport, title: str) -> Chart:
    """Hours open and used by month."""
    months = report.months
    return Chart(
        key="venue_use",
        title=title,
        unit="小时",
        labels=tuple(f"{n}月" for n in range(1, 13)),
        series=(
            Series("开放", tuple(round(each.open / 60) for each in months)),
            Series("使用", tuple(round(each.used / 60) for each in months)),
        ),
        label="月份",
    )
