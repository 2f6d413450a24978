"""Receipts of donations (捐款收据), each with its entry of the book, and what the money was used for."""

from django.db import models
from django.db.models import OuterRef, Q
from django.utils import timezone

from community.communities.models import CommunityRow
from community.finance.models import FinanceEntry
from community.finance.models.book import MoneyField
from partybuilding.donations.models.donation import Donation
from partybuilding.donations.models.sums import sum_of
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.audit.tracking import tracked


class Manner(models.TextChoices):
    CASH = "cash", "现金"
    BANK = "bank", "转账"
    ONLINE = "online", "扫码支付"


class DonationReceiptQuerySet(ScopedQuerySet):
    def valid(self):
        """Receipts that are not void, booked or not."""
        return self.filter(voided_on__isnull=True)

    def booked(self):
        """Valid receipts whose entry is approved: the money counts, and the paper may be printed."""
        return self.valid().filter(entry__state=FinanceEntry.State.APPROVED)

    def waiting(self):
        """Valid receipts whose entry nobody has approved yet."""
        return self.valid().exclude(entry__state=FinanceEntry.State.APPROVED)

    def with_left(self):
        """Annotate `used` and `left`, in yuan."""
        uses = DonationUse.objects.current().filter(community=OuterRef("community"), receipt=OuterRef("pk"))
        used = sum_of(uses)
        return self.annotate(used=used, left=models.F("amount") - used)


@tracked()
class DonationReceipt(CommunityRow):
    """Money that came of a donation, with the number of its receipt. Made together with its entry of the book.

    The entry is where the money is; a receipt without one cannot be. It is void when the entry no longer counts, and
    stays listed; when the entry comes back, another receipt takes the next number.
    """

    donation = ScopedForeignKey(Donation, related_name="receipts", verbose_name="捐款", db_index=False)
    entry = ScopedForeignKey(
        FinanceEntry, related_name="donation_receipts", verbose_name="收支记录", db_index=False
    )
    year = models.PositiveSmallIntegerField("收据年度")
    serial = models.PositiveIntegerField("收据编号")
    """Number within the year, without gaps."""
    on = models.DateField("收款日期", default=timezone.localdate)
    amount = MoneyField("金额（元）")
    """That of the entry; of a void receipt, what the entry said then."""
    manner = models.CharField("收款方式", max_length=6, choices=Manner, default=Manner.BANK)
    voided_on = models.DateField("作废日期", null=True, blank=True)
    voided_because = models.CharField("作废原因", max_length=200, blank=True)

    objects = DonationReceiptQuerySet.as_manager()

    field_classes = {
        "public": "donation entry year serial on amount manner voided_on".split(),
        "personal": ("voided_because",),
    }
    stored_label = "partybuilding.DonationReceipt"
    named_by = ("donation__donor__unit", "donation__donor__person", "donation__donor")
    person_path = "donation__donor__person"

    class Meta:
        verbose_name = "捐款收据"
        verbose_name_plural = "捐款收据"
        ordering = ["-year", "-serial"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "year", "serial"],
                name="donationreceipt_serial",
                violation_error_message="收据编号重复，请重新提交",
            ),
            models.UniqueConstraint(
                fields=["community", "entry"],
                condition=Q(voided_on__isnull=True),
                name="donationreceipt_entry_once",
                violation_error_message="这笔收入已经开过收据",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="donationreceipt_amount",
                violation_error_message="金额应大于0",
            ),
            models.CheckConstraint(
                condition=Q(voided_on__isnull=True, voided_because="")
                | Q(voided_on__isnull=False) & ~Q(voided_because=""),
                name="donationreceipt_void",
                violation_error_message="作废应写明原因",
            ),
        ]
        indexes = [
            models.Index(
                fields=["community", "donation"], include=["amount"], name="donationreceipt_donation"
            ),
            models.Index(fields=["community", "entry"], name="donationreceipt_entry"),
            # Totals of a period.
            models.Index(fields=["community", "on"], name="donationreceipt_day"),
        ]

    def __str__(self):
        return f"捐款收据{self.number}"

    @property
    def number(self) -> str:
        """Number of the receipt as it is printed."""
        return f"{self.year}-{self.serial:05d}"

    @property
    def is_booked(self) -> bool:
        return self.voided_on is None and self.entry.state == FinanceEntry.State.APPROVED

    @property
    def state_word(self) -> str:
        """已作废、待审批 or 有效."""
        if self.voided_on:
            return "已作废"
        return "有效" if self.entry.state == FinanceEntry.State.APPROVED else "待审批"


class DonationUseQuerySet(ScopedQuerySet):
    def current(self):
        """Uses that stand: the others were taken back."""
        return self.filter(ended_on__isnull=True)


@tracked()
class DonationUse(CommunityRow):
    """What donated money was spent on (捐款使用): a part of a receipt paid for a part of an expense."""

    receipt = ScopedForeignKey(
        DonationReceipt, models.CASCADE, related_name="uses", verbose_name="捐款收据", db_index=False
    )
    entry = ScopedForeignKey(
        FinanceEntry, related_name="donation_uses", verbose_name="支出记录", db_index=False
    )
    amount = MoneyField("使用金额（元）")
    words = models.CharField(
        "公开说明", max_length=80, help_text="捐款人凭查询码看到，请勿写他人姓名，如：购买慰问品"
    )
    ended_on = models.DateField("取消日期", null=True, blank=True)
    ended_because = models.CharField("取消原因", max_length=200, blank=True)

    objects = DonationUseQuerySet.as_manager()

    field_classes = {
        "public": "receipt entry amount ended_on".split(),
        "personal": ("words", "ended_because"),
    }
    stored_label = "partybuilding.DonationUse"
    log_name = "words"
    person_path = "receipt__donation__donor__person"

    class Meta:
        verbose_name = "捐款使用"
        verbose_name_plural = "捐款使用"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="donationuse_amount", violation_error_message="金额应大于0"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_because="")
                | Q(ended_on__isnull=False) & ~Q(ended_because=""),
                name="donationuse_ended",
                violation_error_message="取消应写明原因",
            ),
        ]
        indexes = [
            models.Index(
                fields=["community", "receipt"],
                include=["amount"],
                condition=Q(ended_on__isnull=True),
                name="donationuse_receipt",
            ),
            models.Index(fields=["community", "entry"], name="donationuse_entry"),
            models.Index(fields=["community", "-id"], name="donationuse_order"),
        ]

    def __str__(self):
        return f"{self.receipt.number}使用{self.amount}元"
