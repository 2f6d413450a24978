"""A close and an entry at the same instant, in real transactions: one of them wins whole.

Whoever begins has written and not yet committed when the other one comes. The negative controls take away the lock of
the action, and then also that of the database, and show that the test would see the fault.
"""

import threading

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from community.finance.actions import entries, months
from community.finance.models import FinanceBook, FinanceEntry, FinanceMonth
from portal.forms.refusals import Refusal
from portal.values.months import month_before
from tests.community.finance.book import category, open_book
from tests.residents.head_reports.test_race import _wait_for_lock, at_once

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "journal"])


@pytest.fixture
def month(house):
    """The last month, which may be closed."""
    today = timezone.localdate()
    open_book(house.kuocang, today, months=1)
    category(house.kuocang)
    return month_before(today)


def race(house, cast, first, second) -> dict:
    """Run `first`, which commits once `second` waits for it or has ended; what came of each."""
    written, over = threading.Event(), threading.Event()
    outcome = {}

    def leading(by):
        outcome["first"] = first(by)
        written.set()
        _wait_for_lock(unless=over)

    def following(by):
        written.wait(timeout=10)
        try:
            outcome["second"] = second(by)
        except (Refusal, IntegrityError) as problem:
            outcome["second"] = problem
            raise Refusal("refused") from problem
        finally:
            over.set()

    at_once(house, cast, director=leading, finance=following)
    return outcome


def entering(house, month):
    def enter(by):
        return entries.enter(
            by=by,
            community=house.kuocang,
            category=category(house.kuocang),
            on=month,
            amount=10,
            summary="同时登记",
        )

    return enter


def closing(house, month):
    return lambda by: months.close_month(by=by, community=house.kuocang, month=month)


def without_lock(community_id: int) -> FinanceBook:
    return FinanceBook.objects.get(community_id=community_id)


def state(month) -> tuple[int, int]:
    """Numbers of entries and of closings of the month."""
    in_month = FinanceEntry.objects.filter(on__gte=month, summary="同时登记")
    return in_month.count(), FinanceMonth.objects.filter(month=month).count()


def test_an_entry_before_the_close_stays_and_the_close_is_refused(house, cast, month):
    outcome = race(house, cast, entering(house, month), closing(house, month))
    assert "还有1笔待审批" in str(outcome["second"])
    assert state(month) == (1, 0)


def test_a_close_before_the_entry_stays_and_the_entry_is_refused(house, cast, month):
    outcome = race(house, cast, closing(house, month), entering(house, month))
    assert "已经月结" in str(outcome["second"])
    assert state(month) == (0, 1)


def test_control_without_the_lock_the_close_overlooks_the_entry(house, cast, month, monkeypatch):
    monkeypatch.setattr(months, "lock_book", without_lock)
    race(house, cast, entering(house, month), closing(house, month))
    assert state(month) == (1, 1)


@pytest.mark.parametrize("is_guarded", [True, False])
def test_the_database_refuses_an_entry_that_did_not_lock_the_book(
    house, cast, month, monkeypatch, is_guarded
):
    monkeypatch.setattr(entries, "lock_book", without_lock)
    switch = "ALTER TABLE community_financeentry {} TRIGGER community_finance_inserted"
    if not is_guarded:
        with connection.cursor() as cursor:
            cursor.execute(switch.format("DISABLE"))
    try:
        outcome = race(house, cast, closing(house, month), entering(house, month))
    finally:
        if not is_guarded:
            with connection.cursor() as cursor:
                cursor.execute(switch.format("ENABLE"))
    if is_guarded:
        assert isinstance(outcome["second"], IntegrityError)
    assert state(month) == ((0, 1) if is_guarded else (1, 1))
