"""An activity with a venue holds it, and one truth is kept: the activity."""

from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from community.activities import actions
from community.activities.demo import plan_activities
from community.activities.models import Activity
from community.units.models import Unit
from community.venues.models import VenueBooking
from tests.community.activities.planned import client_of, url_of
from tests.community.venues.conftest import DAY, make_booking, make_venue, slot

pytestmark = pytest.mark.django_db


def make_activity(venue, begin=9, end=11, **fields) -> Activity:
    times = slot(begin, end)
    values = {"kind": "meeting", "title": "工作会议", "starts_at": times.starts_at, "ends_at": times.ends_at}
    return Activity.objects.create(community_id=venue.community_id, venue=venue, **values | fields)


def bookings(venue) -> list[tuple]:
    rows = VenueBooking.objects.filter(venue=venue).order_by("starts_at")
    return [(row.used_by, row.state, row.starts_at, row.ends_at) for row in rows]


def held(begin, end) -> tuple:
    times = slot(begin, end)
    return "activity", "confirmed", times.starts_at, times.ends_at


def test_the_booking_is_made_moved_and_taken_away_with_the_activity(house, hall):
    activity = make_activity(hall)
    assert bookings(hall) == [held(9, 11)]
    Activity.objects.filter(pk=activity.pk).update(starts_at=slot(13, 15).starts_at, ends_at=None)
    assert bookings(hall) == [held(13, 15)]  # two hours where no end is known
    other = make_venue(house.kuocang, "会议室")
    activity.refresh_from_db()
    activity.venue = other
    activity.save()
    assert bookings(hall) == []
    assert bookings(other) == [held(13, 15)]
    actions.cancel(activity=activity, reason="改期")
    assert bookings(other) == []
    actions.restore(activity=activity)
    assert bookings(other) == [held(13, 15)]
    activity.refresh_from_db()
    actions.delete_planned(activity)
    assert bookings(other) == []


def test_many_at_once_hold_their_venues(hall):
    rows = [
        Activity(
            community_id=hall.community_id,
            kind="meeting",
            title=f"会{begin}",
            venue=hall,
            starts_at=slot(begin, begin + 1).starts_at,
            ends_at=slot(begin, begin + 1).ends_at,
        )
        for begin in (9, 10)
    ]
    Activity.objects.bulk_create(rows)
    assert bookings(hall) == [held(9, 10), held(10, 11)]


def test_the_database_keeps_activities_and_bookings_apart(hall):
    make_booking(hall)
    with pytest.raises(IntegrityError, match="venuebooking_no_overlap"), transaction.atomic():
        make_activity(hall, 10, 12)
    assert not Activity.objects.filter(venue=hall).exists()


def plan(cast, hall, **more):
    fields = {
        "kind": "culture",
        "title": "联欢会",
        "starts_at": f"{DAY}T10:00",
        "ends_at": f"{DAY}T12:00",
        "venue": hall.pk,
    }
    return client_of(cast, "staff").post(url_of("activity_create"), fields | more)


def test_a_clash_is_said_at_the_venue_of_the_form(cast, hall):
    make_booking(hall)
    answer = plan(cast, hall)
    assert answer.status_code == 422
    assert "9:00–11:00已由“书法班”预约" in "".join(answer.context["form"].errors["venue"])
    assert plan(cast, hall, starts_at=f"{DAY}T11:00").status_code == 302
    assert bookings(hall)[1] == held(11, 12)


def test_only_a_units_venue_keeps_its_hours(house, cast, hall):
    late = {"starts_at": f"{DAY}T20:00", "ends_at": f"{DAY}T21:00"}
    assert plan(cast, hall, **late).status_code == 302
    shared = make_venue(house.kuocang, "操场", unit=Unit.objects.of(house.kuocang).first())
    answer = plan(cast, shared, **late)
    assert "开放时间是8:00–20:00" in "".join(answer.context["form"].errors["venue"])


def test_editing_the_words_of_an_activity_does_not_ask_for_its_venue_again(cast, hall):
    activity = make_activity(hall)
    client = client_of(cast, "staff")
    address = url_of("activity_edit", row=activity.uuid)
    form = client.get(address).context["form"]
    fields = {name: form[name].value() or "" for name in form.fields} | {"title": "新名称"}
    fields["starts_at"], fields["ends_at"] = f"{DAY}T09:00", f"{DAY}T11:00"
    assert client.post(address, fields).status_code == 302
    assert bookings(hall) == [held(9, 11)]


def test_a_cancelled_activity_does_not_come_back_into_a_taken_venue(cast, hall):
    activity = make_activity(hall)
    actions.cancel(activity=activity, reason="改期")
    make_booking(hall)
    answer = client_of(cast, "staff").post(url_of("activity_restore", row=activity.uuid), {})
    assert "请先为活动换一个场地或时间" in answer.content.decode()
    activity.refresh_from_db()
    assert activity.state == "cancelled"


def test_a_booking_shows_its_activity_to_whom_that_is_open(cast, hall):
    """Staff see the meeting; of a meeting of the party nothing but that the venue is held."""
    open_one, of_party = (
        make_activity(hall),
        make_activity(hall, 13, 15, kind="party_assembly", title="支部大会"),
    )
    client = client_of(cast, "staff")
    address = f"/c/kuocang/venue-week/?venue={hall.uuid}&day={DAY}"
    page = client.get(address).content.decode()
    assert "工作会议" in page
    assert "支部大会" not in page
    assert "会议活动" in page
    assert "支部大会" in client_of(cast, "party").get(address).content.decode()
    open_one.refresh_from_db()
    of_party.refresh_from_db()
    detail = client.get(url_of("venuebooking_detail", row=open_one.booking.uuid)).content.decode()
    assert url_of("activity_detail", row=open_one.uuid) in detail
    hidden = client.get(url_of("venuebooking_detail", row=of_party.booking.uuid)).content.decode()
    assert "您看不到这个会议活动" in hidden


def test_the_booking_of_an_activity_is_not_changed_by_itself(cast, hall):
    activity = make_activity(hall)
    activity.refresh_from_db()
    client = client_of(cast, "staff")
    answer = client.post(url_of("venuebooking_cancel", row=activity.booking.uuid), {"reason": "误"})
    assert "请在活动页面改期或取消" in answer.content.decode()
    assert bookings(hall) == [held(9, 11)]


def test_deleting_an_activity_leaves_the_other_bookings(hall):
    other = make_booking(hall, 15, 17)
    make_activity(hall).delete()
    assert list(VenueBooking.objects.filter(venue=hall)) == [other]


def test_activities_of_the_demo_find_free_mornings(house):
    plan_activities(SimpleNamespace(community=house.kuocang, today=timezone.localdate()))
    activities = Activity.objects.of(house.kuocang).filter(venue__kind="activity", booking__isnull=False)
    assert activities.count() == 4
    assert {activity.state for activity in activities} == {"held", "planned"}
