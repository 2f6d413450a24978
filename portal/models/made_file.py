import datetime
import uuid

from django.db import models
from django.utils import timezone

from portal.models.job import Job
from portal.scoping import ScopedQuerySet

KEPT = datetime.timedelta(hours=24)


class MadeFileQuerySet(ScopedQuerySet):
    def kept(self):
        """Those not yet too old to be fetched; the worker deletes the others."""
        return self.filter(asked_at__gt=timezone.now() - KEPT)


class MadeFile(models.Model):
    """A file too long to be made while its user waits (生成的文件): asked for, made by a job, kept for a day."""

    uuid = models.UUIDField("编号", default=uuid.uuid4, editable=False, unique=True)
    community_id = models.BigIntegerField("社区")
    user_id = models.BigIntegerField("用户")
    """Nobody else may fetch it."""
    register = models.CharField("台账", max_length=60)
    """The register's label, `<app>:<noun>`."""
    name = models.CharField("文件名", max_length=120)
    extension = models.CharField("格式", max_length=4)
    wish = models.JSONField("要求", default=dict)
    """What the file is to hold; here and not in the queue, whose arguments everybody may read."""
    job = models.OneToOneField(Job, models.CASCADE, related_name="made_file", verbose_name="任务")
    rows = models.PositiveIntegerField("行数", default=0)
    asked_at = models.DateTimeField("提交时间", auto_now_add=True)

    objects = MadeFileQuerySet.as_manager()
    stored_label = "portal.MadeFile"

    class Meta:
        verbose_name = "生成的文件"
        verbose_name_plural = "生成的文件"
        ordering = ["-id"]
        indexes = [models.Index(fields=["asked_at"], name="madefile_age")]  # the clean-up

    @property
    def until(self) -> datetime.datetime:
        """Until when it can be fetched."""
        return self.asked_at + KEPT


class FilePart(models.Model):
    """A piece of a kept file, encrypted: it holds personal data. In pieces, so that no process holds it whole."""

    community_id = models.BigIntegerField("社区")
    number = models.PositiveIntegerField("序号")
    content = models.BinaryField("内容")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["file", "number"]
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="%(class)s_once")]


class MadeFilePart(FilePart):
    """A piece of a made file."""

    file = models.ForeignKey(MadeFile, models.CASCADE, related_name="parts", verbose_name="文件")
    stored_label = "portal.MadeFilePart"
    encryption_contexts = {"content": "portal_madefilepart.content"}

    class Meta(FilePart.Meta):
        verbose_name = "生成文件的分段"
        verbose_name_plural = "生成文件的分段"
