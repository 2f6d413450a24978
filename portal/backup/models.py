from django.db import models


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
