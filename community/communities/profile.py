"""The profile row of a community."""

from community.communities.models import Community


def profile_of(community) -> Community:
    """The community's own row, whose columns are figures; itself where that is given."""
    return community if isinstance(community, Community) else Community.objects.of(community).get()
