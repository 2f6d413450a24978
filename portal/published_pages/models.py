import uuid

from django.db import models


class PublicChange(models.Model):
    """The last changes of what the public may read: whoever changes it leaves a row in place of those there are.

    Written by the triggers of `portal.published_pages.changes` only.
    """

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    stored_label = "portal.PublicChange"

    class Meta:
        verbose_name = "公开内容变动"
        verbose_name_plural = "公开内容变动"
        ordering = ["id"]
