from django.db import models

from portal.access.querysets import ScopedQuerySet


class Reminder(models.Model):
    """Reminder (提醒) of a due item: one for each item, day and urgency.

    Its text is computed when it is shown, so that a reminder never outlives its reason.
    """

    row_security = None  # `.sql`: of the user, whatever the community

    class Kind(models.TextChoices):
        OVERDUE = "overdue", "逾期"
        TODAY = "today", "今天"
        SOON = "soon", "近期"

    community_id = models.BigIntegerField("社区")
    user_id = models.BigIntegerField("用户")
    key = models.CharField("事项", max_length=200)
    """`portal.hooks.due.Due.name`."""
    on = models.DateField("日期")
    kind = models.CharField("程度", max_length=7, choices=Kind)
    made_at = models.DateTimeField("提醒时间", auto_now_add=True)
    seen_at = models.DateTimeField("已读时间", null=True)

    objects = ScopedQuerySet.as_manager()
    stored_label = "portal.Reminder"

    class Meta:
        verbose_name = "提醒"
        verbose_name_plural = "提醒"
        ordering = ["-id"]
        constraints = [
            # Makes repeated runs and concurrent workers idempotent. Also the index for a user's reminders.
            models.UniqueConstraint(
                fields=["user_id", "community_id", "key", "on", "kind"], name="reminder_once"
            ),
        ]
        indexes = [models.Index(fields=["made_at"], name="reminder_age")]


class TodoCount(models.Model):
    """Number of a user's items in one community that are overdue or due today, shown beside 待办 on every page.

    `portal.todo.counts` says how old it may be; a missing row is counted anew.
    """

    row_security = None  # `.sql`: of the user, whatever the community

    community_id = models.BigIntegerField("社区")
    user_id = models.BigIntegerField("用户")
    count = models.PositiveIntegerField("件数")
    counted_at = models.DateTimeField("计算时间")

    objects = ScopedQuerySet.as_manager()
    stored_label = "portal.TodoCount"

    class Meta:
        verbose_name = "待办件数"
        verbose_name_plural = "待办件数"
        ordering = ["user_id", "community_id"]
        constraints = [
            # One number a user and community, whoever counts; also the index for a page's query.
            models.UniqueConstraint(fields=["user_id", "community_id"], name="todocount_once"),
        ]
        # The nightly deletion.
        indexes = [models.Index(fields=["counted_at"], name="todocount_age")]
