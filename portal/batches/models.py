import datetime
import uuid
from typing import ClassVar, Self

from django.db import models

from portal.access.querysets import ScopedQuerySet
from portal.jobs.models import Job


class Batch(models.Model):
    """Batch (批次): many rows of a register, from the choice of what to change to its undo.

    A state changes under a row lock, so that of two people, tabs or clicks only one takes effect. Jobs write all or
    nothing: when one has failed, the batch counts as in the state before it.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        CHECKING = "checking"
        CHECKED = "checked"
        APPLYING = "applying"
        APPLIED = "applied"
        UNDOING = "undoing"
        UNDONE = "undone"

    kind: ClassVar[str]
    """Stored name of the kind, in the history's actions and the names of its tasks."""
    verb: ClassVar[str]
    """What applying it is called: 导入."""
    draft_label: ClassVar[str]
    """What a draft waits for."""
    abandoned_after: ClassVar[datetime.timedelta | None] = None
    """After this time a batch that nobody applied is deleted."""

    uuid = models.UUIDField("编号", default=uuid.uuid4, editable=False, unique=True)
    community_id = models.BigIntegerField("社区")
    user_id = models.BigIntegerField("用户", null=True)
    """Empty for a batch from the shell."""
    register = models.CharField("台账", max_length=60)
    """The register's label, `<app>:<noun>`."""
    state = models.CharField("状态", max_length=8, default=State.DRAFT)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", verbose_name="任务")
    created_at = models.DateTimeField("提交时间", auto_now_add=True)
    applied_at = models.DateTimeField("写入时间", null=True)
    undone_at = models.DateTimeField("撤销时间", null=True)
    undone_by = models.BigIntegerField("撤销人", null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-id"]
        indexes = [models.Index(fields=["community_id", "register", "-id"], name="%(class)s_register")]

    @property
    def state_label(self) -> str:
        """The state in words."""
        return {
            self.State.DRAFT: self.draft_label,
            self.State.CHECKING: "检查中",
            self.State.CHECKED: "待确认",
            self.State.APPLYING: f"{self.verb}中",
            self.State.APPLIED: f"已{self.verb}",
            self.State.UNDOING: "撤销中",
            self.State.UNDONE: "已撤销",
        }[self.state]

    @property
    def is_working(self) -> bool:
        """Whether its job waits or runs."""
        return self._is_with_job and not self.has_failed

    @property
    def has_failed(self) -> bool:
        """Whether its job failed."""
        return self._is_with_job and self.job is not None and self.job.state == Job.State.FAILED

    @property
    def _is_with_job(self) -> bool:
        return self.state in (self.State.CHECKING, self.State.APPLYING, self.State.UNDOING)

    @property
    def effective_state(self) -> str:
        """Effective state: when a job has failed, the state before it."""
        if not self.has_failed:
            return self.state
        if self.applied_at:
            return self.State.APPLIED  # what failed is the undo, or a later part
        return self.State.DRAFT if self.state == self.State.CHECKING else self.State.CHECKED

    @property
    def may_check(self) -> bool:
        """Whether it can still be changed and checked (again), or be discarded."""
        return self.effective_state in (self.State.DRAFT, self.State.CHECKED)

    @property
    def may_apply(self) -> bool:
        return self.effective_state == self.State.CHECKED

    @property
    def may_undo(self) -> bool:
        return self.effective_state == self.State.APPLIED

    @property
    def action(self) -> str:
        """Action name of its events in the history."""
        return f"{self.kind} {self.uuid}"

    @property
    def undo_action(self) -> str:
        return f"undo-{self.action}"

    def lock(self) -> Self | None:
        """The batch, locked until the end of the transaction; None when it was discarded."""
        rows = type(self)._default_manager.filter(community_id=self.community_id, pk=self.pk)
        return rows.select_for_update(of=["self"]).select_related("job").first()

    def discard(self) -> bool:
        """Delete a batch that was not applied; False if it was, or a job is at work."""
        locked = self.lock()
        if locked is None or not locked.may_check:
            return False
        locked.delete()
        return True
