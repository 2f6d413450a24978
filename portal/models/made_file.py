import uuid

from django.db import models

from portal import vault
from portal.models.job import Job
from portal.scoping import ScopedQuerySet

_COLUMN = "portal_madefile.content"


class MadeFile(models.Model):
    """A file that a job makes for one user (生成的文件), kept for a day, encrypted: it holds personal data."""

    uuid = models.UUIDField("编号", default=uuid.uuid4, editable=False, unique=True)
    community_id = models.BigIntegerField("社区")
    user_id = models.BigIntegerField("用户")
    job = models.OneToOneField(Job, models.CASCADE, null=True, related_name="made_file", verbose_name="任务")
    name = models.CharField("文件名", max_length=120)
    extension = models.CharField("类型", max_length=4)
    wish = models.JSONField("要求", default=dict)
    """What the file is to hold, for the job; the queue's own arguments are ids only."""
    content = models.BinaryField("文件内容", null=True)
    """Empty until it is made."""
    size = models.PositiveIntegerField("大小", default=0)
    made_at = models.DateTimeField("提交时间", auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "生成的文件"
        verbose_name_plural = "生成的文件"
        ordering = ["-id"]
        indexes = [models.Index(fields=["made_at"], name="madefile_age")]  # the daily clean-up

    def put(self, content: bytes) -> None:
        self.content = vault.encrypt_bytes(content, _COLUMN, self.uuid)
        self.size = len(content)

    def read(self) -> bytes:
        """Raises vault.SecretUnreadable."""
        return vault.decrypt_bytes(self.content, _COLUMN, self.uuid)
