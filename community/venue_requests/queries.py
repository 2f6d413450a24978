"""Public data of venues: when they are open, and when they are free. Exactly these columns are readable by the public's role."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from community.venues.models import Venue, VenueBooking, VenueClosure
from community.venues.opening import Opening, Span, days, openings_of, span_words, week_words, without
from community.venues.slots import WEEKDAYS, Slot, span_on
from portal.hooks.tracking import TrackedStep
from portal.values.dates import prose_date

AHEAD = 14
"""Days that the public may ask for, from tomorrow on: what is free today depends on the hour, and somebody has to answer first."""
_COLUMNS = ("venue_id", "starts_at", "ends_at")


@dataclass(frozen=True, slots=True)
class PublicDay:
    """A day of a venue: when it is free, or why it is closed."""

    date: datetime.date
    free: Sequence[Span]
    closure: VenueClosure | None
    is_open: bool

    @property
    def label(self) -> str:
        return f"{prose_date(self.date)} 周{WEEKDAYS[self.date.weekday()]}"

    @property
    def words(self) -> str:
        if self.closure:
            return f"暂停开放：{self.closure.reason}"
        if not self.is_open:
            return "不开放"
        return span_words(self.free) if self.free else "已约满"


@dataclass(frozen=True, slots=True)
class PublicVenue:
    """A venue as everybody sees it."""

    venue: Venue
    week: Sequence[tuple[str, str]]
    days: Sequence[PublicDay]
    closures: Sequence[VenueClosure]
    open_days: int
    """Of this year."""

    @property
    def can_be_asked(self) -> bool:
        return any(day.free for day in self.days)


def first_and_last_day() -> tuple[datetime.date, datetime.date]:
    today = timezone.localdate()
    return today + datetime.timedelta(days=1), today + datetime.timedelta(days=AHEAD)


def public_venues(community) -> list[PublicVenue]:
    """Public venues with hours, those that can be asked for first, with their next days. Four queries."""
    venues = list(Venue.objects.of(community).filter(is_public=True))
    openings = openings_of(venues)
    shown = [venue for venue in venues if openings[venue.pk].has_hours]
    shown.sort(key=lambda venue: not venue.is_bookable)
    taken = _taken(shown)
    return [_public_venue(venue, openings[venue.pk], taken[venue.pk]) for venue in shown]


def find_venue(community, uuid) -> PublicVenue | None:
    """A venue that the public may ask for."""
    venues = Venue.objects.of(community).filter(uuid=uuid, is_public=True, is_bookable=True)
    venue = venues.first()
    if venue is None:
        return None
    opening = openings_of([venue])[venue.pk]
    return _public_venue(venue, opening, _taken([venue])[venue.pk]) if opening.has_hours else None


def _taken(venues: Sequence[Venue]) -> dict[int, list[tuple]]:
    taken = defaultdict(list)
    bookable = [venue for venue in venues if venue.is_bookable]
    if bookable:
        bookings = VenueBooking.objects.filter(community_id=bookable[0].community_id, venue__in=bookable)
        bookings = bookings.confirmed().on_days(*first_and_last_day()).order_by("starts_at")
        for venue, starts_at, ends_at in bookings.values_list(*_COLUMNS):
            taken[venue].append((starts_at, ends_at))
    return taken


def _public_venue(venue: Venue, opening: Opening, taken: Sequence[tuple]) -> PublicVenue:
    first, last = first_and_last_day()
    today = timezone.localdate()
    listed = []
    for day in days(first, last) if venue.is_bookable else ():
        spans = opening.spans(day)
        free = without(spans, [span_on(day, *times) for times in taken])
        listed.append(PublicDay(day, free, opening.closure_on(day), bool(spans)))
    closures = [each for each in opening.closures if each.end >= today]
    year = datetime.date(today.year, 1, 1), datetime.date(today.year, 12, 31)
    return PublicVenue(venue, week_words(opening, today), listed, closures, opening.open_days(*year))


STATE_WORDS = {
    "requested": "待社区答复",
    "confirmed": "已同意，请按时使用",
    "declined": "没有同意",
    "withdrawn": "您已撤回",
    "cancelled": "已取消",
}
"""What the author of a request reads of its state."""


@dataclass(frozen=True, slots=True)
class RequestByCode:
    """A request as its code opens it."""

    venue: str
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    state: str
    asked_at: datetime.datetime
    decided_at: datetime.datetime | None
    answer: str
    cancelled_because: str

    @property
    def times(self) -> str:
        slot = Slot(self.starts_at, self.ends_at)
        return f"{prose_date(slot.day)} {span_words([slot.span])}"

    @property
    def steps(self) -> tuple[TrackedStep, ...]:
        steps = [TrackedStep(self.asked_at, f"申请使用{self.venue}，{self.times}")]
        if self.decided_at and self.state != "withdrawn":
            title = "不同意" if self.state == "declined" else "同意"
            if self.state == "cancelled":
                steps.append(TrackedStep(self.decided_at, "社区取消了预约", self.cancelled_because))
            else:
                steps.append(TrackedStep(self.decided_at, f"社区答复：{title}", self.answer))
        return tuple(steps)


def request_by_code(hashed: bytes) -> RequestByCode | None:
    """The request with this hash of a code; None for wrong and expired ones alike."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM community_venue_request_by_code(%s)", [hashed])
        row = cursor.fetchone()
    return RequestByCode(*row) if row else None
