"""Hooks of activities: to-do, what a death or move-out ends, search, timeline, bookings of their venues."""

import datetime
from collections.abc import Collection, Iterator
from functools import partial

from django.utils import timezone

from community.activities.models import Activity, Attendance
from community.activities.registers import ActivityRegister
from community.people.models import Person
from community.venues.models import VenueBooking
from community.venues.week import BOOKED_FOR
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.departure import Consequence, Departure
from portal.hooks.due import Due
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.hooks.timeline import TimelineEntry
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Panel
from portal.registers.row_links import RowLinks
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords
from portal.values.dates import table_day

Came = Attendance.State


@hook(Hook.DUE)
def unrecorded_due(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """Activities that are past, and of which nobody has recorded who came."""
    places, register = access.permitted(P.ACTIVITIES, communities), ActivityRegister()
    if not places:
        return
    activities = rows(Activity, access, P.ACTIVITIES).in_communities(places).unrecorded()
    for activity in activities.order_by("starts_at", "id"):
        place = places[activity.community_id]
        yield Due(
            place,
            f"{activity}（{table_day(activity.starts_at)}）待登记到会",
            register.url("record", place, activity),
            "去登记",
            timezone.localdate(activity.starts_at),
            fold="待登记到会的活动",
        )


@hook(Hook.PERSON_LEFT)
def ended_by_departure(person: Person, departure: Departure) -> Iterator[Consequence]:
    """Activities at which the person is expected later."""
    lines = Attendance.objects.filter(community_id=person.community_id, person=person)
    lines = lines.filter(state=Came.EXPECTED, activity__state=Activity.State.PLANNED)
    lines = lines.filter(activity__starts_at__date__gte=departure.on).select_related("activity")
    reason = "去世" if departure.died else "已迁出"
    for line in lines.order_by("activity__starts_at", "id"):
        title = f"{table_day(line.activity.starts_at)}{line.activity}的应到"
        yield Consequence(f"attendance-{line.uuid}", title, line, partial(_take_off, line, reason))


def _take_off(line: Attendance, reason: str) -> None:
    line.state, line.reason = Came.OFF, reason
    line.version += 1
    line.save(update_fields=["state", "reason", "version"])


@hook(Hook.SEARCH)
def search_activities(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Activities that match a search of the page head."""
    yield from search_register(ActivityRegister(), access, community, words, 60)


@hook(Hook.TIMELINE)
def attendances_of_person(person: Person, access: Access, community: CommunityRef) -> Iterator[TimelineEntry]:
    """Activities that the person attended, missed or made up for."""
    lines = rows(Attendance, access, P.ACTIVITIES, community).filter(person=person)
    for line in lines.exclude(state__in=(Came.EXPECTED, Came.OFF)).select_related("activity"):
        activity = line.activity
        url = ActivityRegister().url("detail", community, activity)
        day, state = timezone.localdate(activity.starts_at), line.get_state_display()
        yield TimelineEntry(day, activity.get_kind_display(), f"{activity}，{state}", url, line.reason)


@hook(BOOKED_FOR)
def activities_of_bookings(
    access: Access, community: CommunityRef, bookings: Collection[int]
) -> Iterator[tuple[int, str, str]]:
    """The activities that hold these bookings, as far as the user may see them."""
    register = ActivityRegister()
    for activity in rows(Activity, access, P.ACTIVITIES, community).filter(booking__in=bookings):
        yield activity.booking_id, activity.title, register.url("detail", community, activity)


@extend
class ActivityOfBooking(RegisterExtension):
    """The activity that holds a venue, on the page of the booking."""

    model = VenueBooking

    def panels(self, row, access, community):
        if not row.is_of_activity or not access.can(P.ACTIVITIES, community):
            return []
        activities = rows(Activity, access, P.ACTIVITIES, community).filter(booking=row)
        links = RowLinks(access, community)
        table = [(links.link(each), each.get_kind_display(), each.get_state_display()) for each in activities]
        return [Panel("会议活动", ("名称", "类别", "状态"), table, empty="您看不到这个会议活动")]
