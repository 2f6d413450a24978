"""A donation of money (捐款), from the promise on."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Value, When
from django.utils import timezone

from community.communities.models import CommunityRow
from community.finance.models import Fund
from community.finance.models.book import MoneyField
from partybuilding.donations.models.donor import Donor
from partybuilding.donations.models.sums import rows_at, sum_of
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.audit.tracking import tracked
from portal.pii_scan.declared import INTERNAL


class Standing(models.TextChoices):
    """How far a donation is; follows from its receipts and uses, and is stored nowhere."""

    PROMISED = "promised", "已承诺"
    RECEIVED = "received", "已收款，待审批"
    RECEIPTED = "receipted", "已入账，未使用"
    PART_USED = "part_used", "部分使用"
    USED = "used", "已用完"
    LAPSED = "lapsed", "未兑现"
    EARLIER = "earlier", "启用前已收"


class DonationQuerySet(ScopedQuerySet):
    def with_sums(self):
        """Annotate `booked`, `waiting` (entered, not approved yet), `used`, `left` of what is booked, in yuan."""
        mine = {"community": OuterRef("community"), "donation": OuterRef("pk")}
        receipts = rows_at(self.model, "receipts").filter(**mine)
        uses = rows_at(self.model, "receipts.uses").current()
        uses = uses.filter(community=OuterRef("community"), receipt__donation=OuterRef("pk"))
        booked, waiting, used = sum_of(receipts.booked()), sum_of(receipts.waiting()), sum_of(uses)
        return self.annotate(booked=booked, waiting=waiting, used=used, left=booked - used)

    def with_standing(self):
        """Annotate the sums and `standing`."""
        choice = Case(
            When(is_earlier=True, then=Value(Standing.EARLIER)),
            When(used__gt=0, used__gte=F("booked"), then=Value(Standing.USED)),
            When(used__gt=0, then=Value(Standing.PART_USED)),
            When(booked__gt=0, then=Value(Standing.RECEIPTED)),
            When(waiting__gt=0, then=Value(Standing.RECEIVED)),
            When(lapsed_on__isnull=False, then=Value(Standing.LAPSED)),
            default=Value(Standing.PROMISED),
            output_field=models.CharField(),
        )
        return self.with_sums().annotate(standing=choice)

    def awaited(self):
        """Donations of which money may still come."""
        return self.filter(is_earlier=False, lapsed_on__isnull=True)

    def outstanding(self):
        """Those of `awaited` of which less was received than promised."""
        return self.awaited().with_sums().filter(amount__gt=F("booked") + F("waiting"))


@tracked(exclude=("code_hash",))
class Donation(CommunityRow):
    """Money that a donor promised. What came of it are its receipts, each with an entry of the book.

    A donation from before the book began is history (`is_earlier`): it counts among all donations since the community was
    founded, and in no balance, since what was left of it is in the opening balance of the book.
    """

    donor = ScopedForeignKey(Donor, related_name="donations", verbose_name="捐款人", db_index=False)
    on = models.DateField("承诺日期", default=timezone.localdate)
    amount = MoneyField("捐款金额（元）", validators=[MinValueValidator(Decimal("0.01"))])
    purpose = models.CharField("用途", max_length=60, blank=True, help_text="捐款人没有指定的留空")
    fund = ScopedForeignKey(
        Fund, null=True, blank=True, related_name="donations", verbose_name="专项资金", db_index=False,
        help_text="为某项专项资金捐的，收款时记入该项",
    )  # fmt: skip
    campaign = models.CharField("募捐活动", max_length=60, blank=True, help_text="如：慈善一日捐")
    due = models.DateField("约定到账日期", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    is_earlier = models.BooleanField(
        "账本启用前已收到",
        default=False,
        help_text="只作历史记录：计入累计捐款，不开收据，不计入账本和结余",
    )
    old_receipt = models.CharField("原收据号", max_length=40, blank=True)
    """Number of a receipt on paper from before the portal."""
    lapsed_on = models.DateField("终止日期", null=True, blank=True, editable=False)
    lapsed_because = models.CharField("未兑现原因", max_length=200, blank=True, editable=False)
    code_hash = models.BinaryField("查询码摘要", null=True, editable=False)
    """Keyed hash of the tracking code (`community.objections.tracking_codes`)."""

    objects = DonationQuerySet.as_manager()

    field_classes = {
        "public": "on amount purpose fund campaign due is_earlier old_receipt lapsed_on code_hash".split(),
        "personal": ("donor", "note", "lapsed_because"),
    }
    public_texts = {"purpose": INTERNAL, "campaign": INTERNAL, "old_receipt": INTERNAL}
    stored_label = "partybuilding.Donation"
    person_path = "donor__person"
    named_by = ("donor__unit", "donor__person", "donor")

    class Meta:
        verbose_name = "捐款"
        verbose_name_plural = "捐款"
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="donation_amount", violation_error_message="金额应大于0"
            ),
            models.CheckConstraint(
                condition=Q(lapsed_on__isnull=True, lapsed_because="")
                | Q(lapsed_on__isnull=False) & ~Q(lapsed_because=""),
                name="donation_lapsed",
                violation_error_message="请写明没有兑现的原因",
            ),
            models.CheckConstraint(
                condition=Q(is_earlier=False) | Q(lapsed_on__isnull=True),
                name="donation_earlier",
                violation_error_message="启用前已收到的捐款不能登记为未兑现",
            ),
            models.CheckConstraint(
                condition=Q(due__isnull=True) | Q(due__gte=F("on")),
                name="donation_due",
                violation_error_message="约定到账日期不能早于承诺日期",
            ),
            models.UniqueConstraint(
                fields=["code_hash", "community"],
                condition=Q(code_hash__isnull=False),
                name="donation_code",
                violation_error_message="查询码重复，请重新提交",
            ),
        ]
        indexes = [
            models.Index(fields=["community", "-on", "-id"], name="donation_order"),
            models.Index(fields=["community", "donor"], name="donation_donor"),
            # Promises that are past their day.
            models.Index(
                fields=["community", "due"],
                condition=Q(is_earlier=False, lapsed_on__isnull=True, due__isnull=False),
                name="donation_due",
            ),
        ]

    def __str__(self):
        return f"{self.donor}{self.on:%Y-%m-%d}捐款"
