"""Queries of public data: profiles of communities and published bulletins.

Used by the public pages, the street's table and the PDF command. No rights are checked, because exactly these tables
are readable by the public's database role.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from community.models import (
    BulletinPhoto,
    BulletinVersion,
    Community,
    Honour,
    ObjectionAnswer,
    PublicNotice,
    ServiceHours,
    Street,
    Venue,
)
from community.tracking import code_hash


def find_community(code: str) -> Community | None:
    return Community.objects.select_related("street").filter(code=code).first()


def streets() -> list[Street]:
    """Street offices that have communities, with these as `listed`."""
    streets_by_id: dict[int, Street] = {}
    for community in Community.objects.select_related("street").order_by("street__code", "id"):
        street = streets_by_id.setdefault(community.street_id, community.street)
        street.listed = [*getattr(street, "listed", []), community]
    return list(streets_by_id.values())


def newest_bulletins() -> dict[int, BulletinVersion]:
    """Community id → newest version of its latest published month, without the snapshot."""
    newest = (
        BulletinVersion.objects.defer("snapshot")
        .order_by("community_id", "-month", "-number")
        .distinct("community_id")
    )
    return {version.community_id: version for version in newest}


def versions(community, month: datetime.date) -> list[BulletinVersion]:
    """All published versions of a month, newest first."""
    rows = BulletinVersion.objects.of(community).filter(month=month).select_related("notice")
    return list(rows.order_by("-number"))


def find_notice(community, uuid) -> PublicNotice | None:
    return PublicNotice.objects.of(community).filter(uuid=uuid).first()


def answers_to(community, versions: Iterable[BulletinVersion]) -> list[ObjectionAnswer]:
    """Answers to objections to any of these versions, oldest first."""
    notices = [version.notice_id for version in versions]
    return list(ObjectionAnswer.objects.of(community).filter(notice_id__in=notices))


@dataclass(frozen=True, slots=True)
class TrackedObjection:
    """State of an objection as its author reads it by the tracking code."""

    title: str
    objected_at: datetime.datetime
    gist: str | None
    text: str | None
    answered_at: datetime.datetime | None


def track_objection(code: str) -> TrackedObjection | None:
    """Objection with this tracking code; None for wrong and expired codes alike."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT title, objected_at, gist, text, answered_at FROM community_objection_by_code(%s)",
            [code_hash(code)],
        )
        row = cursor.fetchone()
    return TrackedObjection(*row) if row else None


def photo(community, month: datetime.date, uuid) -> BulletinPhoto | None:
    return BulletinPhoto.objects.of(community).filter(bulletin_version__month=month, uuid=uuid).first()


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


@dataclass(frozen=True, slots=True)
class Profile:
    """Related rows that a community's public page shows."""

    hours: list[ServiceHours]
    venues: list[Venue]
    honours: list[Honour]


def profile(community) -> Profile:
    return Profile(
        list(ServiceHours.objects.of(community)),
        list(Venue.objects.of(community)),
        list(Honour.objects.of(community)),
    )
