"""Reading marks and remarks of street officials on published bulletins, and the community's answers."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from community.accounts.models import User
from community.bulletins.actions.workflow import BulletinError
from community.bulletins.models.bulletin import BulletinVersion
from community.bulletins.models.reading import BulletinReading, BulletinRemark, RemarkAnswer


def versions_read(official: User) -> frozenset[int]:
    """Ids of the published versions that this official has marked as read."""
    return frozenset(
        BulletinReading.objects.filter(by=official).values_list("bulletin_version_id", flat=True)
    )


def unanswered_remarks(official: User, communities: Iterable[int]) -> QuerySet[BulletinRemark]:
    """This official's remarks that these communities (ids) have not answered, the oldest first."""
    remarks = BulletinRemark.objects.in_communities(communities).filter(by=official, answers=None)
    return remarks.order_by("at", "id")


def mark_read(*, version: BulletinVersion, by: User) -> BulletinReading:
    """Record that this official has read this version (idempotent)."""
    reading, _ = BulletinReading.objects.get_or_create(
        community_id=version.community_id, bulletin_version=version, by=by
    )
    return reading


def send_remark(*, version: BulletinVersion, text: str, by: User) -> BulletinRemark:
    """Send the community a remark, and mark the version as read."""
    if not text.strip():
        raise BulletinError("请写明意见。", "text")
    with transaction.atomic():
        mark_read(version=version, by=by)
        return BulletinRemark.objects.create(
            community_id=version.community_id, bulletin_version=version, text=text.strip(), by=by
        )


def answer_remark(*, remark: BulletinRemark, text: str, by: User) -> RemarkAnswer:
    """Answer a remark once; without text it only confirms receipt."""
    try:
        with transaction.atomic():
            return RemarkAnswer.objects.create(
                community_id=remark.community_id, remark=remark, text=text.strip(), by=by
            )
    except IntegrityError as problem:
        raise BulletinError("这条意见已经有人回复。", "text") from problem
