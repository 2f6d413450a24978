import uuid

from django.db import models

from portal.access.querysets import ScopedQuerySet


class Job(models.Model):
    """Background job with its progress (后台任务). The queue entry itself is procrastinate's."""

    class State(models.TextChoices):
        WAITING = "waiting", "排队中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "未完成"

    uuid = models.UUIDField("编号", default=uuid.uuid4, editable=False, unique=True)
    community_id = models.BigIntegerField("社区")
    user_id = models.BigIntegerField("用户")
    title = models.CharField("内容", max_length=200)
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField("已处理", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    message = models.CharField("说明", max_length=300, blank=True)
    result_url = models.CharField("结果页", max_length=300, blank=True)
    created_at = models.DateTimeField("提交时间", auto_now_add=True)
    heartbeat_at = models.DateTimeField("最近活动", auto_now_add=True)
    finished_at = models.DateTimeField("结束时间", null=True)

    objects = ScopedQuerySet.as_manager()
    stored_label = "portal.Job"

    class Meta:
        verbose_name = "后台任务"
        verbose_name_plural = "后台任务"
        ordering = ["-id"]
        indexes = [models.Index(fields=["community_id", "user_id", "-id"], name="job_of_user")]

    @property
    def percent(self) -> int:
        """Progress in whole per cent; 100 only when the work is done."""
        if self.state == self.State.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)
