"""When venues are open: weekdays, dated hours, closures, sums of a year."""

import datetime

import pytest
from django.core.management import call_command

from community.units.models import Unit
from community.venues.models import Venue, VenueClosure, VenueHours
from community.venues.opening import merged, openings_of, span_words, week_words, without, year_of
from community.venues.slots import Repeat
from tests.community.venues.conftest import make_venue

pytestmark = pytest.mark.django_db
Day = datetime.date


def opening(venue: Venue):
    return openings_of([venue])[venue.pk]


def test_spans_are_joined_and_cut():
    assert merged([(60, 90), (0, 30), (30, 45), (80, 100)]) == [(0, 45), (60, 100)]
    assert without([(0, 100)], [(20, 40), (90, 120)]) == [(0, 20), (40, 90)]
    assert without([(0, 100)], [(0, 100)]) == []
    assert span_words([(480, 690), (840, 1440)]) == "8:00–11:30、14:00–24:00"


@pytest.mark.parametrize(("year", "days"), [(2026, 365), (2027, 365), (2028, 366), (2100, 365)])
def test_a_venue_that_is_open_every_day_is_open_on_all_days_of_the_year(house, year, days):
    assert opening(make_venue(house.kuocang)).open_days(*year_of(year)) == days


def test_closed_days_and_weekdays_do_not_count(house):
    venue = make_venue(house.kuocang, hours=range(1, 6))
    VenueClosure.objects.create(
        community=house.kuocang, venue=venue, start=Day(2026, 2, 14), end=Day(2026, 2, 23), reason="春节"
    )
    found = opening(venue)
    assert found.open_days(Day(2026, 2, 1), Day(2026, 2, 28)) == 14  # twenty weekdays without six
    assert found.minutes(Day(2026, 2, 2), Day(2026, 2, 8)) == 5 * 12 * 60
    assert found.closure_on(Day(2026, 2, 23)).reason == "春节"
    assert found.closure_on(Day(2026, 2, 24)) is None


def test_hours_are_in_force_from_day_to_day(house):
    venue = make_venue(house.kuocang, hours=())
    of_venue = {"community": house.kuocang, "venue": venue, "weekday": 1, "opens": datetime.time(18)}
    VenueHours.objects.create(**of_venue, closes=datetime.time(20), end=Day(2026, 6, 30))
    VenueHours.objects.create(**of_venue, closes=datetime.time(23, 59), start=Day(2026, 7, 1))
    found = opening(venue)
    assert found.hours_on(Day(2026, 6, 29)) == [(1080, 1200)]
    assert found.hours_on(Day(2026, 7, 6)) == [(1080, 1440)]
    assert found.hours_on(Day(2026, 7, 7)) == []


def test_the_week_in_words_joins_neighbours(house):
    venue = make_venue(house.kuocang, hours=range(1, 6))
    assert week_words(opening(venue), Day(2026, 12, 1)) == [("周一至周五", "8:00–20:00")]
    assert week_words(opening(make_venue(house.kuocang, "广场")), Day(2026, 12, 1)) == [
        ("每天", "8:00–20:00")
    ]


def test_series_by_weeks_and_by_months():
    def days(first, until, weeks):
        return list(map(str, Repeat(until, weeks).days(first)))

    assert days(Day(2026, 12, 1), Day(2026, 12, 29), 2) == ["2026-12-01", "2026-12-15", "2026-12-29"]
    assert days(Day(2027, 1, 31), Day(2027, 4, 1), 0) == ["2027-01-31", "2027年2月没有31日", "2027-03-31"]
    assert days(Day(2027, 12, 29), Day(2028, 2, 29), 0) == ["2027-12-29", "2028-01-29", "2028-02-29"]


def test_the_figure_is_the_most_open_shared_venue(house, capsys):
    unit = Unit.objects.of(house.kuocang).first()
    make_venue(house.kuocang, "自己的")
    make_venue(house.kuocang, "球场", hours=(6, 7), unit=unit)
    call_command("figures", "--community", "kuocang", "--json", "--year", "2026")
    assert '"shared_venue_days": 104' in capsys.readouterr().out
    make_venue(house.kuocang, "操场", unit=unit)
    call_command("figures", "--community", "kuocang", "--json", "--year", "2028")
    assert '"shared_venue_days": 366' in capsys.readouterr().out
