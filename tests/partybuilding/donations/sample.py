"""One row of each noun of donations for the small house of tests (tests/house.py)."""

import datetime
from decimal import Decimal

from django.utils import timezone

from community.finance.models import FinanceBook, FinanceCategory, FinanceEntry
from partybuilding.donations.models import Donation, DonationReceipt, DonationUse, Donor

_MONTH = datetime.date(2026, 1, 1)


def add_donations(community) -> None:
    """A donation that was received, booked, and used in part; a second one that is only promised."""
    of = {"community": community}
    FinanceBook.objects.get_or_create(**of, defaults={"begins_on": _MONTH, "opening": 100})
    donor = Donor.objects.create(**of, name="王捐款", phone="13800000000")
    day = datetime.date(2026, 2, 10)
    gift = Donation.objects.create(**of, donor=donor, on=day, amount=Decimal(300), purpose="助学")
    Donation.objects.create(**of, donor=donor, on=day, amount=Decimal(200), purpose="敬老")
    income = _entry(community, "income", "捐款", day, Decimal(300), "王捐款捐款（助学）", special="donation")
    receipt = DonationReceipt.objects.create(
        **of, donation=gift, entry=income, year=2026, serial=1, on=day, amount=Decimal(300)
    )
    expense = _entry(community, "expense", "活动费", day, Decimal(80), "购买学习用品")
    DonationUse.objects.create(**of, receipt=receipt, entry=expense, amount=Decimal(50), words="学习用品")


def _entry(community, direction, name, day, amount, summary, **fields) -> FinanceEntry:
    """A booked entry, as the import of the street's book makes it."""
    category, _ = FinanceCategory.objects.get_or_create(
        community=community, direction=direction, name=name, defaults=fields
    )
    return FinanceEntry.objects.create(
        community=community, category=category, direction=direction, on=day, amount=amount, summary=summary,
        handler_name="吴海英", state="approved", approver_name="周建国", decided_at=timezone.now(),
    )  # fmt: skip


def remove_donations(community) -> None:
    """Remove the donations of a community, before what they rest on can be removed."""
    for model in (DonationUse, DonationReceipt, Donation, Donor):
        model.objects.filter(community=community).delete()
