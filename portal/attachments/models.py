import uuid

from django.db import models

from portal.access.querysets import ScopedQuerySet
from portal.audit.tracking import tracked


@tracked(indexes=(models.Index(fields=["community_id", "subject", "row_id"], name="attachmentevent_of_row"),))
class Attachment(models.Model):
    """Attachment of a row of a register (附件). The file itself is in the default storage, encrypted."""

    uuid = models.UUIDField("编号", default=uuid.uuid4, editable=False, unique=True)
    community_id = models.BigIntegerField("社区")
    user_id = models.BigIntegerField("上传人")
    subject = models.CharField("对象", max_length=100)
    """The `stored_label` of the row's model (`community.Unit`)."""
    row_id = models.BigIntegerField("记录")
    name = models.CharField("文件名", max_length=120)
    """Original file name; the extension is one of `portal.attachments.kinds.CONTENT_TYPES`."""
    stored = models.CharField("存放名", max_length=80, unique=True)
    """Random storage name below `attachments/`; see `portal.attachments.store.read`."""
    size = models.PositiveIntegerField("大小")
    """In bytes, before encryption."""
    digest = models.CharField("摘要", max_length=64)
    """SHA-256 of the file as it was uploaded."""
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = ScopedQuerySet.as_manager()
    stored_label = "portal.Attachment"
    encryption_contexts = {"stored": "portal_attachment.file"}

    class Meta:
        verbose_name = "附件"
        verbose_name_plural = "附件"
        ordering = ["id"]
        constraints = [
            # Lookup by row; rejects the same file twice.
            models.UniqueConstraint(
                fields=["community_id", "subject", "row_id", "digest"],
                name="attachment_once",
                violation_error_message="这份文件已经上传过",
            )
        ]

    def __str__(self):
        return self.name

    @property
    def extension(self) -> str:
        return self.name.rpartition(".")[2].lower()
