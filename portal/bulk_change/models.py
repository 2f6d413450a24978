import datetime

from django.db import models

from portal.access.querysets import ScopedQuerySet
from portal.batches.models import Batch


class BulkChange(Batch):
    """Bulk change (批量修改): one field set to one value in many rows of a register, from the choice of rows to undo."""

    kind = "bulk"
    verb = "修改"
    draft_label = "待填写"
    abandoned_after = datetime.timedelta(days=7)

    chosen = models.CharField("范围", max_length=200)
    """Choice of rows, in words."""
    field = models.CharField("字段", max_length=60, blank=True)
    field_label = models.CharField("项目", max_length=60, blank=True)
    given = models.JSONField("填写内容", null=True)
    """Raw submitted value."""
    value_shown = models.CharField("改为", max_length=300, blank=True)
    counts = models.JSONField("条数", default=dict)
    """Rows by verdict."""
    columns = models.JSONField("改动的列", default=list)
    """Written columns: the field's own and derived ones."""

    stored_label = "portal.BulkChange"

    class Meta(Batch.Meta):
        verbose_name = "批量修改"
        verbose_name_plural = "批量修改"


class BulkRow(models.Model):
    """A row of a bulk change, by id only: its values are read from the register when shown."""

    class Verdict(models.TextChoices):
        CHOSEN = "chosen", "已选"
        CHANGE = "change", "将修改"
        SAME = "same", "已是此值"
        REFUSED = "refused", "不能修改"
        APPLIED = "applied", "已修改"
        STALE = "stale", "预览后有变动"
        UNDONE = "undone", "已恢复"
        LEFT = "left", "没有恢复"

    community_id = models.BigIntegerField("社区")
    batch = models.ForeignKey(BulkChange, models.CASCADE, related_name="rows", verbose_name="批次")
    row_id = models.BigIntegerField("记录")
    version = models.PositiveIntegerField("版本", null=True)
    """Version of the row in the preview."""
    verdict = models.CharField("判定", max_length=7, choices=Verdict, default=Verdict.CHOSEN)
    reason = models.CharField("原因", max_length=300, blank=True)

    objects = ScopedQuerySet.as_manager()
    stored_label = "portal.BulkRow"

    class Meta:
        verbose_name = "批量修改的行"
        verbose_name_plural = "批量修改的行"
        ordering = ["id"]
        indexes = [models.Index(fields=["batch", "verdict", "id"], name="bulkrow_verdict")]
