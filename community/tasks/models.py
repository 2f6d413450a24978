import datetime
from collections.abc import Collection

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from community.accounts.models import RoleAssignment
from community.communities.models import CommunityRow
from portal.access.permissions import Permission
from portal.access.querysets import RightField, ScopedQuerySet
from portal.access.rls import RowSecurity
from portal.audit.tracking import tracked

RETURNED_DAYS = 14
"""Days for which a declined task stays in its giver's to-do."""


class TaskQuerySet(ScopedQuerySet):
    def open(self):
        """Open tasks."""
        return self.filter(state=Task.State.OPEN)

    def unowned(self):
        """Open tasks without an owner, or whose owner's role has ended."""
        return self.open().filter(_without_owner())

    def overdue(self, day: datetime.date):
        """Open tasks due before `day`."""
        return self.open().filter(due__lt=day)

    def concerning(self, user, day: datetime.date, absent: Collection[int] = ()):
        """Open tasks that are the user's, unowned (`is_unowned`) or given by them, and recently declined ones they gave.

        absent: ids of colleagues whose open tasks concern the user besides.
        """
        lately = day - datetime.timedelta(days=RETURNED_DAYS)
        tasks = self.annotate(is_unowned=_without_owner())
        waiting = Q(state=Task.State.OPEN) & (
            Q(owner=user) | Q(owner__in=absent) | Q(is_unowned=True) | Q(given_by=user)
        )
        returned = Q(state=Task.State.DECLINED, given_by=user, closed_on__gt=lately) & ~Q(closed_by=user)
        return tasks.filter(waiting | returned)


def _without_owner() -> Q:
    assignments = RoleAssignment.objects.current().holding(Permission.TASKS)
    return ~Exists(assignments.filter(user=OuterRef("owner"), community=OuterRef("community")))


@tracked()
class Task(CommunityRow):
    """A task inside the committee (交办), with owner, due date and result.

    Also receives hand-overs from other pages while no app above does: then it has a source, and its giver is who
    handed it over.
    """

    row_security = RowSecurity(right="required_right")

    class State(models.TextChoices):
        OPEN = "open", "待办"
        DONE = "done", "已办结"
        DECLINED = "declined", "已退回"

    title = models.CharField("事项", max_length=120)
    text = models.CharField("内容和要求", max_length=1000, blank=True)
    due = models.DateField("办理期限", null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="承办人",
    )
    """Empty: whoever takes it."""
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="交办人"
    )
    given_at = models.DateTimeField("交办时间", default=timezone.now)
    source_label = models.CharField("来源", max_length=120, blank=True)
    source_url = models.CharField("来源页面", max_length=300, blank=True)
    required_right = RightField("查看权限", default=Permission.TASKS, editable=False)
    """Right required to see it; for a hand-over, the right to open its source."""
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    result = models.CharField("办理结果", max_length=500, blank=True)
    """Result, or the reason for declining."""
    closed_on = models.DateField("办结日期", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="办结人",
    )

    objects = TaskQuerySet.as_manager()

    field_classes = {
        "personal": (
            "title text due owner given_by given_at source_label source_url required_right"
            " state result closed_on closed_by"
        ).split(),
    }
    stored_label = "community.Task"

    class Meta:
        verbose_name = "任务"
        verbose_name_plural = "任务"
        # PostgreSQL sorts NULLs first when descending: open tasks.
        ordering = ["-closed_on", "due", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", closed_on__isnull=True, closed_by__isnull=True, result="")
                | ~Q(state="open") & Q(closed_on__isnull=False, closed_by__isnull=False) & ~Q(result=""),
                name="task_closed_with_result",
                violation_error_message="办结或退回时须写明结果或原因",
            ),
        ]
        indexes = [
            # The list, and what is due for a user.
            models.Index(fields=["community", "-closed_on", "due", "id"], name="task_order"),
            models.Index(
                fields=["community", "owner", "due"], condition=Q(state="open"), name="task_open_of_owner"
            ),
        ]

    def __str__(self):
        return self.title
