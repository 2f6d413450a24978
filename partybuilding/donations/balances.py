"""Balances of donated money: received = used + unspent, for each donor, purpose and year."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum

from partybuilding.donations.models import DonationReceipt, DonationReceiptQuerySet


@dataclass(frozen=True, slots=True)
class Balance:
    """Booked money of a donor for a purpose, received in a year; what was used of it, in whatever year."""

    donor: int
    purpose: str
    year: int
    received: Decimal
    used: Decimal

    @property
    def unspent(self) -> Decimal:
        return self.received - self.used


def by_purpose_and_year(receipts: DonationReceiptQuerySet) -> list[Balance]:
    """The balances of these receipts by donor, purpose and year, the latest year first. One query."""
    grouped = (
        receipts.booked()
        .with_left()
        .order_by()
        .values("donation__donor", "donation__purpose", "year")
        .annotate(received=Sum(F("amount")), spent=Sum("used"))
        .order_by("-year", "donation__donor", "donation__purpose")
    )
    names = ("donation__donor", "donation__purpose", "year", "received", "spent")
    return [Balance(*values) for values in grouped.values_list(*names)]


def balances(community) -> list[Balance]:
    """All balances of a community."""
    return by_purpose_and_year(DonationReceipt.objects.of(community))
