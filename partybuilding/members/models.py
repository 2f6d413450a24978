"""Party members (党员), their steps on the way to membership, transfers of their relation, and their dues."""

import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from community.communities.models import CommunityRow
from partybuilding.members.choices import (
    MEMBER_STAGES,
    Direction,
    EndReason,
    Manner,
    Relation,
    Stage,
    State,
)
from partybuilding.members.path import label_of
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
    ended_on = models.DateField("结束日期", null=True, blank=True)
    ended_because = models.CharField("结束原因", max_length=12, choices=EndReason, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = MemberQuerySet.as_manager()

    body_path = "branch"
    field_classes = {
        "personal": (
            "person branch relation state stage applied_on joined_on probation_ends_on extended_months full_on came_on is_retired"
            " native_place where home_branch lost_since dues_from ended_on ended_because note"
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
    step = models.CharField("步骤", max_length=30)
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
        return f"{self.member} {label_of(self.step)}"


@tracked()
class Transfer(CommunityRow):
    """A transfer of somebody's relation (组织关系转接): out with a letter, in, or between two branches here."""

    member = ScopedForeignKey(Member, related_name="transfers", verbose_name="党员", db_index=False)
    direction = models.CharField("方向", max_length=8, choices=Direction)
    from_branch = ScopedForeignKey(
        "community.Body", null=True, blank=True, related_name="+", verbose_name="转出支部", db_index=False
    )
    to_branch = ScopedForeignKey(
        "community.Body", null=True, blank=True, related_name="+", verbose_name="转入支部", db_index=False
    )
    other = models.CharField("对方党组织", max_length=80, blank=True)
    on = models.DateField("办理日期", default=timezone.localdate)
    year = models.PositiveSmallIntegerField("年度", null=True, blank=True)
    serial = models.PositiveIntegerField("介绍信编号", null=True, blank=True)
    """Number of the letter within the year, without gaps."""
    valid_until = models.DateField("有效期至", null=True, blank=True)
    dues_until = models.DateField("党费交至", null=True, blank=True)
    """First day of the last month that is paid."""
    reason = models.CharField("转接原因", max_length=100, blank=True)
    receipt_on = models.DateField("回执日期", null=True, blank=True)
    """When the other organisation confirmed that it took the member over."""
    cancelled_on = models.DateField("撤回日期", null=True, blank=True)
    cancelled_because = models.CharField("撤回原因", max_length=100, blank=True)

    body_path = "member__branch"
    field_classes = {
        "personal": (
            "member direction from_branch to_branch other on year serial valid_until dues_until reason receipt_on cancelled_on"
            " cancelled_because"
        ).split()
    }
    stored_label = "partybuilding.Transfer"
    named_by = ("member__person",)

    class Meta:
        verbose_name = "组织关系转接"
        verbose_name_plural = "组织关系转接"
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "community"],
                condition=models.Q(
                    direction=Direction.OUT, receipt_on__isnull=True, cancelled_on__isnull=True
                ),
                name="transfer_open_once",
                violation_error_message="已经开出介绍信，还没有收到回执；请先登记回执或撤回",
            ),
            models.UniqueConstraint(
                fields=["year", "serial", "community"],
                name="transfer_serial",
                violation_error_message="介绍信编号重复，请重新提交",
            ),
            models.CheckConstraint(
                condition=models.Q(year__isnull=True, serial__isnull=True)
                | models.Q(year__isnull=False, serial__isnull=False),
                name="transfer_number",
                violation_error_message="介绍信的年度和编号应同时填写",
            ),
            models.CheckConstraint(
                condition=models.Q(receipt_on__isnull=True)
                | models.Q(cancelled_on__isnull=True, receipt_on__gte=models.F("on")),
                name="transfer_receipt",
                violation_error_message="回执日期不能早于开具介绍信的日期",
            ),
        ]
        indexes = [models.Index(fields=["community", "member"], name="transfer_member")]

    def __str__(self):
        return f"{self.member} {self.get_direction_display()}"

    @property
    def number(self) -> str:
        """Number of the letter as it is printed."""
        return f"〔{self.year}〕第{self.serial:03d}号" if self.serial else ""

    @property
    def is_open(self) -> bool:
        """Whether the receipt is still waited for."""
        return self.direction == Direction.OUT and not self.receipt_on and not self.cancelled_on


class DuesYearQuerySet(ScopedQuerySet):
    def in_year(self, year: int):
        return self.filter(year=year)


@tracked()
class DuesYear(CommunityRow):
    """What a member pays a month in a year (党费核定): base and rate, or a fixed amount."""

    member = ScopedForeignKey(Member, related_name="dues_years", verbose_name="党员", db_index=False)
    year = models.PositiveSmallIntegerField(
        "年度", validators=[MinValueValidator(1949), MaxValueValidator(2100)]
    )
    base = models.DecimalField(
        "月收入基数（元）",
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    rate = models.PositiveSmallIntegerField("比例（‰）", null=True, blank=True)
    """Per mille of the base; empty for a fixed amount."""
    monthly = models.DecimalField(
        "月应缴（元）", max_digits=8, decimal_places=2, validators=[MinValueValidator(0)]
    )

    objects = DuesYearQuerySet.as_manager()

    body_path = "member__branch"
    field_classes = {"personal": ("member", "year", "base", "rate", "monthly")}
    stored_label = "partybuilding.DuesYear"
    named_by = ("member__person",)

    class Meta:
        verbose_name = "党费核定"
        verbose_name_plural = "党费核定"
        ordering = ["-year", "member_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "year", "community"],
                name="duesyear_once",
                violation_error_message="这名党员本年度的党费已经核定，请直接修改",
            ),
            models.CheckConstraint(
                condition=models.Q(monthly__gte=0),
                name="duesyear_amount",
                violation_error_message="月应缴不能小于0",
            ),
        ]
        indexes = [models.Index(fields=["community", "year"], name="duesyear_year")]

    def __str__(self):
        return f"{self.member} {self.year}年党费"


class DuesPaymentQuerySet(ScopedQuerySet):
    def valid(self):
        return self.filter(voided_on__isnull=True)


@tracked()
class DuesPayment(CommunityRow):
    """Dues that a member paid, with the number of the receipt (党费收据). Void ones stay listed."""

    member = ScopedForeignKey(Member, related_name="dues_payments", verbose_name="党员", db_index=False)
    year = models.PositiveSmallIntegerField("收据年度", null=True, blank=True)
    serial = models.PositiveIntegerField("收据编号", null=True, blank=True)
    """Number within the year, without gaps; none for what was imported from a book."""
    paid_on = models.DateField("缴纳日期", default=timezone.localdate)
    amount = models.DecimalField("金额（元）", max_digits=9, decimal_places=2)
    period = models.CharField("缴纳月份", max_length=100)
    """The months in words; they stay readable when the receipt is void."""
    manner = models.CharField("缴纳方式", max_length=6, choices=Manner, default=Manner.CASH)
    collector = models.CharField("收款人", max_length=60, blank=True)
    note = models.CharField("备注", max_length=100, blank=True)
    voided_on = models.DateField("作废日期", null=True, blank=True)
    voided_because = models.CharField("作废原因", max_length=100, blank=True)

    objects = DuesPaymentQuerySet.as_manager()

    body_path = "member__branch"
    field_classes = {
        "personal": (
            "member year serial paid_on amount period manner collector note voided_on voided_because"
        ).split()
    }
    stored_label = "partybuilding.DuesPayment"
    named_by = ("member__person",)

    class Meta:
        verbose_name = "党费收据"
        verbose_name_plural = "党费收据"
        ordering = ["-paid_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "serial", "community"],
                name="duespayment_serial",
                violation_error_message="收据编号重复，请重新提交",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0),
                name="duespayment_amount",
                violation_error_message="金额应大于0",
            ),
            models.CheckConstraint(
                condition=models.Q(year__isnull=True, serial__isnull=True)
                | models.Q(year__isnull=False, serial__isnull=False),
                name="duespayment_number",
                violation_error_message="收据的年度和编号应同时填写",
            ),
            models.CheckConstraint(
                condition=models.Q(voided_on__isnull=True, voided_because="")
                | models.Q(voided_on__isnull=False) & ~models.Q(voided_because=""),
                name="duespayment_void",
                violation_error_message="作废应写明原因",
            ),
        ]
        indexes = [
            models.Index(fields=["community", "member"], name="duespayment_member"),
            # Totals of a period.
            models.Index(fields=["community", "paid_on"], name="duespayment_day"),
        ]

    def __str__(self):
        return f"党费收据{self.number or '（台账导入）'}"

    @property
    def number(self) -> str:
        """Number of the receipt as it is printed; empty for what was imported."""
        return f"{self.year}-{self.serial:05d}" if self.serial else ""


@tracked()
class DuesMonth(CommunityRow):
    """A month that is paid (已缴月份): each month once a member."""

    member = ScopedForeignKey(Member, related_name="dues_months", verbose_name="党员", db_index=False)
    payment = ScopedForeignKey(DuesPayment, related_name="months", verbose_name="党费收据", db_index=False)
    month = models.DateField("月份")
    """Its first day."""
    amount = models.DecimalField("金额（元）", max_digits=8, decimal_places=2)

    body_path = "member__branch"
    field_classes = {"personal": ("member", "payment", "month", "amount")}
    stored_label = "partybuilding.DuesMonth"
    named_by = ("member__person",)

    class Meta:
        verbose_name = "已缴月份"
        verbose_name_plural = "已缴月份"
        ordering = ["member_id", "month"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "month", "community"],
                name="duesmonth_once",
                violation_error_message="这个月的党费已经缴过",
            ),
            models.CheckConstraint(
                condition=models.Q(month__day=1),
                name="duesmonth_first_day",
                violation_error_message="月份应为某月1日",
            ),
        ]
        indexes = [models.Index(fields=["community", "payment"], name="duesmonth_payment")]

    def __str__(self):
        return f"{self.member} {self.month:%Y-%m}"

    @classmethod
    def first_of(cls, day: datetime.date) -> datetime.date:
        """First day of the month of a day."""
        return day.replace(day=1)
