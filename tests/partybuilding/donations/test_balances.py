"""Received = used + unspent for each donor, purpose and year, whatever happened: against a ledger in plain Python."""

from collections import defaultdict
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partybuilding.donations.actions import uses
from partybuilding.donations.balances import balances
from partybuilding.donations.models import Donation, Donor
from portal.forms.refusals import Refusal
from tests.partybuilding.donations import gifts

pytestmark = pytest.mark.django_db
PURPOSES = ("", "助学", "敬老")
steps = st.one_of(
    st.tuples(st.just("give"), st.integers(0, 2), st.integers(0, 2), st.integers(1, 9)),
    st.tuples(st.just("spend"), st.integers(1, 9), st.just(0), st.just(0)),
    st.tuples(st.just("use"), st.integers(0, 9), st.integers(0, 9), st.integers(1, 9)),
    st.tuples(st.just("take_back"), st.integers(0, 9), st.just(0), st.just(0)),
    st.tuples(st.just("reverse_income"), st.integers(0, 9), st.just(0), st.just(0)),
    st.tuples(st.just("reverse_expense"), st.integers(0, 9), st.just(0), st.just(0)),
)


class Ledger:
    """What happened, in dictionaries: receipts, expenses, uses, each with whether it counts."""

    def __init__(self, house, cast):
        self.house, self.cast = house, cast
        self.donors = [gifts.donor(house, f"捐款人{n}") for n in range(3)]
        self.receipts, self.expenses, self.uses = [], [], []

    def run(self, kind, first, second, third):
        getattr(self, kind)(first, second, third)

    def give(self, donor, purpose, amount):
        gift = gifts.donation(self.house, f"{amount}00", by=self.donors[donor], purpose=PURPOSES[purpose])
        row = gifts.booked(self.house, self.cast, gift)
        self.receipts.append(
            {
                "row": row,
                "key": (self.donors[donor].pk, PURPOSES[purpose]),
                "amount": amount * 100,
                "on": True,
            }
        )

    def spend(self, amount, *_):
        row = gifts.expense(self.house, self.cast, f"{amount}00")
        self.expenses.append({"row": row, "amount": amount * 100, "on": True})

    def used(self, name, number):
        return sum(use["amount"] for use in self.uses if use["on"] and use[name] == number)

    def use(self, receipt, expense, amount):
        if not self.receipts or not self.expenses:
            return
        receipt, expense = receipt % len(self.receipts), expense % len(self.expenses)
        money, cost, amount = self.receipts[receipt], self.expenses[expense], amount * 50
        fits = (
            money["on"]
            and cost["on"]
            and self.used("receipt", receipt) + amount <= money["amount"]
            and self.used("expense", expense) + amount <= cost["amount"]
        )
        row = self.attempt(
            fits, lambda: uses.record_use(receipt=money["row"], entry=cost["row"], amount=Decimal(amount))
        )
        if fits:
            self.uses.append(
                {"row": row, "receipt": receipt, "expense": expense, "amount": amount, "on": True}
            )

    def take_back(self, number, *_):
        if self.uses:
            use = self.uses[number % len(self.uses)]
            self.attempt(use["on"], lambda: uses.take_back(use=use["row"], because="有误"))
            use["on"] = False

    def reverse_income(self, number, *_):
        if self.receipts:
            number %= len(self.receipts)
            money = self.receipts[number]
            fits = money["on"] and not self.used("receipt", number)
            self.attempt(fits, lambda: self._reverse(money["row"].entry))
            money["on"] = money["on"] and not fits

    def reverse_expense(self, number, *_):
        if self.expenses:
            number %= len(self.expenses)
            cost = self.expenses[number]
            self.attempt(cost["on"], lambda: self._reverse(cost["row"]))
            cost["on"] = False
            for use in self.uses:
                use["on"] = use["on"] and use["expense"] != number

    def _reverse(self, entry):
        gifts.undo(self.cast, entry, "reverse", by="finance", on=timezone.localdate())

    @staticmethod
    def attempt(fits, act):
        try:
            with transaction.atomic():
                row = act()
        except Refusal:
            assert not fits
            return None
        assert fits
        return row

    def sums(self):
        """(donor, purpose) → received and used."""
        sums = defaultdict(lambda: [0, 0])
        for number, money in enumerate(self.receipts):
            if money["on"]:
                sums[money["key"]][0] += money["amount"]
                sums[money["key"]][1] += self.used("receipt", number)
        return {key: tuple(values) for key, values in sums.items()}


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(happened=st.lists(steps, min_size=4, max_size=14))
def test_received_is_used_and_unspent_at_any_time(house, cast, happened):
    with transaction.atomic():
        ledger = Ledger(house, cast)
        for step in happened:
            ledger.run(*step)
            found = {(each.donor, each.purpose): each for each in balances(house.kuocang)}
            assert {key: (each.received, each.used) for key, each in found.items()} == ledger.sums()
            for each in found.values():
                assert each.received == each.used + each.unspent
                assert each.unspent >= 0
                assert each.year == timezone.localdate().year
        _check_lists(house, ledger)
        transaction.set_rollback(True)


def _check_lists(house, ledger):
    """The lists of donors and of donations have the same sums."""
    given_by_donor = defaultdict(int)
    for (donor, _), (received, _) in ledger.sums().items():
        given_by_donor[donor] += received
    donors = Donor.objects.of(house.kuocang).filter(pk__in=[d.pk for d in ledger.donors]).with_totals()
    assert {row.pk: row.given for row in donors if row.given} == given_by_donor
    assert all(row.left == row.given - row.used >= 0 for row in donors)
    assert all(row.left >= 0 for row in Donation.objects.of(house.kuocang).with_sums())


def test_a_list_of_donors_counts_only_the_year_and_purpose_it_is_narrowed_to(house, cast):
    donor = gifts.donor(house)
    gifts.booked(house, cast, gifts.donation(house, "100", by=donor, purpose="助学"))
    gifts.booked(house, cast, gifts.donation(house, "50", by=donor, purpose="敬老"))
    year = timezone.localdate().year
    donors = Donor.objects.of(house.kuocang).filter(pk=donor.pk)
    assert donors.with_totals().get().given == 150
    narrowed = donors.with_totals().within(year=year).within(donation__purpose="敬老")
    assert narrowed.get().given == 50
    assert not donors.with_totals().within(year=year - 1).exists()
