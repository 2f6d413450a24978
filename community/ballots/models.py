"""Ballots (表决和选举) with their tallies: paper is counted in the room, the numbers are entered and checked here."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from community.activities.models import OfActivityQuerySet
from community.communities.models import CommunityRow
from portal.access.querysets import ScopedForeignKey
from portal.audit.tracking import tracked


@tracked()
class Ballot(CommunityRow):
    """A ballot of a meeting: who was entitled and present, and the papers issued, returned, valid and spoiled."""

    class Kind(models.TextChoices):
        ELECTION = "election", "选举"
        APPROVAL = "approval", "表决"
        APPRAISAL = "appraisal", "评议"

    activity = ScopedForeignKey(
        "community.Activity", related_name="ballots", verbose_name="会议", db_index=False
    )
    kind = models.CharField("方式", max_length=9, choices=Kind, default=Kind.APPROVAL)
    title = models.CharField("表决事项", max_length=100)
    seats = models.PositiveSmallIntegerField(
        "应选名额", default=1, validators=[MinValueValidator(1)], help_text="每张选票最多可选的人数"
    )
    entitled = models.PositiveIntegerField("应到人数")
    present = models.PositiveIntegerField("实到人数")
    issued = models.PositiveIntegerField("发出票数")
    returned = models.PositiveIntegerField("收回票数")
    valid = models.PositiveIntegerField("有效票数")
    spoiled = models.PositiveIntegerField("废票数", default=0)

    objects = OfActivityQuerySet.as_manager()

    body_path = "activity__body"
    field_classes = {
        "public": "activity kind seats entitled present issued returned valid spoiled".split(),
        "personal": ("title",),
    }
    stored_label = "community.Ballot"
    named_by = ("activity",)

    class Meta:
        verbose_name = "表决"
        verbose_name_plural = "表决"
        ordering = ["activity_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "activity", "title"],
                name="ballot_title_once",
                violation_error_message="这次会议已有同名的表决事项",
            ),
            models.CheckConstraint(
                condition=Q(seats__gte=1), name="ballot_seats", violation_error_message="应选名额至少为1"
            ),
            models.CheckConstraint(
                condition=Q(present__lte=F("entitled")),
                name="ballot_present",
                violation_error_message="实到人数不能多于应到人数",
            ),
            models.CheckConstraint(
                condition=Q(issued__lte=F("present")),
                name="ballot_issued",
                violation_error_message="发出票数不能多于实到人数",
            ),
            models.CheckConstraint(
                condition=Q(returned__lte=F("issued")),
                name="ballot_returned",
                violation_error_message="收回票数不能多于发出票数",
            ),
            models.CheckConstraint(
                condition=Q(returned=F("valid") + F("spoiled")),
                name="ballot_valid_and_spoiled",
                violation_error_message="有效票数与废票数之和应等于收回票数",
            ),
        ]

    def __str__(self):
        return self.title


APPRAISAL_GRADES = ("优秀", "合格", "基本合格", "不合格")
"""Grades (`BallotLine.option`) of an appraisal."""


@tracked()
class BallotLine(CommunityRow):
    """Votes of a ballot for a name or a motion; in an appraisal those of one grade (`option`) for a name."""

    ballot = ScopedForeignKey(
        Ballot, models.CASCADE, related_name="lines", verbose_name="表决", db_index=False
    )
    order = models.PositiveSmallIntegerField("排序", default=1)
    name = models.CharField("姓名或事项", max_length=60)
    person = ScopedForeignKey(
        "community.Person",
        null=True,
        blank=True,
        related_name="ballot_lines",
        verbose_name="本人",
        db_index=False,
    )
    option = models.CharField("等次", max_length=10, blank=True)
    votes = models.PositiveIntegerField("赞成")
    """Votes for the name, the motion, or the grade."""
    against = models.PositiveIntegerField("反对", default=0)
    abstained = models.PositiveIntegerField("弃权", default=0)

    objects = OfActivityQuerySet.as_manager()

    body_path = "ballot__activity__body"
    activity_path = "ballot__activity"
    field_classes = {"personal": "ballot order name person option votes against abstained".split()}
    stored_label = "community.BallotLine"
    named_by = ("ballot",)

    class Meta:
        verbose_name = "得票"
        verbose_name_plural = "得票"
        ordering = ["ballot_id", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "ballot", "name", "option"],
                name="ballotline_once",
                violation_error_message="这个姓名已经填过",
            )
        ]
        indexes = [models.Index(fields=["community", "person"], name="ballotline_person")]

    def __str__(self):
        return f"{self.ballot} {self.name}{self.option}"
