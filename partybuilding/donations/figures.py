"""Sums of donated money of a whole community, without names."""

import datetime
from decimal import Decimal

from django.db.models import Sum

from partybuilding.donations.models import Donation, DonationReceipt, DonationUse

_ZERO = Decimal(0)


def donated_money(community) -> Decimal:
    """Money received since the community was founded: history from before the book, and what the book has."""
    earlier = Donation.objects.of(community).filter(is_earlier=True).aggregate(sum=Sum("amount"))["sum"]
    booked = DonationReceipt.objects.of(community).booked().aggregate(sum=Sum("amount"))["sum"]
    return (earlier or _ZERO) + (booked or _ZERO)


def received(community, first: datetime.date, last: datetime.date):
    """Booked receipts of days from `first` to `last`."""
    return DonationReceipt.objects.of(community).booked().filter(on__range=(first, last))


def spent(community, first: datetime.date, last: datetime.date):
    """Uses whose expense is of a day from `first` to `last`."""
    return DonationUse.objects.of(community).current().filter(entry__on__range=(first, last))
