"""Entries of the book (收支记录)."""

import datetime
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.utils import timezone

from community.communities.models import CommunityRow
from community.finance.models.book import Direction, FinanceCategory, Fund, MoneyField
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.audit.tracking import tracked
from portal.pii_scan.declared import INTERNAL


class FinanceEntryQuerySet(ScopedQuerySet):
    def booked(self):
        """Approved entries: those that count in every balance and total."""
        return self.filter(state=FinanceEntry.State.APPROVED)

    def waiting(self):
        """Entries that nobody has decided on, or that were returned to their handler: a month with any cannot be closed."""
        return self.filter(state__in=FinanceEntry.OPEN)

    def between(self, first: datetime.date, last: datetime.date):
        """Entries of days from `first` to `last`, both included."""
        return self.filter(on__range=(first, last))

    def sums(self) -> dict[str, Decimal]:
        """Direction → sum in yuan; a direction without entries is 0. One query."""
        sums = dict.fromkeys(Direction.values, Decimal(0))
        return sums | dict(self.order_by().values_list("direction").annotate(Sum("amount")))


@tracked()
class FinanceEntry(CommunityRow):
    """An entry of the book: money that came in or was spent, entered by its handler and approved by somebody else.

    A mistake in an approved entry is corrected by another one that reverses it (红字冲销): the same category with the
    negative amount. Nothing of a closed month changes (community/finance/finance.sql).
    """

    class State(models.TextChoices):
        ENTERED = "entered", "待审批"
        RETURNED = "returned", "已退回"
        APPROVED = "approved", "已入账"
        WITHDRAWN = "withdrawn", "已撤销"

    OPEN = (State.ENTERED, State.RETURNED)

    on = models.DateField("日期", default=timezone.localdate)
    direction = models.CharField("收支", max_length=7, choices=Direction, editable=False)
    category = ScopedForeignKey(
        FinanceCategory, same="direction", related_name="entries", verbose_name="科目", db_index=False
    )
    fund = ScopedForeignKey(
        Fund, null=True, blank=True, related_name="entries", verbose_name="专项资金", db_index=False
    )
    amount = MoneyField("金额（元）")
    """Negative only where the entry reverses another one."""
    summary = models.CharField("摘要", max_length=120)
    counterparty = models.CharField("付款或收款方", max_length=80, blank=True)
    voucher = models.CharField(
        "凭证号", max_length=30, blank=True, help_text="街道会计的凭证编号，还没有的可以以后补填"
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="经手账号",
        editable=False,
    )
    """Empty for what was imported from the street's book."""
    handler_name = models.CharField("经手人", max_length=40)
    state = models.CharField("状态", max_length=9, choices=State, default=State.ENTERED, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="审批账号",
        editable=False,
    )
    approver_name = models.CharField("审批人", max_length=40, blank=True)
    decided_at = models.DateTimeField("审批时间", null=True, blank=True, editable=False)
    over_limit_because = models.CharField("超限原因", max_length=200, blank=True, editable=False)
    closed_because = models.CharField("退回或撤销原因", max_length=200, blank=True, editable=False)
    reverses = ScopedForeignKey(
        "self",
        null=True,
        blank=True,
        related_name="reversals",
        verbose_name="冲销的记录",
        db_index=False,
        editable=False,
    )

    objects = FinanceEntryQuerySet.as_manager()

    field_classes = {
        "public": "on direction category fund amount voucher state decided_at reverses".split(),
        "personal": (
            "summary counterparty handler handler_name decided_by approver_name over_limit_because closed_because"
        ).split(),
    }
    public_texts = {"voucher": INTERNAL}
    stored_label = "community.FinanceEntry"
    log_name = "summary"

    class Meta:
        verbose_name = "收支记录"
        verbose_name_plural = "收支记录"
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, reverses__isnull=True) | Q(amount__lt=0, reverses__isnull=False),
                name="financeentry_amount",
                violation_error_message="金额应大于0",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | ~Q(approver_name="") & Q(approver_name__isnull=False, decided_at__isnull=False),
                name="financeentry_approved_by_somebody",
                violation_error_message="入账的记录须写明审批人",
            ),
            models.CheckConstraint(
                condition=Q(handler__isnull=True)
                | Q(decided_by__isnull=True)
                | ~Q(handler=models.F("decided_by")),
                name="financeentry_two_people",
                violation_error_message="经手人不能审批自己的收支，请由其他人审批",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(handler__isnull=False)
                | ~Q(handler_name=models.F("approver_name")),
                name="financeentry_two_names",
                violation_error_message="经手人和审批人不能是同一人",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("returned", "withdrawn")) | ~Q(closed_because=""),
                name="financeentry_with_reason",
                violation_error_message="退回或撤销请写明原因",
            ),
            models.UniqueConstraint(
                fields=["community", "reverses"],
                condition=Q(reverses__isnull=False) & ~Q(state="withdrawn"),
                name="financeentry_reversed_once",
                violation_error_message="这条记录已经冲销过",
            ),
        ]
        indexes = [
            # The list and the totals of a period.
            models.Index(
                fields=["community", "-on", "-id"],
                include=["direction", "state", "amount"],
                name="financeentry_day",
            ),
            models.Index(fields=["community", "category", "on"], name="financeentry_category"),
            models.Index(
                fields=["community", "fund"], condition=Q(fund__isnull=False), name="financeentry_fund"
            ),
            # What is to be approved or mended.
            models.Index(
                fields=["community", "on"],
                condition=Q(state__in=("entered", "returned")),
                name="financeentry_waiting",
            ),
        ]

    def __str__(self):
        return f"{self.on:%Y-%m-%d} {self.summary}"

    @property
    def month(self) -> datetime.date:
        """First day of its month."""
        return self.on.replace(day=1)

    @property
    def signed(self) -> Decimal:
        """What it adds to the balance."""
        return self.amount if self.direction == Direction.INCOME else -self.amount
