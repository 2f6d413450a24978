"""Dues (党费): what is to be paid in a year, payments with their receipts, and the months that are paid."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from community.communities.models import CommunityRow
from partybuilding.members.choices import Manner
from partybuilding.members.models.member import Member
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.audit.tracking import tracked


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

    @property
    def rate_words(self) -> str:
        """1.5%; empty for a fixed amount."""
        return "" if self.rate is None else f"{self.rate / 10:g}%"


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
