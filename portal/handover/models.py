import uuid

from django.db import models

from portal.access.permissions import Permission
from portal.access.querysets import RightField, ScopedQuerySet


class Handover(models.Model):
    """Hand-over (转办) of a row to another app, and its state.

    Shown on the source's page; the receiver's row is referenced by URL name and uuid.
    """

    community_id = models.BigIntegerField("社区")
    user_id = models.BigIntegerField("用户")
    subject = models.CharField("来源类别", max_length=60)
    """The source's model, `<app>.<Model>`."""
    row_id = models.BigIntegerField("来源记录")
    label = models.CharField("转为", max_length=160)
    url_name = models.CharField("页面", max_length=60)
    uuid = models.UUIDField("编号", default=uuid.uuid4, editable=False)
    """Uuid of the receiver's row."""
    state = models.CharField("状态", max_length=40)
    """State label chosen by the receiver."""
    required_right = RightField("查看权限", default=Permission.TASKS)
    """Right to see the source: without it the receiver's row is not shown. Checked in code only and not by row
    security, because a merge of two people must move their hand-overs whether visible or not."""
    at = models.DateTimeField("转办时间", auto_now_add=True)

    objects = ScopedQuerySet.as_manager()
    stored_label = "portal.HandedOver"

    class Meta:
        verbose_name = "转办"
        verbose_name_plural = "转办"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["community_id", "uuid"], name="handover_received_once"),
        ]
        indexes = [models.Index(fields=["community_id", "subject", "row_id"], name="handover_of_row")]
