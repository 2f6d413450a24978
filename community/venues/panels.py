"""What the pages of venues, bookings and closures show below their facts."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils import timezone

from community.venues.models import Venue, VenueBooking, VenueClosure, VenueHours
from community.venues.opening import openings_of, year_of
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.registers.panels import Link, Panel
from portal.registers.registry import row_url
from portal.registers.row_links import RowLinks

OF_ACTIVITIES = Q(used_by=VenueBooking.UsedBy.ACTIVITY)
_MOST = 20


def who(booking: VenueBooking) -> str:
    """The unit or the resident who uses a venue."""
    return booking.unit.name if booking.unit else booking.name


def of_venue(venue: Venue, access, community) -> list[Panel]:
    """Hours and closures, and for who may book what is booked next."""
    panels = [_hours(venue, access, community), _closures(venue, access, community)]
    if access.can(P.VENUES, community):
        coming = rows(VenueBooking, access, P.VENUES, community).filter(venue=venue).open()
        coming = coming.filter(ends_at__gt=timezone.now()).select_related("venue", "unit")
        title = "接下来的预约"
        panels.append(bookings_panel(title, coming.order_by("starts_at", "id")[:_MOST], access, community))
    return panels


def _hours(venue: Venue, access, community) -> Panel:
    hours = rows(VenueHours, access, P.PROFILE_VIEW, community).filter(venue=venue)
    hours = hours.select_related("venue").order_by("weekday", "opens", "id")
    links = RowLinks(access, community)
    table = [
        (
            links.link(row, row.get_weekday_display()),
            f"{row.opens:%H:%M}–{row.closes:%H:%M}",
            row.start or "",
            row.end or "",
        )
        for row in hours
    ]
    year = timezone.localdate().year
    number = openings_of([venue])[venue.pk].open_days(*year_of(year))
    title = f"开放时间：{year}年开放{number}天" if table else "开放时间"
    set_hours = Link("设置开放时间", community.url("community:venue_hours", row=venue.uuid))
    return Panel(
        title,
        ("星期", "时间", "自", "至"),
        table,
        empty="还没有设置开放时间，预约时不核对时间",
        links=(set_hours,) if access.can(P.VENUES, community) else (),
    )


def _closures(venue: Venue, access, community) -> Panel:
    closures = rows(VenueClosure, access, P.PROFILE_VIEW, community).filter(venue=venue)
    links = RowLinks(access, community)
    table = [
        (links.link(row, row.days), row.reason)
        for row in closures.select_related("venue").order_by("-start", "-id")[:_MOST]
    ]
    close = Link("暂停开放", community.url("community:venue_close", row=venue.uuid))
    return Panel(
        "暂停开放",
        ("日期", "原因"),
        table,
        empty="没有暂停开放的日期",
        links=(close,) if access.can(P.VENUES, community) else (),
    )


def of_booking(booking: VenueBooking, access, community) -> list[Panel]:
    """The other bookings of its series."""
    if booking.series is None:
        return []
    others = rows(VenueBooking, access, P.VENUES, community).filter(series=booking.series)
    others = others.exclude(pk=booking.pk).select_related("venue", "unit").order_by("starts_at", "id")
    return [bookings_panel("同一系列的预约", others, access, community)]


def of_closure(closure: VenueClosure, access, community) -> list[Panel]:
    """What was called off with it, and what stands although the venue is closed."""
    if not access.can(P.VENUES, community):
        return []
    bookings = rows(VenueBooking, access, P.VENUES, community).select_related("venue", "unit")
    ended = bookings.filter(closure=closure).order_by("starts_at", "id")
    standing = bookings.filter(venue=closure.venue_id).open().on_days(closure.start, closure.end)
    return [
        bookings_panel("一并取消的预约", ended, access, community),
        bookings_panel("仍在这几天的预约", standing.order_by("starts_at", "id"), access, community),
    ]


def bookings_panel(title: str, bookings: Sequence[VenueBooking], access, community) -> Panel:
    """A table of bookings, each linked."""
    links = RowLinks(access, community)
    table = [
        (
            links.link(row, row.when),
            row.title,
            row.get_used_by_display(),
            who(row),
            row.get_state_display(),
        )
        for row in bookings
    ]
    return Panel(title, ("时间", "用途", "使用人", "单位或姓名", "状态"), table, empty="没有预约")


def booking_url(booking: VenueBooking, community) -> str:
    return row_url(booking, community)
