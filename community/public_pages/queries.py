"""Queries of public data: profiles of communities and published bulletins.

Used by the public pages, the street's table and the PDF command. No rights are checked, because exactly these tables
are readable by the public's database role.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from community.bulletins.models.bulletin import BulletinVersion
from community.bulletins.models.files import BulletinPhoto
from community.communities.models import Community, Street
from community.notices.models import PublicNotice
from community.objections.models import ObjectionAnswer
from community.objections.tracking_codes import code_hash
from community.profile.models import Honour, ServiceHours, Venue


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
