"""Numbers of party members and dues of a whole community, without names."""

import datetime
from decimal import Decimal

from django.db.models import Sum

from partybuilding.members.choices import State
from partybuilding.members.models import DuesPayment, Member


def members_count(community) -> int:
    """Party members of every relation today, without those who are lost."""
    return Member.objects.of(community).members().exclude(state=State.LOST).count()


def members_on_roll(community) -> int:
    """Party members whose relation is with a branch of the community, without those who are lost."""
    return Member.objects.of(community).on_roll().exclude(state=State.LOST).count()


def dues_received(community, start: datetime.date, end: datetime.date) -> Decimal:
    """Dues paid from `start` to `end`, both included."""
    payments = DuesPayment.objects.of(community).valid().filter(paid_on__range=(start, end))
    return payments.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
