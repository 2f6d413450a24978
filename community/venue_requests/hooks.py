"""Hooks of venues for everybody: the tile of the community's front page, and what a tracking code opens."""

from collections.abc import Iterator

from django.urls import reverse

from community.venue_requests.actions import withdraw_request
from community.venue_requests.queries import STATE_WORDS, request_by_code
from community.venues.models import Venue, VenueHours
from portal.hooks.registry import Hook, hook
from portal.hooks.tracking import PublicTile, TrackedCase


@hook(Hook.PUBLIC_TILES)
def venue_tile(community) -> Iterator[PublicTile]:
    """The venues, where there are any with hours."""
    public = Venue.objects.of(community).filter(is_public=True)
    if VenueHours.objects.of(community).filter(venue__in=public).exists():
        url = reverse("community:public_venues", kwargs={"code": community.code})
        yield PublicTile("约场地", "看开放时间和空闲时间，申请使用", url, 30)


@hook(Hook.TRACK)
def track_request(hashed: bytes) -> Iterator[TrackedCase]:
    """The request for a venue with this code; it may be withdrawn until it is decided."""
    found = request_by_code(hashed)
    if found is None:
        return
    yield TrackedCase(
        title=f"{found.venue}的使用申请",
        state=STATE_WORDS[found.state],
        received_at=found.asked_at,
        steps=found.steps,
        acts=("withdraw",) if found.state == "requested" else (),
        take=lambda act, text: withdraw_request(hashed),
    )
