import uuid

from django.db import models

from portal.access.querysets import ScopedQuerySet
from portal.jobs.models import Job


class BulkChange(models.Model):
    """Bulk change (批量修改): one field set to one value in many rows of a register, from the choice of rows to undo."""

    class State(models.TextChoices):
        DRAFT = "draft", "待填写"
        CHECKING = "checking", "检查中"
        CHECKED = "checked", "待确认"
        APPLYING = "applying", "修改中"
        APPLIED = "applied", "已修改"
        UNDOING = "undoing", "撤销中"
        UNDONE = "undone", "已撤销"

    uuid = models.UUIDField("编号", default=uuid.uuid4, editable=False, unique=True)
    community_id = models.BigIntegerField("社区")
    user_id = models.BigIntegerField("用户")
    register = models.CharField("台账", max_length=60)
    """The register's label, `<app>:<noun>`."""
    chosen = models.CharField("范围", max_length=200)
    """Choice of rows, in words."""
    field = models.CharField("字段", max_length=60, blank=True)
    field_label = models.CharField("项目", max_length=60, blank=True)
    given = models.JSONField("填写内容", null=True)
    """Raw submitted value."""
    value_shown = models.CharField("改为", max_length=300, blank=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", verbose_name="任务")
    counts = models.JSONField("条数", default=dict)
    """Rows by verdict."""
    columns = models.JSONField("改动的列", default=list)
    """Written columns: the field's own and derived ones."""
    created_at = models.DateTimeField("提交时间", auto_now_add=True)
    applied_at = models.DateTimeField("修改时间", null=True)
    undone_at = models.DateTimeField("撤销时间", null=True)
    undone_by = models.BigIntegerField("撤销人", null=True)

    objects = ScopedQuerySet.as_manager()
    stored_label = "portal.BulkChange"

    class Meta:
        verbose_name = "批量修改"
        verbose_name_plural = "批量修改"
        ordering = ["-id"]
        indexes = [models.Index(fields=["community_id", "register", "-id"], name="bulkchange_register")]

    _BEFORE = {State.CHECKING: State.DRAFT, State.APPLYING: State.CHECKED, State.UNDOING: State.APPLIED}

    @property
    def is_working(self) -> bool:
        """Whether its job is running."""
        return self.state in self._BEFORE and not self.has_failed

    @property
    def has_failed(self) -> bool:
        """Whether its job failed; a job writes all or nothing."""
        return self.state in self._BEFORE and self.job is not None and self.job.state == Job.State.FAILED

    @property
    def effective_state(self) -> str:
        """Effective state: when a job has failed, the state before it."""
        return self._BEFORE[self.state] if self.has_failed else self.state

    @property
    def action(self) -> str:
        """Action name of its events in the history."""
        return f"bulk {self.uuid}"

    @property
    def undo_action(self) -> str:
        return f"undo-bulk {self.uuid}"


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
