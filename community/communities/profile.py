"""The profile row of a community."""

from community.communities.models import Community


def profile_of(community) -> Community:
    """The community's own row, whose columns are figures."""
    return Community.objects.of(community).get()
