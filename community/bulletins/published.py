"""Published bulletins: the standing version of each month, and the older ones."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from community.bulletins.models.bulletin import BulletinVersion


def versions(community, month: datetime.date) -> list[BulletinVersion]:
    """All published versions of a month, newest first."""
    return versions_by_community([community], month)[community.id]


def versions_by_community(communities: Iterable, month: datetime.date) -> dict[int, list[BulletinVersion]]:
    """Community id → all published versions of a month, newest first. One query."""
    by_community: dict[int, list[BulletinVersion]] = {community.id: [] for community in communities}
    rows = BulletinVersion.objects.in_communities(by_community).filter(month=month).select_related("notice")
    for version in rows.order_by("-number"):
        by_community[version.community_id].append(version)
    return by_community


@dataclass(frozen=True, slots=True)
class PublishedMonth:
    """A published month in a list: newest version number, and time of first publication."""

    number: int
    first_published_at: datetime.datetime
    version_id: int = 0


def published_months(
    communities: Iterable, since: datetime.date | None = None
) -> dict[tuple[int, datetime.date], PublishedMonth]:
    """(community id, month) → published month, newest first."""
    versions = BulletinVersion.objects.filter(community_id__in=[c.id for c in communities])
    if since is not None:
        versions = versions.filter(month__gte=since)
    months: dict[tuple[int, datetime.date], PublishedMonth] = {}
    for community_id, month, number, at, pk in versions.order_by("-month", "-number").values_list(
        "community_id", "month", "number", "published_at", "id"
    ):
        newest = months.get((community_id, month))
        months[community_id, month] = PublishedMonth(
            newest.number if newest else number, at, newest.version_id if newest else pk
        )
    return months
