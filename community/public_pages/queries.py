"""Queries of public data: profiles of communities and published bulletins.

Used by the public pages, the street's table and the PDF command. No rights are checked, because exactly these tables
are readable by the public's database role.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from community.bulletins.models.bulletin import BulletinVersion
from community.bulletins.models.files import BulletinPhoto
from community.communities.models import Community, Street
from community.notices.models import PublicNotice
from community.objections.models import ObjectionAnswer
from community.objections.tracking_codes import code_hash, readings
from community.profile.models import Honour, ServiceHours
from community.venues.models import Venue
from portal.hooks.registry import Hook, call_hooks
from portal.hooks.tracking import TrackedCase


def find_community(code: str) -> Community | None:
    return Community.objects.select_related("street").filter(code=code).first()


def find_community_by_id(pk: int) -> Community:
    return Community.objects.get(pk=pk)


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


def newest_bulletin(community) -> BulletinVersion | None:
    """Newest version of the community's latest published month with its notice, without the snapshot."""
    versions = BulletinVersion.objects.of(community).select_related("notice").defer("snapshot")
    return versions.order_by("-month", "-number").first()


def service_hours(community) -> list[ServiceHours]:
    return list(ServiceHours.objects.of(community))


def find_notice(community, uuid) -> PublicNotice | None:
    return PublicNotice.objects.of(community).filter(uuid=uuid).first()


def answers_to(community, versions: Iterable[BulletinVersion]) -> list[ObjectionAnswer]:
    """Answers to objections to any of these versions, oldest first."""
    notices = [version.notice_id for version in versions]
    return list(ObjectionAnswer.objects.of(community).filter(notice_id__in=notices))


def photo(community, month: datetime.date, uuid) -> BulletinPhoto | None:
    return BulletinPhoto.objects.of(community).filter(bulletin_version__month=month, uuid=uuid).first()


def find_tracked(typed: str) -> tuple[str, TrackedCase] | None:
    """The code that was meant, and what it opens (hook TRACK); None for wrong and expired codes alike."""
    for code in readings(typed):
        for case in call_hooks(Hook.TRACK, code_hash(code)):
            return code, case
    return None


@dataclass(frozen=True, slots=True)
class Profile:
    """Related rows that the page of a community's profile shows."""

    hours: list[ServiceHours]
    venues: list[Venue]
    honours: list[Honour]


def profile(community) -> Profile:
    return Profile(
        service_hours(community),
        list(Venue.objects.of(community)),
        list(Honour.objects.of(community)),
    )
