import uuid

from django.db import models

from portal.scoping import ScopedQuerySet


class Precision(models.TextChoices):
    """Precision of a partial date (`portal.dates.PartialDate`)."""

    YEAR = "y", "年"
    MONTH = "m", "月"
    DAY = "d", "日"


class CommunityRow(models.Model):
    """A row that belongs to one community (社区).

    `uuid` names it in URLs, `version` counts its changes for optimistic locking. The database adds
    `UNIQUE (community_id, id)` and `(community_id, uuid)` (`portal.rls.scoped_keys`).
    """

    community = models.ForeignKey(
        "community.Community", models.PROTECT, related_name="+", verbose_name="社区", db_index=False
    )
    uuid = models.UUIDField("编号", default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


def current_on(day) -> models.Q:
    """Rows with `start` and `end` that are in force on `day`; an open end is in force."""
    return (models.Q(start__isnull=True) | models.Q(start__lte=day)) & (
        models.Q(end__isnull=True) | models.Q(end__gte=day)
    )


START_BEFORE_END = (
    models.Q(start__isnull=True) | models.Q(end__isnull=True) | models.Q(end__gte=models.F("start"))
)
