"""Yearly appraisal of party members (民主评议党员): one a branch and year, with a result for each member."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from community.ballots.models import APPRAISAL_GRADES
from community.communities.models import CommunityRow
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.audit.tracking import tracked


class Grade(models.TextChoices):
    EXCELLENT = "excellent", APPRAISAL_GRADES[0]
    GOOD = "good", APPRAISAL_GRADES[1]
    FAIR = "fair", APPRAISAL_GRADES[2]
    POOR = "poor", APPRAISAL_GRADES[3]


class AppraisalQuerySet(ScopedQuerySet):
    def with_counts(self):
        """Annotate `members`, `graded`, and the number of each grade by its name."""
        counts = {"members": None, "graded": ~models.Q(results__grade="")}
        counts |= {grade.value: models.Q(results__grade=grade) for grade in Grade}
        return self.annotate(
            **{name: models.Count("results", filter=condition) for name, condition in counts.items()}
        )


@tracked()
class Appraisal(CommunityRow):
    """The appraisal of the members of a branch in a year, held at a meeting, with the tally of its papers."""

    branch = ScopedForeignKey(
        "community.Body", related_name="appraisals", verbose_name="党支部", db_index=False
    )
    year = models.PositiveSmallIntegerField(
        "年度", validators=[MinValueValidator(1949), MaxValueValidator(2100)]
    )
    activity = ScopedForeignKey(
        "community.Activity",
        null=True,
        blank=True,
        related_name="appraisals",
        verbose_name="评议会议",
        db_index=False,
        help_text="到会情况和测评票数取自这次会议；还没有举行的可以以后再选",
    )
    ballot = ScopedForeignKey(
        "community.Ballot",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="appraisals",
        verbose_name="测评票数",
        db_index=False,
        editable=False,
    )
    note = models.CharField("备注", max_length=200, blank=True)

    objects = AppraisalQuerySet.as_manager()

    body_path = "branch"
    field_classes = {"personal": ("branch", "year", "activity", "ballot", "note")}
    stored_label = "partybuilding.Appraisal"
    named_by = ("branch",)

    class Meta:
        verbose_name = "民主评议"
        verbose_name_plural = "民主评议党员"
        ordering = ["-year", "branch_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "branch", "year"],
                name="appraisal_once",
                violation_error_message="这个支部本年度的民主评议已经登记，请直接打开",
            )
        ]

    def __str__(self):
        return f"{self.branch}{self.year}年民主评议党员"


class AppraisalResultQuerySet(ScopedQuerySet):
    def graded(self):
        return self.exclude(grade="")


@tracked()
class AppraisalResult(CommunityRow):
    """The grade of a member in an appraisal (评定等次); it stays when the member has left."""

    appraisal = ScopedForeignKey(Appraisal, related_name="results", verbose_name="民主评议", db_index=False)
    member = ScopedForeignKey(
        "partybuilding.Member", related_name="appraisal_results", verbose_name="党员", db_index=False
    )
    grade = models.CharField("评定等次", max_length=9, choices=Grade, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    objects = AppraisalResultQuerySet.as_manager()

    body_path = "appraisal__branch"
    field_classes = {"personal": ("appraisal", "member", "grade", "note")}
    stored_label = "partybuilding.AppraisalResult"
    named_by = ("appraisal__branch", "member__person")

    class Meta:
        verbose_name = "评议结果"
        verbose_name_plural = "评议结果"
        ordering = ["appraisal_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "appraisal", "member"],
                name="appraisalresult_once",
                violation_error_message="这名党员已在评议名单中",
            ),
            models.CheckConstraint(
                condition=~models.Q(grade=Grade.POOR) | ~models.Q(note=""),
                name="appraisalresult_poor",
                violation_error_message="评定为不合格的，请写明情况和处置意见",
            ),
        ]
        indexes = [
            # The years of a member.
            models.Index(fields=["community", "member"], name="appraisalresult_member")
        ]

    def __str__(self):
        return f"{self.member} {self.appraisal}"
