import uuid

from django.db import models


class KeyCanary(models.Model):
    """A known text under each key (密钥核对值), by which wrong or missing keys are noticed before anything is lost."""

    name = models.CharField("密钥", max_length=10, unique=True)
    """The data key's id, or `index`."""
    uuid = models.UUIDField("编号", default=uuid.uuid4, editable=False)
    value = models.BinaryField("核对值")
    stored_label = "portal.KeyCanary"

    class Meta:
        verbose_name = "密钥核对值"
        verbose_name_plural = "密钥核对值"
        ordering = ["id"]


class Backup(models.Model):
    """That a backup was made (备份记录): when, into which file, and how much it holds."""

    made_at = models.DateTimeField("备份时间", auto_now_add=True)
    file_name = models.CharField("文件名", max_length=255)
    """Without its folder."""
    size = models.BigIntegerField("大小")
    tables = models.PositiveIntegerField("表")
    rows = models.BigIntegerField("行数")
    files = models.PositiveIntegerField("文件数")
    is_encrypted = models.BooleanField("已加密")
    stored_label = "portal.Backup"

    class Meta:
        verbose_name = "备份记录"
        verbose_name_plural = "备份记录"
        ordering = ["-id"]
