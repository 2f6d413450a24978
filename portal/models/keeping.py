import uuid

from django.db import models


class KeyCanary(models.Model):
    """Key check value (密钥核对值): a known text encrypted under each key, to detect wrong or missing keys early."""

    name = models.CharField("密钥", max_length=10, unique=True)
    """Id of the data key, or `index`."""
    uuid = models.UUIDField("编号", default=uuid.uuid4, editable=False)
    value = models.BinaryField("核对值")
    stored_label = "portal.KeyCanary"

    class Meta:
        verbose_name = "密钥核对值"
        verbose_name_plural = "密钥核对值"
        ordering = ["id"]


class Backup(models.Model):
    """Record of a backup (备份记录): time, file name and size."""

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
