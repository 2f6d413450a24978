"""A hall that is open every day from 8 to 20, and what is done with it on its pages."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.venues.models import Venue, VenueBooking, VenueHours
from community.venues.slots import Slot

DAY = timezone.localdate() + datetime.timedelta(days=7)
"""A day in a week's time, on which nothing is booked."""


def url_of(name: str, **kwargs) -> str:
    return reverse(f"community:{name}", kwargs={"community": "kuocang", **kwargs})


def make_venue(community, name="礼堂", hours=range(1, 8), **fields) -> Venue:
    venue = Venue.objects.create(community=community, name=name, **{"is_bookable": True} | fields)
    VenueHours.objects.bulk_create(
        VenueHours(
            community=community, venue=venue, weekday=day, opens=datetime.time(8), closes=datetime.time(20)
        )
        for day in hours
    )
    return venue


def slot(begin: int, end: int, day: datetime.date = DAY) -> Slot:
    return Slot.on(day, datetime.time(begin), datetime.time(end))


def make_booking(venue: Venue, begin=9, end=11, day: datetime.date = DAY, **fields) -> VenueBooking:
    times = slot(begin, end, day)
    values = {"title": "书法班", "used_by": "own", "state": "confirmed"} | fields
    return VenueBooking.objects.create(
        community_id=venue.community_id,
        venue=venue,
        starts_at=times.starts_at,
        ends_at=times.ends_at,
        **values,
    )


@pytest.fixture
def hall(house):
    return make_venue(house.kuocang)


@pytest.fixture
def party(cast):
    client = Client()
    client.force_login(cast["party"])
    return client


@pytest.fixture
def add(party, hall):
    """Fill in the page of a new booking and send it; the answer."""

    def add(begin="09:00", end="11:00", day=DAY, **more):
        fields = {
            "venue": hall.pk,
            "day": day,
            "starts": begin,
            "ends": end,
            "title": "合唱队",
            "used_by": "own",
        }
        return party.post(url_of("venuebooking_add"), fields | more)

    return add
