"""Entries of the book: entered, approved by somebody else, returned, reversed; nothing of a closed month changes."""

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from community.accounts.models import User
from community.finance.actions import entries, months
from community.finance.balances import balance_before, numbers_of
from community.finance.models import FinanceEntry, FinanceMonth
from portal.forms.refusals import NoReason, Refusal
from portal.values.months import month_after, month_before
from tests.community.finance.book import booked, category, enter, open_book

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def last_month(today):
    return month_before(today)


@pytest.fixture(autouse=True)
def book(house, today):
    return open_book(house.kuocang, today)


def test_only_what_is_approved_counts(house, cast, last_month):
    entry = enter(house, cast, "30.00", on=last_month)
    assert numbers_of(house.kuocang, last_month).closing == 100
    entries.approve(by=cast["director"], entry=entry, seen_version=entry.version)
    booked(house, cast, "5.50", on=last_month, direction="income")
    numbers = numbers_of(house.kuocang, last_month)
    assert (numbers.opening, numbers.income, numbers.expense) == (100, Decimal("5.50"), 30)
    assert balance_before(house.kuocang, month_after(last_month)) == Decimal("75.50")


def test_the_handler_does_not_approve_by_another_account_either(house, cast):
    entry = enter(house, cast, by="director")
    with pytest.raises(Refusal, match="由您经手"):
        entries.approve(by=cast["director"], entry=entry, seen_version=entry.version)
    User.objects.filter(pk=cast["finance"].pk).update(person=cast["director"].person_id)
    entry = enter(house, cast, by="finance")
    with pytest.raises(Refusal, match="由您经手"):
        entries.approve(by=cast["director"], entry=entry, seen_version=entry.version)


def test_a_breach_of_limits_asks_a_reason(house, cast):
    phone = category(house.kuocang, name="电话费补贴", most_each=Decimal(50), most_month=Decimal(80))
    booked(house, cast, "50.00", category=phone)
    entry = enter(house, cast, "40.00", category=phone)
    with pytest.raises(NoReason, match=r"连本笔共90\.00元，超出10\.00元"):
        entries.approve(by=cast["director"], entry=entry, seen_version=entry.version)
    row = entries.approve(
        by=cast["director"], entry=entry, seen_version=entry.version, over_limit_because="防汛值班"
    )
    assert (row.state, row.over_limit_because) == ("approved", "防汛值班")


def test_a_reversal_brings_the_balance_back(house, cast, today):
    entry = booked(house, cast, "30.00")
    reversal = entries.reverse(
        by=cast["finance"], entry=entry, on=today, because="重复登记", seen_version=entry.version
    )
    with pytest.raises(Refusal, match="已经冲销"):
        entries.reverse(
            by=cast["finance"], entry=entry, on=today, because="又一次", seen_version=entry.version
        )
    entries.approve(by=cast["director"], entry=reversal, seen_version=reversal.version)
    assert balance_before(house.kuocang, today + datetime.timedelta(days=1)) == 100


def test_a_closed_month_is_locked_by_the_database(house, cast, last_month):
    entry = booked(house, cast, "30.00", on=month_before(month_before(last_month)))
    closing = months.close_month(by=cast["director"], community=house.kuocang, month=entry.month)
    assert (closing.opening, closing.closing) == (100, 70)
    for change in (
        lambda: FinanceEntry.objects.filter(pk=entry.pk).update(amount=1),
        lambda: FinanceEntry.objects.filter(pk=entry.pk).update(on=last_month),
        lambda: FinanceEntry.objects.filter(pk=entry.pk).update(voucher="9"),
    ):
        with pytest.raises(IntegrityError, match="closed"), transaction.atomic():
            change()
    with pytest.raises(Refusal, match="已经月结"):
        enter(house, cast, on=entry.on)
    months.reopen_month(by=cast["director"], closing=closing, because="补记")
    enter(house, cast, on=entry.on)


def test_months_are_closed_in_order_and_without_what_waits(house, cast, last_month):
    first = month_before(month_before(last_month))
    with pytest.raises(Refusal, match="按月进行"):
        months.close_month(by=cast["director"], community=house.kuocang, month=last_month)
    waiting = enter(house, cast, on=first)
    with pytest.raises(Refusal, match="还有1笔"):
        months.close_month(by=cast["director"], community=house.kuocang, month=first)
    entries.withdraw(by=cast["finance"], entry=waiting, because="未发生", seen_version=waiting.version)
    closings = [
        months.close_month(by=cast["director"], community=house.kuocang, month=month)
        for month in (first, month_before(last_month), last_month)
    ]
    assert len(months.reopen_month(by=cast["director"], closing=closings[1], because="补记")) == 2
    assert FinanceMonth.objects.closed().count() == 1
