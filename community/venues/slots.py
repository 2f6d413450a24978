"""Whether a venue can be booked for a time: what stands against it, in words that say what would be possible."""

import calendar
import datetime
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone

from community.venues.models import Venue, VenueBooking, midnight
from community.venues.opening import Opening, Span, openings_of, span_words, without
from portal.forms.refusals import Refusal
from portal.values.dates import prose_date
from portal.values.months import months_later

ACTIVITY_HOURS = 2
"""For so long an activity without an end holds its venue; `community/activities/activities.sql` reckons the same."""
MOST_DATES = 110
"""Dates of a series: twice a week for a year."""
WEEKDAYS = "一二三四五六日"


class SlotTaken(Refusal):
    """The venue is closed or taken at that time."""

    field = "starts"


@dataclass(frozen=True, slots=True)
class Slot:
    """A time for which somebody wants a venue."""

    starts_at: datetime.datetime
    ends_at: datetime.datetime

    @classmethod
    def on(cls, day: datetime.date, starts: datetime.time, ends: datetime.time) -> "Slot":
        """From and to on one local day; an end at 23:59 is midnight."""
        until = datetime.datetime.combine(day, ends)
        if ends >= datetime.time(23, 59):
            until = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time())
        return cls(timezone.make_aware(datetime.datetime.combine(day, starts)), timezone.make_aware(until))

    @property
    def day(self) -> datetime.date:
        return timezone.localdate(self.starts_at)

    @property
    def day_words(self) -> str:
        """2026-12-01 周二."""
        return f"{self.day} 周{WEEKDAYS[self.day.weekday()]}"

    @property
    def span(self) -> Span:
        return span_on(self.day, self.starts_at, self.ends_at)


def span_on(day: datetime.date, starts_at: datetime.datetime, ends_at: datetime.datetime) -> Span:
    """The part of a time that lies on a day, in minutes."""
    first = midnight(day)
    return tuple(
        min(max(int((moment - first).total_seconds() // 60), 0), 24 * 60) for moment in (starts_at, ends_at)
    )


def problem(venue: Venue, slot: Slot, **options) -> str:
    """What stands against a booking, in words without a full stop; empty if nothing does. Options as of `problems`."""
    return problems(venue, [slot], **options)[0]


def venue_problem(
    venue: Venue,
    starts_at: datetime.datetime,
    ends_at: datetime.datetime | None,
    booking_id: int | None,
    *,
    names: bool,
) -> str:
    """What stands against an activity in a venue. In the community's own rooms it may take place outside the hours."""
    ends_at = ends_at or starts_at + datetime.timedelta(hours=ACTIVITY_HOURS)
    if ends_at <= starts_at:
        return ""  # said at the times
    slot = Slot(starts_at, ends_at)
    return problem(venue, slot, ignoring=booking_id, asks_hours=venue.unit_id is not None, names=names)


def problems(
    venue: Venue,
    slots: Sequence[Slot],
    *,
    ignoring: int | None = None,
    asks_hours: bool = True,
    names: bool = True,
) -> list[str]:
    """For each slot what stands against it; empty for those that are free. Three queries.

    ignoring: id of a booking that is moved. asks_hours: whether it has to lie in the hours of the venue.
    names: whether the reader may know what a clashing booking is for.
    """
    if not slots:
        return []
    opening = openings_of([venue])[venue.pk]
    taken = VenueBooking.objects.filter(community_id=venue.community_id, venue=venue).confirmed()
    taken = taken.overlapping(min(s.starts_at for s in slots), max(s.ends_at for s in slots))
    taken = list(taken.exclude(pk=ignoring).order_by("starts_at", "id"))
    return [_problem(slot, opening, asks_hours) or _clash(slot, taken, names) for slot in slots]


def _problem(slot: Slot, opening: Opening, asks_hours: bool) -> str:
    """Closed, or not open then."""
    last = timezone.localdate(slot.ends_at - datetime.timedelta(microseconds=1))
    if closure := opening.closure_on(slot.day) or opening.closure_on(last):
        return f"{prose_date(slot.day)}暂停开放（{closure.reason}）"
    if asks_hours and opening.has_hours:
        spans = opening.hours_on(slot.day)
        if not spans:
            return f"{prose_date(slot.day)}（周{WEEKDAYS[slot.day.weekday()]}）不开放"
        if last != slot.day or without([slot.span], spans):
            return (
                f"{prose_date(slot.day)}（周{WEEKDAYS[slot.day.weekday()]}）的开放时间是{span_words(spans)}"
            )
    return ""


def _clash(slot: Slot, taken: Collection[VenueBooking], names: bool) -> str:
    clashes = [each for each in taken if each.starts_at < slot.ends_at and each.ends_at > slot.starts_at]
    if not clashes:
        return ""
    listed = "；".join(f"{_times(each, slot)}{_taken(each, names)}" for each in clashes[:3])
    return f"{prose_date(slot.day)}{listed}"


def _times(booking: VenueBooking, slot: Slot) -> str:
    return span_words([span_on(slot.day, booking.starts_at, booking.ends_at)])


def _taken(booking: VenueBooking, names: bool) -> str:
    if booking.is_of_activity:
        return "有会议活动"
    return f"已由“{booking.title}”预约" if names and booking.title else "已有预约"


# Series


@dataclass(frozen=True, slots=True)
class Repeat:
    """How a booking repeats until a day: every `weeks` weeks, or each month (`weeks` is 0)."""

    until: datetime.date
    weeks: int = 1

    def days(self, first: datetime.date) -> Iterator[datetime.date | str]:
        """The days from the first; in place of a day that a month does not have, the words that say so."""
        number = 0
        while True:
            day = first + datetime.timedelta(weeks=self.weeks * number) if self.weeks else None
            if day is None:
                month = months_later(first.replace(day=1), number)
                if (month.year, month.month, first.day) > self.until.timetuple()[:3]:
                    return
                has_day = first.day <= calendar.monthrange(month.year, month.month)[1]
                yield month.replace(day=first.day) if has_day else _missing(month, first.day)
            elif day > self.until:
                return
            else:
                yield day
            number += 1


def _missing(month: datetime.date, day: int) -> str:
    return f"{month.year}年{month.month}月没有{day}日"


@dataclass(frozen=True, slots=True)
class SeriesDate:
    """A date of a series: its slot, or None where the month has no such day, and what stands against it."""

    slot: Slot | None
    problem: str

    @property
    def label(self) -> str:
        return self.slot.day_words if self.slot else ""


def series_dates(
    venue: Venue, day: datetime.date, starts: datetime.time, ends: datetime.time, repeat: Repeat
) -> list[SeriesDate]:
    """All dates of a series, checked together. Raises Refusal for too many."""
    listed: list[datetime.date | str] = []
    for each in repeat.days(day):
        listed.append(each)
        if len(listed) > MOST_DATES:
            raise Refusal(f"一次最多预约{MOST_DATES}天，请把截止日期提前", "until")
    slots = [Slot.on(each, starts, ends) for each in listed if not isinstance(each, str)]
    found = iter(zip(slots, problems(venue, slots), strict=True))
    return [SeriesDate(None, each) if isinstance(each, str) else SeriesDate(*next(found)) for each in listed]
