"""Who is invited to a joint party-building meeting (党建联席会议), and who came."""

from django.db import models
from django.db.models import Q

from community.activities.models import OfActivityQuerySet
from community.communities.models import CommunityRow
from portal.access.querysets import ScopedForeignKey
from portal.audit.tracking import tracked


@tracked()
class JointInvitation(CommunityRow):
    """That a party body, or a unit without one here, is invited to a joint meeting, and who came for it."""

    class State(models.TextChoices):
        INVITED = "invited", "已邀请"
        PRESENT = "present", "到会"
        LEAVE = "leave", "请假"
        ABSENT = "absent", "缺席"

    activity = ScopedForeignKey(
        "community.Activity", related_name="joint_invitations", verbose_name="联席会议", db_index=False
    )
    body = ScopedForeignKey(
        "community.Body",
        null=True,
        blank=True,
        related_name="joint_invitations",
        verbose_name="党组织",
        db_index=False,
    )
    unit = ScopedForeignKey(
        "community.Unit",
        null=True,
        blank=True,
        related_name="joint_invitations",
        verbose_name="单位",
        db_index=False,
    )
    state = models.CharField("到会情况", max_length=7, choices=State, default=State.INVITED)
    representative = models.CharField("参会代表", max_length=60, blank=True)

    objects = OfActivityQuerySet.as_manager()

    body_path = "activity__body"
    field_classes = {"public": ("activity", "body", "unit", "state"), "personal": ("representative",)}
    stored_label = "partybuilding.JointInvitation"
    named_by = ("activity", "body", "unit")

    class Meta:
        verbose_name = "联席会议邀请"
        verbose_name_plural = "联席会议邀请"
        ordering = ["activity_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(body__isnull=False, unit__isnull=True) | Q(body__isnull=True, unit__isnull=False),
                name="jointinvitation_of_one",
                violation_error_message="每份邀请填写一个党组织或一个单位",
            ),
            models.UniqueConstraint(
                fields=["community", "activity", "body"],
                name="jointinvitation_body_once",
                violation_error_message="这个党组织已经邀请",
            ),
            models.UniqueConstraint(
                fields=["community", "activity", "unit"],
                name="jointinvitation_unit_once",
                violation_error_message="这个单位已经邀请",
            ),
        ]

    def __str__(self):
        return str(self.body or self.unit)
