"""Estimated value of the goods that were given. It is never added to amounts of money."""

from collections import defaultdict
from decimal import Decimal

from django.db.models import Sum

from partybuilding.goods.models import GoodsDonation


def donated_value(community) -> Decimal:
    """Estimated value of all goods received since the founding."""
    donations = GoodsDonation.objects.of(community).standing()
    return donations.aggregate(sum=Sum("estimated"))["sum"] or Decimal(0)


def largest_donor_value(community) -> Decimal:
    """Estimated value of the goods of the donor who gave most; those who are not named count by themselves."""
    donations = GoodsDonation.objects.of(community).standing().filter(estimated__isnull=False).order_by()
    totals: dict[tuple, Decimal] = defaultdict(Decimal)
    names = ("donor_kind", "unit", "person", "donor_name", "pk", "estimated")
    for kind, unit, person, name, pk, estimated in donations.values_list(*names):
        alone = pk if kind == GoodsDonation.Donor.ANONYMOUS else None
        totals[unit, person, name, alone] += estimated
    return max(totals.values(), default=Decimal(0))
