"""Street office and published bulletins: reading marks, remarks, and the community's answers."""

from django.conf import settings
from django.db import models

from community.communities.models import CommunityRow
from portal.access.querysets import ScopedForeignKey
from portal.access.rls import RowSecurity


class BulletinReading(CommunityRow):
    """Mark that an official has read a published version (已阅)."""

    row_security = RowSecurity(append_only=True, street=True, street_writes=True)
    bulletin_version = ScopedForeignKey(
        "community.BulletinVersion", related_name="readings", verbose_name="公开版本", db_index=False
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="阅读人"
    )
    at = models.DateTimeField("阅读时间", auto_now_add=True)

    field_classes = {"personal": ("bulletin_version", "by", "at")}
    untracked_because = "A row is added once and never changed."
    stored_label = "community.BulletinReading"

    class Meta:
        verbose_name = verbose_name_plural = "街道阅读"
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "bulletin_version", "by"], name="bulletinreading_once"
            )
        ]


class BulletinRemark(CommunityRow):
    """An official's remark on a published version (街道意见), to be answered by the community."""

    row_security = RowSecurity(append_only=True, street=True, street_writes=True)
    bulletin_version = ScopedForeignKey(
        "community.BulletinVersion", related_name="remarks", verbose_name="公开版本"
    )
    text = models.CharField("意见", max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name="街道工作人员",
    )
    at = models.DateTimeField("时间", auto_now_add=True)

    field_classes = {"personal": ("bulletin_version", "text", "by", "at")}
    untracked_because = "A row is added once and never changed."
    stored_label = "community.BulletinRemark"

    class Meta:
        verbose_name = verbose_name_plural = "街道意见"
        ordering = ["at", "id"]


class RemarkAnswer(CommunityRow):
    """The community's answer to a remark (意见回复); without text it only confirms receipt."""

    row_security = RowSecurity(append_only=True, street=True)
    remark = ScopedForeignKey(BulletinRemark, related_name="answers", verbose_name="街道意见", db_index=False)
    text = models.CharField("回复", max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="回复人"
    )
    at = models.DateTimeField("时间", auto_now_add=True)

    field_classes = {"personal": ("remark", "text", "by", "at")}
    untracked_because = "A row is added once and never changed."
    stored_label = "community.RemarkAnswer"

    class Meta:
        verbose_name = verbose_name_plural = "意见回复"
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "remark"],
                name="remarkanswer_once",
                violation_error_message="这条意见已经回复",
            )
        ]
