import datetime
import uuid

from django.db import models

from portal.files.models import FileOwner
from portal.jobs.models import Job

RETENTION = datetime.timedelta(hours=24)


class GeneratedFile(FileOwner):
    """Generated file (生成的文件): too long to make during a request, so made by a job and kept for a day."""

    file_lifetime = RETENTION
    uuid = models.UUIDField("编号", default=uuid.uuid4, editable=False, unique=True)
    community_id = models.BigIntegerField("社区")
    user_id = models.BigIntegerField("用户")
    """The requester; nobody else may download it."""
    register = models.CharField("台账", max_length=60)
    """The register's label, `<app>:<noun>`."""
    name = models.CharField("文件名", max_length=120)
    extension = models.CharField("格式", max_length=4)
    parameters = models.JSONField("要求", default=dict)
    """What the file shall contain; not a job argument, since the queue is not protected."""
    job = models.OneToOneField(Job, models.CASCADE, related_name="generated_file", verbose_name="任务")
    rows = models.PositiveIntegerField("行数", default=0)

    stored_label = "portal.MadeFile"

    class Meta:
        verbose_name = "生成的文件"
        verbose_name_plural = "生成的文件"
        ordering = ["-id"]


class SensitiveExport(FileOwner):
    """Sensitive export (含完整号码的文件): a file with full ID numbers, for its requester, kept for a day.

    A file of many people needs the approval of a second person with the right (four-eyes principle). Request,
    approval and download are in the access log, which outlives the file.
    """

    file_lifetime = RETENTION

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
    """Label of the model whose rows it contains, `<app>.<Model>`."""
    ids = models.JSONField("记录编号", default=list)
    reason = models.CharField("理由", max_length=200)
    url = models.CharField("页面", max_length=300)
    state = models.CharField("状态", max_length=7, choices=State)
    made_at = models.DateTimeField("申请时间", auto_now_add=True)
    decided_by = models.BigIntegerField("确认人", null=True)
    decided_at = models.DateTimeField("确认时间", null=True)
    refusal = models.CharField("不同意的理由", max_length=200, blank=True)
    fetched_at = models.DateTimeField("下载时间", null=True)

    stored_label = "portal.Release"

    class Meta:
        verbose_name = "含完整号码的文件"
        verbose_name_plural = "含完整号码的文件"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True, decided_at__isnull=True)
                | models.Q(decided_by__isnull=False, decided_at__isnull=False),
                name="sensitiveexport_decided_by_somebody",
                violation_error_message="确认人和确认时间要么都有，要么都没有",
            ),
            models.CheckConstraint(
                condition=~models.Q(decided_by=models.F("user_id")) | models.Q(decided_by__isnull=True),
                name="sensitiveexport_decided_by_another",
                violation_error_message="不能确认自己的申请",
            ),
        ]
        indexes = [
            models.Index(fields=["community_id", "-id"], name="sensitiveexport_community"),  # the to-do
        ]

    @property
    def ready(self) -> bool:
        """Whether the requester can download it."""
        return self.state == self.State.READY

    @property
    def count(self) -> int:
        """Number of rows it contains."""
        return len(self.ids)
