"""Dues of the members of a demo community: what they pay, receipts by half-years, and some arrears."""

import datetime
import random
from collections.abc import Sequence
from decimal import Decimal

from community.communities.models import Community
from community.dated_rules.rules import values_of
from partybuilding.members.choices import State
from partybuilding.members.dues import BRACKET_RULES, in_words, monthly_of, months_between, rate_of
from partybuilding.members.models import DuesMonth, DuesPayment, DuesYear, Member
from portal.values.months import months_later

_MONTHS_A_RECEIPT = 6
_OWING = {4: 2, 9: 7, 15: 8, 23: 1, 31: 3, 44: 9}
"""Number of the member → months that they owe; three owe for longer than half a year."""


class DuesMaker:
    """Makes years, receipts and months; deterministic for a given day."""

    def __init__(self, community: Community, today: datetime.date, rng: random.Random):
        self.community, self.today, self.rng = community, today, rng
        self.values = values_of(community, BRACKET_RULES, today)
        self.last = months_later(today.replace(day=1), -1)
        self.serials: dict[int, int] = {}

    def load(self, members: Sequence[Member]) -> None:
        monthly = {member.pk: self._years(member) for member in members}
        DuesYear.objects.bulk_create(row for rows in monthly.values() for row in rows.values())
        payments: list[tuple[DuesPayment, list[datetime.date]]] = []
        for number, member in enumerate(members):
            payments += self._payments(member, _OWING.get(number, 0), monthly[member.pk])
        payments.sort(key=lambda pair: (pair[0].paid_on, pair[0].member_id))
        for payment, _ in payments:
            payment.year = payment.paid_on.year
            payment.serial = self.serials[payment.year] = self.serials.get(payment.year, 0) + 1
        DuesPayment.objects.bulk_create(payment for payment, _ in payments)
        DuesMonth.objects.bulk_create(
            DuesMonth(
                community=self.community,
                member_id=payment.member_id,
                payment=payment,
                month=month,
                amount=monthly[payment.member_id][month.year].monthly,
            )
            for payment, months in payments
            for month in months
        )

    def _years(self, member: Member) -> dict[int, DuesYear]:
        """What a member pays in each year since the first month."""
        base = Decimal(self.rng.choice((2600, 3200, 3800, 4500, 5200, 6800)))
        rate = rate_of(base, is_retired=member.is_retired, values=self.values)
        years = range(member.dues_from.year, self.today.year + 1)
        return {
            year: DuesYear(
                community=self.community, member=member, year=year, base=base, rate=rate, monthly=monthly_of(base, rate)
            )
            for year in years
        }  # fmt: skip

    def _payments(self, member: Member, owing: int, years: dict[int, DuesYear]):
        until = months_later(self.last, -owing)
        if member.state == State.LOST:
            until = months_later(member.lost_since.replace(day=1), -1)
        months = months_between(member.dues_from, until)
        for first in range(0, len(months), _MONTHS_A_RECEIPT):
            part = months[first : first + _MONTHS_A_RECEIPT]
            paid_on = min(part[-1] + datetime.timedelta(days=self.rng.randint(3, 24)), self.today)
            payment = DuesPayment(
                community=self.community,
                member=member,
                paid_on=paid_on,
                amount=sum(years[month.year].monthly for month in part),
                period=in_words(part),
                collector="徐志强",
            )
            yield payment, part
