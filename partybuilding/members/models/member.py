"""Party members (党员) and their steps on the way to membership."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone

from community.communities.models import CommunityRow
from partybuilding.members.choices import MEMBER_STAGES, EndReason, Relation, Stage, State
from partybuilding.members.path import STEPS, STEPS_BY_CODE
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.audit.tracking import tracked


class MemberQuerySet(ScopedQuerySet):
    def open(self):
        """Whose registration here has not ended: also those who are lost, and those on the way to membership."""
        return self.filter(ended_on__isnull=True)

    def members(self):
        """Probationary and full members whose registration here has not ended, the lost ones too."""
        return self.open().filter(stage__in=MEMBER_STAGES)

    def present(self):
        """Members who can be called to a meeting or counted on: neither lost nor away as mobile members."""
        return self.members().filter(state=State.NORMAL)

    def on_roll(self):
        """Members whose relation is with a branch of this community."""
        return self.members().filter(relation=Relation.ON_ROLL)

    def paying(self):
        """Members who pay their dues here. Those of the lost are no arrears to be collected."""
        return self.members().filter(dues_from__isnull=False).exclude(state=State.LOST)


@tracked()
class Member(CommunityRow):
    """A party member of a branch, or somebody on the way to membership (党员)."""

    person = ScopedForeignKey(
        "community.Person", related_name="party_memberships", verbose_name="姓名", db_index=False
    )
    branch = ScopedForeignKey(
        "community.Body", related_name="party_members", verbose_name="所在支部", db_index=False
    )
    relation = models.CharField("组织关系", max_length=10, choices=Relation, default=Relation.ON_ROLL)
    state = models.CharField("状态", max_length=10, choices=State, default=State.NORMAL)
    stage = models.CharField("发展阶段", max_length=12, choices=Stage, default=Stage.FULL)
    applied_on = models.DateField("申请入党日期", null=True, blank=True)
    joined_on = models.DateField(
        "入党日期", null=True, blank=True, help_text="支部大会通过其为预备党员的日期"
    )
    probation_ends_on = models.DateField("预备期满日期", null=True, blank=True)
    extended_months = models.PositiveSmallIntegerField("延长预备期（月）", null=True, blank=True)
    full_on = models.DateField("转正日期", null=True, blank=True)
    came_on = models.DateField("转入日期", null=True, blank=True, help_text="到本支部的日期")
    is_retired = models.BooleanField("离退休", default=False)
    native_place = models.CharField("籍贯", max_length=40, blank=True)
    where = models.CharField("流动去向", max_length=80, blank=True)
    home_branch = models.CharField(
        "组织关系所在党组织", max_length=80, blank=True, help_text="在职报到和流动入的党员填写"
    )
    lost_since = models.DateField("失去联系日期", null=True, blank=True)
    dues_from = models.DateField(
        "党费起缴月份", null=True, blank=True, help_text="自哪个月起在本支部缴纳；在别处缴纳的留空"
    )
    """First day of the month from which dues are paid here."""
    dues_standard = models.DecimalField(
        "党费标准（元/月）",
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="没有按年度核定基数时，按此数缴纳",
    )
    ended_on = models.DateField("结束日期", null=True, blank=True)
    ended_because = models.CharField("结束原因", max_length=12, choices=EndReason, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = MemberQuerySet.as_manager()

    body_path = "branch"
    field_classes = {
        "personal": (
            "person branch relation state stage applied_on joined_on probation_ends_on extended_months full_on came_on is_retired"
            " native_place where home_branch lost_since dues_from dues_standard ended_on ended_because note"
        ).split()
    }
    stored_label = "partybuilding.Member"
    named_by = ("person",)

    class Meta:
        verbose_name = "党员"
        verbose_name_plural = "党员"
        ordering = ["-ended_on", "branch_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "community"],
                condition=models.Q(ended_on__isnull=True),
                name="member_person_once",
                violation_error_message="此人已在本社区党员名册中，请先查找",
            ),
            models.CheckConstraint(
                condition=models.Q(state=State.ENDED, ended_on__isnull=False) & ~models.Q(ended_because="")
                | ~models.Q(state=State.ENDED) & models.Q(ended_on__isnull=True, ended_because=""),
                name="member_ended",
                violation_error_message="结束的日期、原因和状态应同时填写",
            ),
            models.CheckConstraint(
                condition=models.Q(state=State.LOST, lost_since__isnull=False)
                | ~models.Q(state=State.LOST) & models.Q(lost_since__isnull=True)
                | models.Q(state=State.ENDED),
                name="member_lost",
                violation_error_message="失联的党员应填写失去联系的日期，其他状态不填",
            ),
            models.CheckConstraint(
                condition=models.Q(extended_months__isnull=True)
                | models.Q(extended_months__isnull=False, extended_months__gte=6, extended_months__lte=12),
                name="member_extension",
                violation_error_message="预备期延长不少于6个月，不超过12个月",
            ),
            models.CheckConstraint(
                condition=models.Q(joined_on__isnull=True)
                | models.Q(full_on__isnull=True)
                | models.Q(full_on__gte=models.F("joined_on")),
                name="member_full_order",
                violation_error_message="转正日期不能早于入党日期",
            ),
            models.CheckConstraint(
                condition=models.Q(applied_on__isnull=True)
                | models.Q(joined_on__isnull=True)
                | models.Q(joined_on__gte=models.F("applied_on")),
                name="member_joined_order",
                violation_error_message="入党日期不能早于申请入党日期",
            ),
            models.CheckConstraint(
                condition=models.Q(dues_from__isnull=True)
                | models.Q(dues_from__isnull=False, dues_from__day=1),
                name="member_dues_month",
                violation_error_message="党费起缴月份应为某月1日",
            ),
        ]
        indexes = [
            # The list and the counts of a branch.
            models.Index(fields=["community", "branch", "ended_on"], name="member_branch"),
        ]

    def __str__(self):
        return self.person.name

    @property
    def is_over(self) -> bool:
        return self.ended_on is not None

    @property
    def is_on_path(self) -> bool:
        """Whether steps of becoming a member are still to be taken."""
        return self.ended_on is None and self.stage != Stage.FULL


@tracked()
class MemberStep(CommunityRow):
    """A step that somebody took on the way to membership (发展党员的一步); its papers are attachments."""

    member = ScopedForeignKey(Member, related_name="steps", verbose_name="党员", db_index=False)
    step = models.CharField("步骤", max_length=30, choices=[(step.code, step.label) for step in STEPS])
    """Code of a `partybuilding.members.path.Step`."""
    occasion = models.PositiveSmallIntegerField("次数", default=1)
    """Which time it is, of a step that is repeated."""
    on = models.DateField("办理日期", default=timezone.localdate)
    text = models.CharField("情况", max_length=300, blank=True)
    entitled = models.PositiveSmallIntegerField("应到有表决权党员", null=True, blank=True)
    present = models.PositiveSmallIntegerField("实到", null=True, blank=True)
    in_favour = models.PositiveSmallIntegerField("赞成", null=True, blank=True)

    body_path = "member__branch"
    field_classes = {"personal": "member step occasion on text entitled present in_favour".split()}
    stored_label = "partybuilding.MemberStep"
    named_by = ("member__person",)

    class Meta:
        verbose_name = "发展党员步骤"
        verbose_name_plural = "发展党员步骤"
        ordering = ["member_id", "on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "step", "occasion", "community"],
                name="memberstep_once",
                violation_error_message="这一步刚刚已经登记，请刷新页面",
            ),
            models.CheckConstraint(
                condition=models.Q(entitled__isnull=True, present__isnull=True, in_favour__isnull=True)
                | models.Q(
                    entitled__isnull=False,
                    present__isnull=False,
                    in_favour__isnull=False,
                    present__lte=models.F("entitled"),
                    in_favour__lte=models.F("present"),
                ),
                name="memberstep_votes",
                violation_error_message="应到、实到、赞成应同时填写，且实到不多于应到、赞成不多于实到",
            ),
        ]

    def __str__(self):
        return f"{self.member} {self.label}"

    @property
    def label(self) -> str:
        return STEPS_BY_CODE[self.step].label

    @property
    def paper(self) -> str:
        """The paper expected of the step."""
        return STEPS_BY_CODE[self.step].paper

    @property
    def votes_in_words(self) -> str:
        if self.entitled is None:
            return ""
        return f"应到{self.entitled}人，实到{self.present}人，赞成{self.in_favour}人"
