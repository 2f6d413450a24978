from django.conf import settings
from django.db import models

from community.bulletins.models.bulletin import Bulletin
from community.communities.models import CommunityRow
from portal.access.querysets import ScopedForeignKey
from portal.access.rls import RowSecurity
from portal.audit.tracking import tracked
from portal.pii_scan.declared import Scan, Unscanned


@tracked()
class BulletinMark(CommunityRow):
    """Mark of a member of the supervision committee on one review item of a bulletin (逐项审核).

    It applies to the content with its `digest`; when the item's content changes, the mark is outdated.
    """

    bulletin = ScopedForeignKey(Bulletin, related_name="marks", verbose_name="每月公开", db_index=False)
    item = models.CharField("条目", max_length=100)
    """The item's key (`community.bulletins.review_items.ReviewItem`)."""
    digest = models.CharField("内容摘要", max_length=64)
    is_agreed = models.BooleanField("同意")
    remark = models.CharField("意见", max_length=300, blank=True)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="审核人"
    )
    marked_at = models.DateTimeField("审核时间")

    field_classes = {
        "public": ("bulletin", "item", "digest"),
        "personal": ("is_agreed", "remark", "marked_by", "marked_at"),
    }
    public_texts = {"item": Unscanned("A word of the code."), "digest": Unscanned("A digest.")}
    stored_label = "community.BulletinMark"

    class Meta:
        verbose_name = "逐项审核"
        verbose_name_plural = "逐项审核"
        ordering = ["bulletin", "marked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "bulletin", "item", "marked_by"], name="bulletinmark_once"
            ),
            models.CheckConstraint(
                condition=models.Q(is_agreed=True) | ~models.Q(remark=""),
                name="bulletinmark_remark",
                violation_error_message="不同意时请写明意见",
            ),
        ]

    def __str__(self):
        return f"{self.item} {'同意' if self.is_agreed else '不同意'}"


@tracked(exclude=("before",))
class BulletinCorrection(CommunityRow):
    """Correction of a published bulletin, with its reason (更正). It becomes the version of its number.

    A dropped correction is deleted, and remains in the history; `before` restores the draft.
    """

    bulletin = ScopedForeignKey(Bulletin, related_name="corrections", verbose_name="每月公开", db_index=False)
    number = models.PositiveSmallIntegerField("版本号")
    reason = models.CharField("更正原因", max_length=200)
    """Published with the version."""
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="发起人"
    )
    started_at = models.DateTimeField("发起时间")
    before = models.JSONField("更正前的内容", default=dict, editable=False)
    """Content of the draft when the correction began (`community.bulletins.actions.drafts.draft_contents`)."""

    field_classes = {
        "public": ("bulletin", "number", "reason"),
        "personal": ("started_by", "started_at", "before"),
    }
    public_texts = {"reason": Scan.AT_PUBLICATION}
    stored_label = "community.BulletinCorrection"

    class Meta:
        verbose_name = "更正"
        verbose_name_plural = "更正"
        ordering = ["bulletin", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "bulletin", "number"],
                name="bulletincorrection_once",
                violation_error_message="这期公开已经在更正",
            ),
            models.CheckConstraint(
                condition=models.Q(number__gte=2) & ~models.Q(reason=""),
                name="bulletincorrection_reason",
                violation_error_message="请写明更正原因",
            ),
        ]

    def __str__(self):
        return f"{self.bulletin}第{self.number}版"


class DisclosureWaiver(CommunityRow):
    """Waiver of a finding (公开例外): the director's reason why text that looks like personal data may be published.

    It applies to the text with this `digest` only, and stores the finding masked.
    """

    row_security = RowSecurity(append_only=True)
    bulletin = ScopedForeignKey(Bulletin, related_name="waivers", verbose_name="每月公开", db_index=False)
    where = models.CharField("位置", max_length=200)
    kind = models.CharField("类别", max_length=20)
    masked = models.CharField("内容（已隐去）", max_length=200)
    digest = models.CharField("内容摘要", max_length=64)
    reason = models.CharField("理由", max_length=200)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="同意人"
    )
    granted_at = models.DateTimeField("同意时间")

    field_classes = {
        "personal": ("bulletin", "where", "kind", "masked", "digest", "reason", "granted_by", "granted_at")
    }
    untracked_because = "A row is added once and never changed; the runtime role has no right to."
    stored_label = "community.DisclosureWaiver"

    class Meta:
        verbose_name = "公开例外"
        verbose_name_plural = "公开例外"
        ordering = ["bulletin", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "bulletin", "where", "kind", "masked", "digest"],
                name="disclosurewaiver_once",
                violation_error_message="这一处已经说明理由",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="disclosurewaiver_reason",
                violation_error_message="请写明理由",
            ),
        ]

    def __str__(self):
        return f"{self.where} {self.masked}"
