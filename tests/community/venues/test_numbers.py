"""Numbers of venues: use by month and user, the bulletin's section, to-do, the unit's page, the sheet."""

import datetime

import pytest
from django.utils import timezone

from community.units.models import Unit
from community.venues.bulletin_section import drill_down_rows, sections
from community.venues.hooks import bookings_of_tomorrow, requests_due
from community.venues.models import Venue, VenueBooking, VenueClosure
from community.venues.usage import usage_report, use_by_venue
from portal.access.user_access import Access
from portal.hooks.due import DueKind
from tests.community.venues.conftest import make_booking, make_venue, slot, url_of

pytestmark = pytest.mark.django_db
Day = datetime.date
MONTH = Day(2026, 11, 1)


def test_use_counts_hours_inside_and_outside_of_the_opening(house):
    venue = make_venue(house.kuocang)
    day = Day(2026, 11, 3)
    make_booking(venue, 9, 11, day)
    make_booking(venue, 19, 22, day, used_by="unit", unit=Unit.objects.of(house.kuocang).first())
    make_booking(venue, 14, 16, day, state="cancelled", cancelled_because="下雨")
    bookings = VenueBooking.objects.filter(venue=venue).confirmed()
    use = use_by_venue([venue], bookings, MONTH, Day(2026, 11, 30))[venue.pk]
    assert (use.days, use.open, use.bookings) == (30, 30 * 12 * 60, 2)
    assert (use.used_hours, use.inside) == ("5", 3 * 60)
    assert (use.by_user["own"], use.by_user["unit"]) == (120, 180)
    report = usage_report([venue], list(bookings), 2026)
    assert [each.bookings for each in report.months] == [0] * 10 + [2, 0]
    assert report.total.used_hours == "5"


def test_a_venue_that_nobody_books_does_not_lower_the_rate(house):
    hall, square = make_venue(house.kuocang), make_venue(house.kuocang, "广场", is_bookable=False)
    booking = make_booking(hall, 8, 20, Day(2026, 11, 3))
    report = usage_report([hall, square], [booking], 2026)
    assert report.total.open_hours == str(365 * 12)
    assert len(report.venues) == 2


def test_the_section_has_the_month_before_and_a_year_ago_beside(house):
    Venue.objects.of(house.kuocang).update(is_public=False)
    venue = make_venue(house.kuocang)
    for day in (Day(2026, 11, 3), Day(2026, 11, 4), Day(2026, 10, 5), Day(2025, 11, 6)):
        make_booking(venue, 9, 11, day)
    VenueClosure.objects.create(
        community=house.kuocang, venue=venue, start=Day(2026, 11, 29), end=Day(2026, 11, 30), reason="检修"
    )
    (section,) = sections(house.kuocang, MONTH)
    assert section.header == ("项目", "本月", "上月", "去年同月")
    assert [row[1:] for row in section.rows] == [("28", "31", "30"), ("2", "1", "1"), ("4", "2", "2")]
    assert [number.value for number in section.numbers] == [28, 2, "4"]


def test_behind_each_number_of_the_section_stand_its_rows(house, cast):
    venue = make_venue(house.kuocang)
    make_booking(venue, 9, 11, Day(2026, 11, 3))
    (section,) = sections(house.kuocang, MONTH)
    for name in ("director", "supervisor"):
        access, community = Access.of(cast[name]), house.kuocang.ref
        for number in section.numbers:
            (panel,) = drill_down_rows(access, community, MONTH, number.rows)
            assert any(
                venue.name in str(cell) or getattr(cell, "label", "") == venue.name
                for row in panel.rows
                for cell in row
            )
    assert not list(drill_down_rows(access, community, MONTH, "community.venues.others"))


def test_no_venues_no_section(house):
    assert not list(sections(house.beizheng, MONTH))


def test_requests_and_the_bookings_of_tomorrow_are_due(house, cast, hall):
    today = timezone.localdate()
    make_booking(hall, state="requested", asked_at=slot(9, 10, today).starts_at)
    make_booking(hall, 9, 11, today + datetime.timedelta(days=1))
    make_booking(hall, 9, 11, today + datetime.timedelta(days=2))
    for name, number in (("party", 1), ("staff", 1), ("finance", 0), ("stranger", 0)):
        access = Access.of(cast[name])
        communities = access.communities
        asked = list(requests_due(access, communities, today))
        assert [(due.count, due.kind) for due in asked] == [(1, DueKind.DECISION)] * number
        assert len(list(bookings_of_tomorrow(access, communities, today))) == number


def test_the_links_of_the_to_do_lead_to_their_rows(house, party, hall):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    booking = make_booking(hall, 9, 11, tomorrow)
    make_booking(hall, 12, 14)
    address = url_of("venuebooking_list") + f"?day_from={tomorrow}&day_to={tomorrow}&state=confirmed"
    assert [row.pk for row in party.get(address).context["page"].object_list] == [booking.pk]


def test_the_page_of_a_unit_shows_what_it_shares(house, party):
    unit = Unit.objects.of(house.kuocang).first()
    make_booking(make_venue(house.kuocang, "操场", unit=unit), 9, 11)
    page = party.get(url_of("unit_detail", row=unit.uuid)).content.decode()
    assert "提供的场地" in page
    assert "操场" in page


@pytest.mark.parametrize("query", ["", "?venue=none&day=0000-00-00", "?day=2026-02-30", "?day=9999-12-31"])
def test_the_week_opens_with_any_query(party, hall, query):
    assert party.get(url_of("venue_week") + query).status_code == 200


def test_the_sheet_names_no_resident(house, cast, party, hall, monkeypatch):
    shown = {}

    def render(template, context):
        shown.update(context)
        return b"%PDF"

    monkeypatch.setattr("community.venues.papers.render_pdf", render)
    booking = make_booking(hall, used_by="resident", name="李四", phone="13800000000", title="李四生日")
    make_booking(hall, 12, 13, title="书法班")
    make_booking(hall, 14, 15, title="待定", state="requested")
    answer = party.get(url_of("venue_sheet") + f"?venue={hall.uuid}&day={booking.day}")
    assert answer.content == b"%PDF"
    words = [line for _, _, lines in shown["days"] for line in lines]
    assert words == [("9:00–11:00", "居民预约"), ("12:00–13:00", "书法班")]
    assert party.get(url_of("venue_sheet")).status_code == 404
