"""When venues are open: hours by weekday minus closures, for days, sums and free times."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from community.venues.models import Venue, VenueClosure, VenueHours

Span = tuple[int, int]
"""A part of a day in minutes since midnight: from, to."""
DAY = 24 * 60
_LAST_MINUTE = datetime.time(23, 59)
"""No time of a form is later; as an end it means midnight."""
_ONE = datetime.timedelta(days=1)


def minutes_of(time: datetime.time, *, is_end: bool = False) -> int:
    return DAY if is_end and time >= _LAST_MINUTE else time.hour * 60 + time.minute


def time_words(minutes: int) -> str:
    """540 → 9:00."""
    return f"{minutes // 60}:{minutes % 60:02}"


def span_words(spans: Iterable[Span]) -> str:
    """9:00–11:30、14:00–17:00."""
    return "、".join(f"{time_words(first)}–{time_words(last)}" for first, last in spans)


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time in spans that neither overlap nor touch, in order."""
    result: list[Span] = []
    for first, last in sorted(spans):
        if result and first <= result[-1][1]:
            result[-1] = (result[-1][0], max(last, result[-1][1]))
        else:
            result.append((first, last))
    return result


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What is left of spans without what is taken."""
    left = merged(spans)
    for first, last in merged(taken):
        left = [
            part
            for begin, end in left
            for part in ((begin, min(end, first)), (max(begin, last), end))
            if part[0] < part[1]
        ]
    return left


def length(spans: Iterable[Span]) -> int:
    """Minutes."""
    return sum(last - first for first, last in spans)


@dataclass(slots=True)
class Opening:
    """The hours and closures of one venue."""

    hours: list[VenueHours] = field(default_factory=list)
    closures: list[VenueClosure] = field(default_factory=list)

    @property
    def has_hours(self) -> bool:
        return bool(self.hours)

    def closure_on(self, day: datetime.date) -> VenueClosure | None:
        return next((each for each in self.closures if each.start <= day <= each.end), None)

    def hours_on(self, day: datetime.date) -> list[Span]:
        """When it is open on a day by its hours, whether or not it is closed for a reason."""
        return merged(
            (minutes_of(each.opens), minutes_of(each.closes, is_end=True))
            for each in self.hours
            if each.weekday == day.isoweekday()
            and (each.start is None or each.start <= day)
            and (each.end is None or day <= each.end)
        )

    def spans(self, day: datetime.date) -> list[Span]:
        """When it is open on a day."""
        return [] if self.closure_on(day) else self.hours_on(day)

    def open_days(self, first: datetime.date, last: datetime.date) -> int:
        """Number of days on which it is open at all."""
        return sum(bool(self.spans(day)) for day in days(first, last))

    def minutes(self, first: datetime.date, last: datetime.date) -> int:
        return sum(length(self.spans(day)) for day in days(first, last))


def days(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    """Every day from the first to the last."""
    while first <= last:
        yield first
        first += _ONE


def year_of(year: int) -> tuple[datetime.date, datetime.date]:
    return datetime.date(year, 1, 1), datetime.date(year, 12, 31)


def openings_of(venues: Collection[Venue]) -> Mapping[int, Opening]:
    """Venue id → its opening. Two queries, whatever the number of venues."""
    openings: defaultdict[int, Opening] = defaultdict(Opening)
    communities = {venue.community_id for venue in venues}
    ids = [venue.pk for venue in venues]
    of_venues = {"community_id__in": communities, "venue__in": ids}
    for row in VenueHours.objects.filter(**of_venues):
        openings[row.venue_id].hours.append(row)
    for row in VenueClosure.objects.filter(**of_venues).order_by("start", "id"):
        openings[row.venue_id].closures.append(row)
    return openings


def week_words(opening: Opening, day: datetime.date) -> list[tuple[str, str]]:
    """Weekdays and times in words, as the week of a day has them by its hours; neighbours alike in one line."""
    monday = day - datetime.timedelta(days=day.weekday())
    lines: list[tuple[list[str], str]] = []
    for number, name in enumerate("一二三四五六日"):
        words = span_words(opening.hours_on(monday + datetime.timedelta(days=number)))
        if lines and lines[-1][1] == words:
            lines[-1][0].append(name)
        else:
            lines.append(([name], words))
    return [(_weekdays(names), words) for names, words in lines if words]


def _weekdays(names: Sequence[str]) -> str:
    if len(names) == 7:
        return "每天"
    return f"周{names[0]}" if len(names) == 1 else f"周{names[0]}至周{names[-1]}"
