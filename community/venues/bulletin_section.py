"""Bulletin section on venues (场地): open days, bookings and hours used, beside the month before and a year ago."""

import datetime
from collections.abc import Iterator, Sequence

from community.venues.models import Venue, VenueBooking
from community.venues.opening import openings_of
from community.venues.usage import Use, hours_words, use_by_venue
from portal.access.user_access import Access, CommunityRef
from portal.hooks.bulletin import BulletinNumber, BulletinSection
from portal.registers.panels import Panel
from portal.registers.row_links import RowLinks
from portal.values.months import month_after, month_before, month_word

SECTION = "community.venues"
_DAY = datetime.timedelta(days=1)


def _last_day(month: datetime.date) -> datetime.date:
    return month_after(month) - _DAY


def sections(community, month: datetime.date) -> Iterator[BulletinSection]:
    """Use of the venues in the month; nothing for a community whose venues nobody can book or visit by fixed hours."""
    venues = list(Venue.objects.of(community).filter(is_public=True))
    openings = openings_of(venues)
    venues = [venue for venue in venues if venue.is_bookable or openings[venue.pk].has_hours]
    if not venues:
        return
    months = (month, month_before(month), month.replace(year=month.year - 1))
    now, before, year_ago = (_use(community, venues, openings, each) for each in months)
    lines = [
        (label, *(read(use) for use in (now, before, year_ago)))
        for label, read in (
            ("开放天数（各场地合计）", lambda use: str(use.days)),
            ("预约次数", lambda use: str(use.bookings)),
            ("使用小时", lambda use: hours_words(use.used)),
        )
    ]
    yield BulletinSection(
        key=SECTION,
        title="场地开放和使用",
        order=66,
        header=("项目", "本月", "上月", "去年同月"),
        rows=tuple(lines),
        sentences=(_sentence(venues, now),),
        numbers=(
            BulletinNumber("场地开放", now.days, "天", rows=f"{SECTION}.days"),
            BulletinNumber("场地预约", now.bookings, "次", rows=f"{SECTION}.bookings"),
            BulletinNumber("场地使用", hours_words(now.used), "小时", rows=f"{SECTION}.hours"),
        ),
    )


def _sentence(venues: Sequence[Venue], use: Use) -> str:
    shared = sum(venue.unit_id is not None for venue in venues)
    units = f"，其中单位提供的{shared}处" if shared else ""
    words = f"向居民开放的场地{len(venues)}处{units}"
    return f"{words}。本月预约{use.bookings}次，使用{use.used_hours}小时。"


def _bookings(community, venues: Sequence[Venue], month: datetime.date) -> list[VenueBooking]:
    bookings = VenueBooking.objects.of(community).confirmed()
    bookings = bookings.filter(venue__in=[venue.pk for venue in venues]).on_days(month, _last_day(month))
    return list(bookings.select_related("venue").order_by("starts_at", "id"))


def _use(community, venues, openings, month: datetime.date) -> Use:
    bookings = _bookings(community, venues, month)
    uses = use_by_venue(venues, bookings, month, _last_day(month), openings)
    return sum(uses.values(), Use())


def drill_down_rows(
    access: Access, community: CommunityRef, month: datetime.date, key: str
) -> Iterator[Panel]:
    """The venues or bookings that one of these numbers counts; linked for those who may open them."""
    if key not in (f"{SECTION}.{what}" for what in ("days", "bookings", "hours")):
        return
    venues = list(Venue.objects.of(community).filter(is_public=True))
    openings = openings_of(venues)
    venues = [venue for venue in venues if venue.is_bookable or openings[venue.pk].has_hours]
    bookings, links = _bookings(community, venues, month), RowLinks(access, community)
    if key.endswith(".bookings"):
        table = [
            (
                links.link(row, row.when),
                row.venue.name,
                row.get_used_by_display(),
                hours_words(row.hours * 60),
            )
            for row in bookings
        ]
        title = f"{month_word(month)}场地预约：{len(table)}次"
        yield Panel(title, ("时间", "场地", "使用人", "小时"), table, empty="本月没有预约")
        return
    uses = use_by_venue(venues, bookings, month, _last_day(month), openings)
    table = [
        (
            links.link(venue),
            uses[venue.pk].days,
            uses[venue.pk].open_hours,
            uses[venue.pk].bookings,
            uses[venue.pk].used_hours,
            uses[venue.pk].rate,
        )
        for venue in venues
    ]
    header = ("场地", "开放天数", "开放小时", "预约次数", "使用小时", "使用率")
    yield Panel(f"{month_word(month)}场地开放和使用", header, table)
