"""A week of a venue by day and hour: when it is open, closed and booked."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from community.venues.models import Venue, VenueBooking, VenueClosure
from community.venues.opening import Opening, Span, days, openings_of, span_words, without
from community.venues.slots import WEEKDAYS, span_on
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.registry import call_hooks
from portal.registers.registry import row_url

BOOKED_FOR = "booked_for"
"""Hook: (access, community, ids of bookings) -> iterable of (id, name, url): what bookings are for that features above made.

Only of what this user may see; the others stay without a name.
"""
_FIRST, _LAST = 8, 20
"""Hours that the table shows at least."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A booking on one day, named as this reader may see it."""

    booking: VenueBooking
    name: str
    url: str
    span: Span

    @property
    def times(self) -> str:
        return span_words([self.span])

    @property
    def is_requested(self) -> bool:
        return self.booking.state == VenueBooking.State.REQUESTED


@dataclass(slots=True)
class Day:
    date: datetime.date
    spans: list[Span]
    closure: VenueClosure | None
    has_hours: bool
    entries: list[Entry] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"周{WEEKDAYS[self.date.weekday()]}"

    @property
    def is_past(self) -> bool:
        return self.date < timezone.localdate()

    @property
    def is_today(self) -> bool:
        return self.date == timezone.localdate()

    @property
    def free(self) -> list[Span]:
        """When it is open and not taken; of a venue without hours nothing is known."""
        return without(self.spans, [each.span for each in self.entries if not each.is_requested])

    @property
    def free_words(self) -> str:
        return span_words(self.free)

    @property
    def open_words(self) -> str:
        return span_words(self.spans)


@dataclass(frozen=True, slots=True)
class Cell:
    """An hour of a day. kind: closed, open, busy or asked; `begins` are the entries that begin in it."""

    day: Day
    hour: int
    kind: str
    begins: tuple[Entry, ...]
    goes_on: bool

    @property
    def can_book(self) -> bool:
        return self.kind == "open" and not self.day.is_past


@dataclass(frozen=True, slots=True)
class Week:
    """Days of a venue; `lines` are the hours with a cell for each day."""

    venue: Venue
    days: Sequence[Day]

    @property
    def lines(self) -> Iterator[tuple[str, list[Cell]]]:
        for hour in self.hours:
            yield f"{hour}:00", [_cell(day, hour) for day in self.days]

    @property
    def hours(self) -> range:
        """From the first hour that is open or booked to the last."""
        spans = [span for day in self.days for span in (*day.spans, *(each.span for each in day.entries))]
        first = min((begin // 60 for begin, _ in spans), default=_FIRST)
        last = max((-(-end // 60) for _, end in spans), default=_LAST)
        return range(first, max(last, first + 1))


def _cell(day: Day, hour: int) -> Cell:
    first, last = hour * 60, hour * 60 + 60
    touching = [each for each in day.entries if each.span[0] < last and each.span[1] > first]
    begins = tuple(each for each in touching if first <= each.span[0] or each.span[0] < first == 0)
    if touching:
        kind = "asked" if all(each.is_requested for each in touching) else "busy"
    elif day.closure or (day.has_hours and not any(a < last and b > first for a, b in day.spans)):
        kind = "closed"
    else:
        kind = "open"
    return Cell(day, hour, kind, begins, bool(touching) and not begins)


def monday_of(day: datetime.date) -> datetime.date:
    return day - datetime.timedelta(days=day.weekday())


def venue_days(venue: Venue, first: datetime.date, last: datetime.date, access, community) -> Week:
    """Days of a venue with their open bookings. A fixed number of queries."""
    opening: Opening = openings_of([venue])[venue.pk]
    listed = [
        Day(day, opening.spans(day), opening.closure_on(day), opening.has_hours) for day in days(first, last)
    ]
    bookings = rows(VenueBooking, access, P.VENUES, community).filter(venue=venue).open()
    bookings = list(bookings.on_days(first, last).select_related("unit", "venue").order_by("starts_at", "id"))
    names = names_of(bookings, access, community)
    for day in listed:
        for booking in bookings:
            span = span_on(day.date, booking.starts_at, booking.ends_at)
            if span[0] < span[1]:
                day.entries.append(Entry(booking, *names[booking.pk], span))
    return Week(venue, listed)


def names_of(bookings: Sequence[VenueBooking], access, community) -> dict[int, tuple[str, str]]:
    """Booking id → its name and address: of what a feature above made, as far as the user may see that."""
    names = {row.pk: (row.title, row_url(row, community)) for row in bookings}
    of_others = [row.pk for row in bookings if row.is_of_activity]
    if of_others:
        names |= {pk: (name, url) for pk, name, url in call_hooks(BOOKED_FOR, access, community, of_others)}
    return names
