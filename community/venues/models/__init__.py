"""Venues (场地): when they are open, when they are closed, and who has booked them."""

from community.venues.models.booking import VenueBooking, midnight
from community.venues.models.venue import Venue, VenueClosure, VenueHours

__all__ = [
    "Venue",
    "VenueBooking",
    "VenueClosure",
    "VenueHours",
    "midnight",
]
