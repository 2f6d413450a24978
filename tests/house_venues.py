"""The venue of the house: hours on Mondays, a closure and a booking of a day in January."""

import datetime

from community.communities.models import Community
from community.venues.models import Venue, VenueBooking, VenueClosure, VenueHours


def build_venue(community: Community) -> Venue:
    venue = Venue.objects.create(
        community=community, name="活动室", kind="activity", floor_m2=180, is_bookable=True
    )
    VenueHours.objects.create(
        community=community, venue=venue, weekday=1, opens=datetime.time(8), closes=datetime.time(20)
    )
    day = datetime.date(2026, 1, 6)
    VenueClosure.objects.create(community=community, venue=venue, start=day, end=day, reason="检修")
    starts_at = datetime.datetime(2026, 1, 5, 1, tzinfo=datetime.UTC)
    VenueBooking.objects.create(
        community=community,
        venue=venue,
        starts_at=starts_at,
        ends_at=starts_at + datetime.timedelta(hours=2),
        title="书法班",
        used_by="own",
        state="confirmed",
    )
    return venue
