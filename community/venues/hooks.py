"""Hooks of venues: menu, to-do, figures, search, section of the bulletin, panel on the unit's page."""

import datetime
from collections.abc import Collection, Iterator

from django.db.models import Count, Min, Sum
from django.utils import timezone

from community.units.models import Unit
from community.venues.bulletin_section import drill_down_rows, sections
from community.venues.models import Venue, VenueBooking
from community.venues.opening import year_of
from community.venues.registers import LINE, VenueBookingRegister, VenueRegister
from community.venues.usage import hours_words, open_days, use_by_venue
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due, DueKind
from portal.hooks.figures import Figure
from portal.hooks.menu import DeskArea, add_act, add_menu_page
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link, Panel
from portal.registers.row_links import RowLinks
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords

add_menu_page(DeskArea.COUNCIL, "周视图", "community:venue_week", P.VENUES, 61, line=LINE)
add_menu_page(DeskArea.COUNCIL, "使用统计", "community:venue_use", P.VENUES, 63, line=LINE)
add_act(DeskArea.COUNCIL, "预约场地", "community:venuebooking_add", P.VENUES, 60)

hook(Hook.BULLETIN_SECTIONS)(sections)
hook(Hook.BULLETIN_ROWS)(drill_down_rows)


@hook(Hook.DUE)
def requests_due(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """Requests that wait for an answer."""
    places = access.permitted(P.VENUES, communities)
    asked = rows(VenueBooking, access, P.VENUES).in_communities(places).requested().order_by()
    numbers = asked.values_list("community_id").annotate(count=Count("pk"), since=Min("asked_at"))
    for pk, count, since in numbers:
        url = f"{places[pk].url('community:venuebooking_list')}?state=requested"
        day = timezone.localdate(since) if since else None
        yield Due(
            places[pk], f"场地申请待确认 {count}件", url, "去答复", None, count, day, kind=DueKind.DECISION
        )


@hook(Hook.DUE)
def bookings_of_tomorrow(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """Venues that are used tomorrow and have to be made ready today."""
    places = access.permitted(P.VENUES, communities)
    tomorrow = today + datetime.timedelta(days=1)
    bookings = rows(VenueBooking, access, P.VENUES).in_communities(places).confirmed()
    bookings = bookings.on_days(tomorrow, tomorrow).order_by()
    for pk, count in bookings.values_list("community_id").annotate(Count("pk")):
        url = places[pk].url("community:venuebooking_list")
        url = f"{url}?day_from={tomorrow}&day_to={tomorrow}&state=confirmed"
        yield Due(places[pk], f"明天有场地预约 {count}个", url, "去查看", today, count)


@hook(Hook.FIGURES)
def figures(community: CommunityRef, year: int) -> Iterator[Figure]:
    """Floor area of activity rooms; open days of the shared venue that is open the most."""
    venues = Venue.objects.of(community)
    url = community.url("community:venue_list")
    yield Figure(
        "activity_room_m2",
        "居民活动室面积",
        lambda: venues.filter(kind=Venue.Kind.ACTIVITY).aggregate(Sum("floor_m2"))["floor_m2__sum"],
        "平方米",
        f"{url}?kind=activity",
    )
    yield Figure(
        "shared_venue_days",
        "共享场地开放天数",
        lambda: max(open_days(list(venues.shared()), *year_of(year)).values(), default=0),
        "天",
        f"{community.url('community:venue_use')}?year={year}",
        right=P.VENUES,
    )


@hook(Hook.SEARCH)
def search_venues(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Venues and bookings that match a search of the page head."""
    yield from search_register(VenueRegister(), access, community, words, 62)
    yield from search_register(VenueBookingRegister(), access, community, words, 63)


@extend
class VenuesOfUnit(RegisterExtension):
    """The venues that a unit shares, with their use this year, on the unit's page."""

    model = Unit

    def panels(self, row, access, community):
        if not access.can(P.PROFILE_VIEW, community):
            return []
        venues = list(rows(Venue, access, P.PROFILE_VIEW, community).filter(unit=row))
        if not venues:
            return []
        first, last = year_of(timezone.localdate().year)
        bookings = []
        if may_count := access.can(P.VENUES, community):
            bookings = rows(VenueBooking, access, P.VENUES, community).confirmed()
            bookings = list(bookings.filter(venue__in=venues).on_days(first, last))
        uses, links = use_by_venue(venues, bookings, first, last), RowLinks(access, community)
        table = [
            (
                links.link(venue),
                venue.get_kind_display(),
                uses[venue.pk].days,
                *((uses[venue.pk].bookings, hours_words(uses[venue.pk].used)) if may_count else ()),
            )
            for venue in venues
        ]
        header = ("场地", "类别", "今年开放天数", *(("预约次数", "使用小时") if may_count else ()))
        more = Link("使用统计", community.url("community:venue_use"))
        return [Panel("提供的场地", header, table, links=(more,) if may_count else ())]
