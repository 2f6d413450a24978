"""Venues of the demo with their hours; in the showcase a series, a closure, requests of residents and three months of bookings."""

import datetime
import random
import uuid
from collections.abc import Iterator

from community.demo.names import full_name
from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.units.models import Unit
from community.venues.models import Venue, VenueBooking, VenueClosure, VenueHours, midnight
from community.venues.opening import Opening, openings_of
from community.venues.slots import Slot, span_on
from portal.values.months import months_later

_EVERY_DAY = range(1, 8)
_HOURS = {
    Venue.Kind.HALL: ((_EVERY_DAY, 8, 20),),
    Venue.Kind.ACTIVITY: ((_EVERY_DAY, 8, 21),),
    Venue.Kind.READING: ((range(1, 6), 8, 20), (range(6, 8), 9, 17)),
    Venue.Kind.CLASSROOM: ((range(1, 6), 8, 17),),
    Venue.Kind.FITNESS: ((_EVERY_DAY, 6, 22),),
    Venue.Kind.OUTDOOR: ((_EVERY_DAY, 6, 22),),
}
"""Kind → weekdays, from and to (hours)."""
_BOOKABLE = {Venue.Kind.ACTIVITY, Venue.Kind.CLASSROOM}
_CAPACITY = {Venue.Kind.ACTIVITY: 80, Venue.Kind.CLASSROOM: 40, Venue.Kind.READING: 30}
_SHARED = {
    "kuocang": (
        (
            "第三小学操场",
            Venue.Kind.OUTDOOR,
            "莲都区第三小学",
            2400,
            ((range(1, 6), 18, 21), (range(6, 8), 7, 21)),
        ),
        ("环境监测站篮球场", Venue.Kind.OUTDOOR, "丽水市环境监测站", 420, ((range(6, 8), 8, 20),)),
    ),
    "beizheng": (
        ("客运公司灯光球场", Venue.Kind.OUTDOOR, "北正客运公司", 600, ((_EVERY_DAY, 6, 22),)),
        ("中医院健康讲堂", Venue.Kind.CLASSROOM, "浏阳市中医院", 150, ((range(1, 6), 14, 17),)),
    ),
}
"""Community → venues that units share: name, kind, unit, m², hours. One of beizheng is open on all days of the year."""


@demo_part(125, RunFor.NEW)
def build_venues(demo: DemoCommunity) -> None:
    """The community's own venues and those that units share, with their hours."""
    community = demo.community
    hours = []
    for name, kind, floor in demo.plan.venues:
        venue = Venue.objects.create(
            community=community,
            name=name,
            kind=kind,
            floor_m2=floor,
            capacity=_CAPACITY.get(kind),
            is_bookable=kind in _BOOKABLE,
            directions="社区办公楼二楼，从东门进" if kind in _BOOKABLE else "",
        )
        hours += _hours(venue, _HOURS[kind])
    units = {unit.name: unit for unit in Unit.objects.of(community)}
    for name, kind, unit, floor, times in _SHARED.get(community.code, ()):
        venue = Venue.objects.create(
            community=community, name=name, kind=kind, unit=units[unit], floor_m2=floor, is_bookable=True
        )
        hours += _hours(venue, times)
    VenueHours.objects.bulk_create(hours)


def _hours(venue: Venue, times) -> Iterator[VenueHours]:
    for weekdays, opens, closes in times:
        for weekday in weekdays:
            yield VenueHours(
                community_id=venue.community_id,
                venue=venue,
                weekday=weekday,
                opens=datetime.time(opens),
                closes=datetime.time(closes),
            )


_SERIES = (
    ("居民活动室", "书法班", 1, 14, 16, "own", ""),
    ("居民活动室", "合唱队排练", 3, 9, 11, "own", ""),
    ("居民活动室", "太极拳", 5, 8, 10, "own", ""),
    ("老年学校教室", "老年学校国画课", 2, 9, 11, "own", ""),
    ("老年学校教室", "手机课堂", 4, 14, 16, "own", ""),
    ("居民活动室", "健康讲座", 6, 14, 16, "unit", "括苍社区卫生服务站"),
    ("第三小学操场", "少年篮球", 6, 15, 17, "own", ""),
)
"""Venue, title, weekday, from, to, who, unit."""
_SINGLE = (
    ("own", "业主代表会", ""),
    ("unit", "读书分享会", "莲都区图书馆"),
    ("unit", "用电安全讲座", "瓯江电力服务站"),
    ("unit", "防诈骗宣传", "岩泉派出所"),
    ("resident", "乒乓球", ""),
    ("resident", "家庭聚会", ""),
    ("resident", "排舞练习", ""),
)
_ASKED = ("孩子生日会", "乒乓球", "同学聚会", "排舞练习")
_MONTHS_BACK, _DAYS_AHEAD, _SINGLES = 13, 28, 60
_CLOSED_IN = 16
"""Days from now until the closure of the activity room."""


@demo_part(446, RunFor.SHOWCASE)
def book_venues(demo: DemoCommunity) -> None:
    """Weekly courses of the last year and the next weeks, single bookings, a closure, requests of residents."""
    # A random stream of its own: parts that follow draw the same rows as ever.
    stream = random.Random(f"venues {demo.community.code}")  # noqa: S311 - invented bookings
    venues = {venue.name: venue for venue in Venue.objects.of(demo.community)}
    units = {unit.name: unit for unit in Unit.objects.of(demo.community)}
    hall = venues["居民活动室"]
    closed_from = demo.today + datetime.timedelta(days=_CLOSED_IN)
    VenueClosure.objects.create(
        community=demo.community,
        venue=hall,
        start=closed_from,
        end=closed_from + datetime.timedelta(days=1),
        reason="消防设施检修",
    )
    VenueClosure.objects.create(
        community=demo.community,
        venue=venues["老年学校教室"],
        start=demo.today - datetime.timedelta(days=40),
        end=demo.today - datetime.timedelta(days=36),
        reason="线路改造",
    )
    book = _Book(demo, openings_of(list(venues.values())))
    first = months_later(demo.today, -_MONTHS_BACK)
    for name, title, weekday, begin, end, used_by, unit in _SERIES:
        series = uuid.UUID(int=stream.getrandbits(128), version=4)
        day = first + datetime.timedelta(days=(weekday - first.isoweekday()) % 7)
        while day <= demo.today + datetime.timedelta(days=_DAYS_AHEAD):
            book.add(venues[name], day, begin, end, title, used_by, unit=units.get(unit), series=series)
            day += datetime.timedelta(days=7)
    bookable = [hall, venues["老年学校教室"], venues["第三小学操场"]]
    for _ in range(_SINGLES):
        day = demo.today + datetime.timedelta(days=stream.randrange(-60, 14))
        used_by, title, unit = stream.choice(_SINGLE)
        begin = stream.randrange(9, 19)
        person = _person(stream) if used_by == "resident" else {}
        book.add(
            stream.choice(bookable), day, begin, begin + 2, title, used_by, unit=units.get(unit), **person
        )
    for number, title in enumerate(_ASKED):
        day = demo.today + datetime.timedelta(days=3 + 2 * number)
        asked_at = midnight(demo.today) - datetime.timedelta(hours=5 + 20 * number)
        book.add(
            hall, day, 16, 18, title, "resident", state="requested", asked_at=asked_at, **_person(stream)
        )
    VenueBooking.objects.bulk_create(book.bookings)
    demo.demo.say(f"{demo.community.name}：场地{len(venues)}处，预约{len(book.bookings)}个")


def _person(stream: random.Random) -> dict[str, str]:
    return {
        "name": full_name(stream, stream.choice("MF"), 1975),
        "phone": f"139{stream.randrange(10**8):08}",
    }


class _Book:
    """Bookings that neither overlap nor lie outside the hours; what does not fit is left out."""

    def __init__(self, demo: DemoCommunity, openings: dict[int, Opening]):
        self.demo, self.openings = demo, openings
        self.bookings: list[VenueBooking] = []

    def add(
        self, venue: Venue, day: datetime.date, begin: int, end: int, title: str, used_by: str, **more
    ) -> None:
        slot = Slot.on(day, datetime.time(begin), datetime.time(end))
        first, last = span_on(day, slot.starts_at, slot.ends_at)
        spans = self.openings[venue.pk].spans(day)
        is_taken = any(
            each.venue_id == venue.pk and each.starts_at < slot.ends_at and each.ends_at > slot.starts_at
            for each in self.bookings
        )
        if is_taken or not any(a <= first and last <= b for a, b in spans):
            return
        decided_on = min(day - datetime.timedelta(days=9), self.demo.today - datetime.timedelta(days=1))
        decided = {"decided_by": self.demo.users["party"], "decided_at": midnight(decided_on)}
        self.bookings.append(
            VenueBooking(
                community=self.demo.community,
                venue=venue,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                title=title,
                used_by=used_by,
                **{"state": "confirmed"} | ({} if "state" in more else decided) | more,
            )
        )
