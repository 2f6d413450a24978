import uuid

from django.db import models

from portal.permissions import Permission
from portal.scoping import RightField, ScopedQuerySet


class HandedOver(models.Model):
    """That a row was handed over to whoever receives its kind (转办), and what became of it.

    The source's page shows these; the receiver's own row is named by URL name and uuid.
    """

    community_id = models.BigIntegerField("社区")
    user_id = models.BigIntegerField("用户")
    subject = models.CharField("来源类别", max_length=60)
    """The source's model, `<app>.<Model>`."""
    row_id = models.BigIntegerField("来源记录")
    label = models.CharField("转为", max_length=160)
    url_name = models.CharField("页面", max_length=60)
    uuid = models.UUIDField("编号", default=uuid.uuid4, editable=False)
    """Of the receiver's row."""
    state = models.CharField("状态", max_length=40)
    """In the receiver's own word."""
    required_right = RightField("查看权限", default=Permission.TASKS)
    """Of the source: without it the receiver's row is not named. The first lock only, because whoever merges two
    people must move what hangs on them, seen or not."""
    at = models.DateTimeField("转办时间", auto_now_add=True)

    objects = ScopedQuerySet.as_manager()
    stored_label = "portal.HandedOver"

    class Meta:
        verbose_name = "转办"
        verbose_name_plural = "转办"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["community_id", "uuid"], name="handedover_received_once"),
        ]
        indexes = [models.Index(fields=["community_id", "subject", "row_id"], name="handedover_of_row")]
