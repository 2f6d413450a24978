from django.db import models

from community.communities.models import CommunityRow
from portal.access.querysets import ScopedForeignKey
from portal.access.rls import RowSecurity
from portal.audit.tracking import tracked
from portal.cases.models import Case, CaseQuerySet, CaseStep
from services.proposals.choices import AnswerClass, Kind, Opinion
from services.proposals.course import COURSE


@tracked()
class Proposal(Case, CommunityRow):
    """A proposal of a deputy of the people's congress or a member of the political conference (建议提案)."""

    course = COURSE

    state = models.CharField("状态", max_length=16, choices=COURSE.choices)
    kind = models.CharField("类别", max_length=10, choices=Kind)
    number = models.CharField("编号", max_length=30)
    """As the paper that assigned it says."""
    title = models.CharField("标题", max_length=120)
    text = models.TextField("内容", max_length=4000)
    proposer = models.CharField("提出人", max_length=60)
    proposer_post = models.CharField("单位和职务", max_length=120, blank=True)
    answer_class = models.CharField("答复类别", max_length=1, choices=AnswerClass, blank=True)
    """Of the last answer."""
    answers = models.PositiveSmallIntegerField("答复次数", default=0)
    opinion = models.CharField("对答复的意见", max_length=12, choices=Opinion, blank=True)
    """On the last answer."""

    objects = CaseQuerySet.as_manager()

    field_classes = {
        "personal": (
            "state owner received_at clock_rule clock_start clock_days clock_shift due is_provisional paused_on answered_at ended_at"
            " kind number title text proposer proposer_post answer_class answers opinion"
        ).split()
    }
    stored_label = "services.Proposal"

    class Meta:
        verbose_name = "建议提案"
        verbose_name_plural = "建议提案"
        # PostgreSQL sorts NULLs first when descending: open ones, the most urgent first.
        ordering = ["-ended_at", "due", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "number", "community"],
                name="proposal_number",
                violation_error_message="这个编号已经登记过；各年编号重复的，请连同年份填写，如：2026-35",
            )
        ]
        indexes = [
            models.Index(fields=["community", "-ended_at", "due", "id"], name="proposal_order"),
            models.Index(
                fields=["community", "owner", "due"],
                condition=models.Q(ended_at__isnull=True),
                name="proposal_open_of_owner",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}{self.number}"

    @property
    def gist(self) -> str:
        """What it is about in a few words."""
        return self.title


class ProposalStep(CaseStep, CommunityRow):
    """A step of a proposal (办理经过)."""

    row_security = RowSecurity(append_only=True)
    case = ScopedForeignKey(Proposal, related_name="steps", verbose_name="建议提案", db_index=False)

    field_classes = {"personal": "case number name before after by at text to_resident details".split()}
    untracked_because = "A row is added once and never changed; the runtime role has no right to."
    stored_label = "services.ProposalStep"

    class Meta:
        verbose_name = "建议提案的办理步骤"
        verbose_name_plural = "建议提案的办理步骤"
        ordering = ["case", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "number", "community"],
                name="proposalstep_once",
                violation_error_message="这件建议提案刚刚有了新的进展，请重新打开后再办理",
            )
        ]


@tracked()
class DeputyInspection(CommunityRow):
    """A visit of deputies or members who look into something in the community (代表视察活动)."""

    held_on = models.DateField("视察日期")
    deputies = models.CharField("代表、委员", max_length=200)
    subject = models.CharField("视察内容", max_length=120)
    opinion = models.TextField("意见建议", max_length=2000, blank=True)

    field_classes = {"personal": ("held_on", "deputies", "subject", "opinion")}
    stored_label = "services.DeputyInspection"
    log_name = "subject"

    class Meta:
        verbose_name = "代表视察活动"
        verbose_name_plural = "代表视察活动"
        ordering = ["-held_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["held_on", "subject", "community"],
                name="deputyinspection_once",
                violation_error_message="这一天同一内容的视察已经登记过",
            )
        ]

    def __str__(self):
        return f"{self.held_on}{self.subject}"
