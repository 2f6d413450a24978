"""The profile row of a community."""

from community.models import (
    Community,
)


def profile_of(community) -> Community:
    """The profile whose columns are figures themselves."""
    return Community.objects.of(community).get()
