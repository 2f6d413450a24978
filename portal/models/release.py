import datetime
import uuid

from django.db import models
from django.utils import timezone

from portal.models.made_file import KEPT, FilePart
from portal.scoping import ScopedQuerySet


class ReleaseQuerySet(ScopedQuerySet):
    def kept(self):
        """Those not yet too old; the worker deletes the others."""
        return self.filter(made_at__gt=timezone.now() - KEPT)


class Release(models.Model):
    """A file with full certificate numbers (含完整号码的文件): for whoever asked for it, for a day.

    A file of many people waits until a second person who holds the right agrees. What was asked, agreed to and
    fetched stands in the access log, which outlives it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待他人确认"
        READY = "ready", "可以下载"
        REFUSED = "refused", "未获同意"

    uuid = models.UUIDField("编号", default=uuid.uuid4, editable=False, unique=True)
    community_id = models.BigIntegerField("社区")
    user_id = models.BigIntegerField("申请人")
    title = models.CharField("内容", max_length=120)
    name = models.CharField("文件名", max_length=120)
    extension = models.CharField("格式", max_length=4)
    subject = models.CharField("对象", max_length=100)
    """The model whose rows it tells of, `<app>.<Model>`."""
    ids = models.JSONField("记录编号", default=list)
    reason = models.CharField("理由", max_length=200)
    url = models.CharField("页面", max_length=300)
    state = models.CharField("状态", max_length=7, choices=State)
    made_at = models.DateTimeField("申请时间", auto_now_add=True)
    decided_by = models.BigIntegerField("确认人", null=True)
    decided_at = models.DateTimeField("确认时间", null=True)
    refusal = models.CharField("不同意的理由", max_length=200, blank=True)
    fetched_at = models.DateTimeField("下载时间", null=True)

    objects = ReleaseQuerySet.as_manager()
    stored_label = "portal.Release"

    class Meta:
        verbose_name = "含完整号码的文件"
        verbose_name_plural = "含完整号码的文件"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True, decided_at__isnull=True)
                | models.Q(decided_by__isnull=False, decided_at__isnull=False),
                name="release_decided_by_somebody",
                violation_error_message="确认人和确认时间要么都有，要么都没有",
            ),
            models.CheckConstraint(
                condition=~models.Q(decided_by=models.F("user_id")) | models.Q(decided_by__isnull=True),
                name="release_decided_by_another",
                violation_error_message="不能确认自己的申请",
            ),
        ]
        indexes = [
            models.Index(fields=["community_id", "-id"], name="release_community"),  # the to-do
            models.Index(fields=["made_at"], name="release_age"),  # the clean-up
        ]

    @property
    def ready(self) -> bool:
        """Whether its asker can fetch it."""
        return self.state == self.State.READY

    @property
    def count(self) -> int:
        """Of how many rows it tells."""
        return len(self.ids)

    @property
    def until(self) -> datetime.datetime:
        """When it is deleted."""
        return self.made_at + KEPT


class ReleasePart(FilePart):
    """A piece of such a file."""

    file = models.ForeignKey(Release, models.CASCADE, related_name="parts", verbose_name="文件")
    stored_label = "portal.ReleasePart"
    encryption_contexts = {"content": "portal_releasepart.content"}

    class Meta(FilePart.Meta):
        verbose_name = "含完整号码文件的分段"
        verbose_name_plural = "含完整号码文件的分段"
