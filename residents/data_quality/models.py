from django.conf import settings
from django.db import models

from community.communities.models import CommunityRow
from portal.access.querysets import ScopedForeignKey
from portal.audit.tracking import tracked
from portal.pii_scan.declared import INTERNAL


@tracked()
class IssueReview(CommunityRow):
    """Review of a data-quality issue as correct (核对无误), with the reason.

    Valid for the row as it was: when the row changes, `mark` no longer matches and the issue is listed again.
    """

    void_without_row = True

    finding = models.CharField("体检项目", max_length=60)
    """`portal.hooks.data_quality.Rule.key`."""
    subject = models.CharField("对象", max_length=60)
    """The label of the row's model."""
    row_id = models.BigIntegerField("记录")
    name = models.CharField("名称", max_length=120)
    """The row as the list named it."""
    mark = models.CharField("核对时的状态", max_length=80)
    """State of the row and of what the check compares it with."""
    reason = models.CharField("理由", max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="核对人"
    )
    at = models.DateTimeField("核对时间", auto_now_add=True)

    field_classes = {"personal": "finding subject row_id name mark reason by at".split()}
    stored_label = "residents.FindingReview"

    class Meta:
        verbose_name = "核对无误"
        verbose_name_plural = "核对无误"
        ordering = ["-at", "-id"]
        constraints = [
            # Also used by the lists: whether a row in its current state was reviewed.
            models.UniqueConstraint(
                fields=["community", "finding", "row_id", "mark"], name="issuereview_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="issuereview_reason",
                violation_error_message="请写明核对无误的理由",
            ),
        ]

    def __str__(self):
        return f"{self.name}核对无误"


class IdNumberIssue(CommunityRow):
    """Data-quality issue of a certificate number (证件核对), stored by the job that decrypts them.

    Pages decrypt nothing. An issue is valid while the person is at the version that the job read, so a correction
    hides it at once, and the next run checks again.
    """

    void_without_row = True
    untracked_because = "Replaced by every run."

    class Kind(models.TextChoices):
        UNREADABLE = "unreadable", "无法读取"
        WRONG = "wrong", "校验不符"
        BIRTH = "birth", "出生日期不符"
        SEX = "sex", "性别不符"
        DOUBLE = "double", "与他人相同"

    person = ScopedForeignKey("community.Person", related_name="+", verbose_name="姓名", db_index=False)
    person_version = models.PositiveIntegerField("核对时的版本")
    other = ScopedForeignKey(
        "community.Person", null=True, related_name="+", verbose_name="另一人", db_index=False
    )
    other_version = models.PositiveIntegerField("另一人的版本", null=True)
    kind = models.CharField("问题", max_length=10, choices=Kind)

    field_classes = {"personal": "person person_version other other_version kind".split()}
    stored_label = "residents.NumberFinding"

    class Meta:
        verbose_name = "证件核对结果"
        verbose_name_plural = "证件核对结果"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["community", "person", "kind"], name="idnumberissue_person"),
            models.Index(
                fields=["community", "other"],
                condition=models.Q(other__isnull=False),
                name="idnumberissue_other",
            ),
        ]

    def __str__(self):
        return f"{self.person}证件{self.get_kind_display()}"


class DataQualityRun(CommunityRow):
    """One run of the data-quality checks (体检记录): issues per check, for the to-do and the comparison."""

    untracked_because = "A row is added once and never changed."

    at = models.DateTimeField("体检时间", auto_now_add=True)
    counts = models.JSONField("处数", default=dict)
    """Key of the check → number of issues."""

    field_classes = {"public": ("at", "counts")}
    public_texts = {"counts": INTERNAL}
    stored_label = "residents.SoundnessRun"

    class Meta:
        verbose_name = "体检记录"
        verbose_name_plural = "体检记录"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["community", "-at"], name="dataqualityrun_newest")]

    def __str__(self):
        return f"{self.at:%Y-%m-%d}体检"
