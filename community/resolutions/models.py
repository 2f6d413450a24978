from django.db import models

from community.activities.models import OfActivityQuerySet
from community.communities.models import CommunityRow
from portal.access.querysets import ScopedForeignKey
from portal.audit.tracking import tracked


@tracked()
class Resolution(CommunityRow):
    """A resolution of a meeting (决议), which may have become a task."""

    activity = ScopedForeignKey(
        "community.Activity", related_name="resolutions", verbose_name="会议", db_index=False
    )
    number = models.PositiveSmallIntegerField("序号")
    text = models.CharField("决议内容", max_length=500)
    task = ScopedForeignKey(
        "community.Task",
        null=True,
        blank=True,
        related_name="resolutions",
        verbose_name="任务",
        db_index=False,
        editable=False,
    )

    objects = OfActivityQuerySet.as_manager()

    body_path = "activity__body"
    field_classes = {"personal": ("activity", "number", "text", "task")}
    stored_label = "community.Resolution"
    named_by = ("activity",)

    class Meta:
        verbose_name = "决议"
        verbose_name_plural = "决议"
        ordering = ["activity_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "activity", "number"],
                name="resolution_number_once",
                violation_error_message="这次会议已有这个序号的决议",
            ),
            models.UniqueConstraint(
                fields=["community", "task"],
                name="resolution_task_once",
                violation_error_message="这项任务来自另一项决议",
            ),
        ]

    def __str__(self):
        return f"{self.activity}决议{self.number}"
