import datetime
import uuid

from django.db import models
from django.utils import timezone

from portal.models.job import Job
from portal.scoping import ScopedQuerySet

KEPT = datetime.timedelta(hours=24)


class ExportQuerySet(ScopedQuerySet):
    def kept(self):
        """Those not yet too old to be downloaded; the worker deletes the others."""
        return self.filter(created_at__gt=timezone.now() - KEPT)


class Export(models.Model):
    """A list too long to be written while its user waits (导出文件): asked for, written by a job, kept for a day."""

    uuid = models.UUIDField("编号", default=uuid.uuid4, editable=False, unique=True)
    community_id = models.BigIntegerField("社区")
    user_id = models.BigIntegerField("用户")
    """Nobody else may download it."""
    register = models.CharField("台账", max_length=60)
    """The register's label, `<app>:<noun>`."""
    query = models.CharField("条件", max_length=2000, blank=True)
    """Filters and sort of the list as in its URL; here and not in the queue, which everybody may read."""
    extension = models.CharField("格式", max_length=4)
    job = models.OneToOneField(Job, models.CASCADE, related_name="+", verbose_name="任务")
    rows = models.PositiveIntegerField("行数", default=0)
    request_id = models.CharField("请求编号", max_length=36, blank=True)
    created_at = models.DateTimeField("提交时间", auto_now_add=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = "导出文件"
        verbose_name_plural = "导出文件"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["created_at"], name="export_age"),  # the hourly clean-up
        ]


class ExportPart(models.Model):
    """A piece of an export's file, encrypted: it holds personal data. In pieces, so that no process holds it whole."""

    community_id = models.BigIntegerField("社区")
    export = models.ForeignKey(Export, models.CASCADE, related_name="parts", verbose_name="导出文件")
    number = models.PositiveIntegerField("序号")
    content = models.BinaryField("内容")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "导出文件分段"
        verbose_name_plural = "导出文件分段"
        ordering = ["export", "number"]
        constraints = [models.UniqueConstraint(fields=["export", "number"], name="exportpart_once")]
