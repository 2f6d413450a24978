"""Venues for everybody: what is free, the request, its code, and what the public's database role may read."""

import datetime
import re

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from community.objections.tracking_codes import code_hash
from community.venue_requests.queries import first_and_last_day, public_venues
from community.venues import actions
from community.venues.models import Venue, VenueBooking, VenueClosure
from portal.access.db_scope import PUBLIC, scope
from tests.community.venues.conftest import make_booking, make_venue

pytestmark = pytest.mark.django_db
LIST = "/p/kuocang/venues/"


@pytest.fixture
def hall(house):
    return make_venue(house.kuocang)


@pytest.fixture
def day():
    return timezone.localdate() + datetime.timedelta(days=3)


@pytest.fixture
def ask(client, hall, day):
    """Fill in the public form and send it; the answer."""
    address = f"{LIST}{hall.uuid}/request/"

    def ask(**more):
        page = client.get(address).content.decode()
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
        fields = {
            "day": day,
            "starts": "09:00",
            "ends": "11:00",
            "title": "乒乓球",
            "name": "李四",
            "phone": "13800000000",
        }
        return client.post(address, hidden | fields | more)

    return ask


def code_of(answer) -> str:
    return re.search(r'class="secret">([^<]+)<', answer.content.decode())[1]


def track(client, code: str, **more) -> str:
    page = client.get("/track/").content.decode()
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page)
    return client.post(
        "/track/", {"code": code, "csrfmiddlewaretoken": token and token[1]} | more
    ).content.decode()


def test_the_page_shows_what_is_free_and_why_something_is_closed(house, client, hall, day):
    make_booking(hall, 10, 12, day, title="秘密")
    make_booking(hall, 14, 15, day, state="requested")
    closed = day + datetime.timedelta(days=1)
    VenueClosure.objects.create(
        community=house.kuocang, venue=hall, start=closed, end=closed, reason="消防检修"
    )
    page = client.get(LIST).content.decode()
    assert "8:00–10:00、12:00–20:00" in page
    assert "暂停开放：消防检修" in page
    assert "秘密" not in page
    (found,) = (each for each in public_venues(house.kuocang) if each.venue == hall)
    assert [found.days[0].date, found.days[-1].date] == list(first_and_last_day())
    assert len(found.days) == 14


def test_the_page_is_rendered_anew_when_bookings_change(house, client, hall, day, stored_pages, monkeypatch):
    monkeypatch.setattr("portal.published_pages.changes.CHECK_SECONDS", 0)
    assert "已约满" not in client.get(LIST).content.decode()
    make_booking(hall, 8, 20, day)
    assert "已约满" in client.get(LIST).content.decode()
    VenueBooking.objects.filter(venue=hall).delete()
    assert "已约满" not in client.get(LIST).content.decode()


def test_only_public_venues_with_hours_are_shown(house, client, hall):
    make_venue(house.kuocang, "内部会议室", is_public=False)
    make_venue(house.kuocang, "没有时间", hours=())
    page = client.get(LIST).content.decode()
    assert "礼堂" in page
    assert "内部会议室" not in page
    assert "没有时间" not in page
    inner = Venue.objects.get(name="内部会议室")
    assert client.get(f"{LIST}{inner.uuid}/request/").status_code == 404
    assert "内部会议室" not in client.get("/p/kuocang/profile/").content.decode()


def test_a_request_gives_a_code_that_shows_its_state(house, cast, client, hall, ask):
    answer = ask()
    code = code_of(answer)
    assert answer["Cache-Control"] == "no-store"
    booking = VenueBooking.objects.get(venue=hall)
    assert (booking.state, booking.used_by, booking.name, booking.phone) == (
        "requested",
        "resident",
        "李四",
        "13800000000",
    )
    assert bytes(booking.code_hash) == code_hash(code)
    page = track(client, code)
    assert "待社区答复" in page
    assert "13800000000" not in page
    assert "李四" not in page
    actions.confirm(by=cast["party"], booking=booking, answer="请提前取钥匙")
    page = track(client, code)
    assert "已同意" in page
    assert "请提前取钥匙" in page
    assert "确认撤回" not in page


def test_a_request_is_withdrawn_until_it_is_decided(house, cast, client, hall, ask):
    code = code_of(ask())
    assert "确认撤回" in track(client, code)
    assert "您已撤回" in track(client, code, act="withdraw", text="")
    assert VenueBooking.objects.get(venue=hall).state == "withdrawn"
    other = code_of(ask(starts="12:00", ends="13:00"))
    booking = VenueBooking.objects.get(venue=hall, state="requested")
    actions.decline(by=cast["party"], booking=booking, answer="社区要用")
    page = track(client, other, act="withdraw", text="")
    assert "社区要用" in page
    booking.refresh_from_db()
    assert booking.state == "declined"


def test_a_request_sent_twice_is_taken_once(client, hall, day):
    address = f"{LIST}{hall.uuid}/request/"
    hidden = dict(
        re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', client.get(address).content.decode())
    )
    fields = {
        "day": day,
        "starts": "09:00",
        "ends": "11:00",
        "title": "球",
        "name": "李",
        "phone": "13800000000",
    }
    codes = {code_of(client.post(address, hidden | fields)) for _ in range(2)}
    assert len(codes) == 1
    assert VenueBooking.objects.filter(venue=hall).count() == 1


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"starts": "07:00"}, "starts"),
        ({"starts": "12:30", "ends": "13:30"}, "starts"),
        ({"ends": "08:00"}, "ends"),
        ({"day": "2020-01-01"}, "day"),
        ({"phone": "12"}, "phone"),
        ({"name": ""}, "name"),
        ({"title": ""}, "title"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(hall, day, ask, fields, name):
    make_booking(hall, 13, 15, day)
    answer = ask(**fields)
    assert answer.status_code == 422
    assert name in answer.context["form"].errors
    assert VenueBooking.objects.filter(venue=hall).count() == 1


def test_many_requests_from_one_network_are_refused(ask, monkeypatch):
    from community.venue_requests import views
    from portal.audit.intake_limits import IntakeLimits

    limits = IntakeLimits("venue-test", network=(1, 1), community=(1, 1), beyond=(1, 1))
    monkeypatch.setattr(views, "LIMITS", limits)
    codes = [ask(starts=f"{hour:02}:00", ends=f"{hour + 1:02}:00").status_code for hour in (9, 10, 11)]
    assert codes == [200, 200, 429]


def refused(sql: str, *arguments) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, arguments)


def test_the_public_role_reads_times_and_nothing_else(house, hall, day):
    make_booking(hall, 9, 11, day)
    make_booking(hall, 12, 13, day, state="requested")
    make_venue(house.kuocang, "内部", is_public=False)
    with scope(PUBLIC):
        taken = VenueBooking.objects.filter(venue=hall).values_list("starts_at", "state")
        assert [state for _, state in taken] == ["confirmed"]
        assert not Venue.objects.filter(name="内部").exists()
        for column in ("title", "name", "phone", "answer", "code_hash", "unit_id"):
            refused(f"SELECT {column} FROM community_venuebooking")
        refused("SELECT * FROM community_venuebookingevent")
        refused("UPDATE community_venuebooking SET state = 'cancelled'")
        refused("DELETE FROM community_venuebooking")
        refused("INSERT INTO community_venueclosure (community_id) VALUES (1)")


def test_the_function_refuses_what_the_page_does_not_offer(house, hall, day):
    """Whatever was checked before: not a venue that is not public, and no time that is taken."""
    make_booking(hall, 9, 11, day)
    starts = VenueBooking.objects.get(venue=hall).starts_at
    inner = make_venue(house.kuocang, "内部", is_public=False)

    def result(venue) -> str:
        with scope(PUBLIC), connection.cursor() as cursor:
            times = [starts, starts + datetime.timedelta(hours=1)]
            cursor.execute(
                "SELECT community_request_venue(%s, %s, %s, %s, 'x', 'y', '1', %s, now())",
                [house.kuocang.id, venue.uuid, *times, b"hash"],
            )
            return cursor.fetchone()[0]

    assert result(hall) == "taken"
    assert result(inner) == "refused"
