"""Donations for tests: a donor, a promise, money that was received and approved, an expense it paid for."""

from decimal import Decimal

from django.utils import timezone

from community.finance.actions import entries
from partybuilding.donations.actions import receipts
from partybuilding.donations.models import Donation, DonationReceipt, Donor
from tests.community.finance import book


def donor(house, name="王捐款", **fields) -> Donor:
    return Donor.objects.create(community=house.kuocang, name=name, **fields)


def donation(house, amount="500.00", *, by=None, **fields) -> Donation:
    by = by or donor(house)
    return Donation.objects.create(community=house.kuocang, donor=by, amount=Decimal(amount), **fields)


def category(house):
    return book.category(house.kuocang, "income", "捐款收入", special="donation")


def receive(house, cast, gift: Donation, amount=None, *, on=None, by="finance") -> DonationReceipt:
    return receipts.receive(
        by=cast[by],
        donation=gift,
        category=category(house),
        amount=Decimal(amount or gift.amount),
        on=on or timezone.localdate(),
        manner="bank",
    )


def approve(cast, entry, by="director"):
    entry.refresh_from_db()
    return entries.approve(by=cast[by], entry=entry, seen_version=entry.version)


def booked(house, cast, gift: Donation, amount=None, **fields) -> DonationReceipt:
    receipt = receive(house, cast, gift, amount, **fields)
    approve(cast, receipt.entry)
    receipt.refresh_from_db()
    return receipt


def expense(house, cast, amount="100.00", **fields):
    return book.booked(house, cast, amount, **fields)


def undo(cast, entry, what="return_entry", by="director", **fields):
    """Return, withdraw or reverse an entry; a reversal is approved."""
    entry.refresh_from_db()
    because = fields.pop("because", "登记有误")
    act = getattr(entries, what)
    done = act(by=cast[by], entry=entry, because=because, seen_version=entry.version, **fields)
    return approve(cast, done) if what == "reverse" else done
