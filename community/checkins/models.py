import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from portal.access.querysets import ScopedForeignKey


class CheckInBase(models.Model):
    """Abstract model of check-ins (签到) from a phone, which may arrive long after they were made.

    The concrete model is a `CommunityRow` that says in a field of its own what was checked in at; its `Meta` takes
    `CheckInBase.Meta`. The photo is an attachment of the row.
    """

    person = ScopedForeignKey("community.Person", related_name="+", verbose_name="签到人", db_index=False)
    at = models.DateTimeField("签到时间")
    """By the clock of the phone."""
    received_at = models.DateTimeField("收到时间", default=timezone.now, editable=False)
    note = models.CharField("说明", max_length=200, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="提交账号",
        editable=False,
    )
    token = models.UUIDField("提交编号", default=uuid.uuid4, editable=False)
    """Chosen by the phone: a check-in that is sent twice is one row."""

    CHECK_IN_FIELDS = ("person", "at", "received_at", "note", "sent_by", "token")
    """Names of the fields of the base, for `field_classes` of the concrete model."""

    class Meta:
        abstract = True
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "token"],
                name="%(class)s_sent_once",
                violation_error_message="这次签到已经收到",
            )
        ]
