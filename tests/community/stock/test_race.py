"""Two clerks take from one batch at once, in real transactions; the controls take the guards away and show the fault."""

import contextlib
import threading

import pytest
from django.db import IntegrityError, connection, connections
from django.utils import timezone

from community.stock.actions import booking
from community.stock.actions.booking import Head, NotEnough, take_out
from community.stock.models import StockBatch, StockMovement
from portal.access.db_scope import APP, scope

pytestmark = pytest.mark.django_db(transaction=True)
_CHECKS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'c' AND pg_get_constraintdef(oid) LIKE '%on_hand%'
    AND conrelid IN ('community_stockbatch'::regclass, 'community_stockbatchevent'::regclass)
"""


@pytest.fixture
def rice(house, cast) -> StockBatch:
    """Five bags of rice."""
    return StockBatch.objects.get(item__name="大米")


def take_at_once(house, cast, batch, number: int) -> list:
    """Two clerks take that many; what each gets, or why not."""
    start, results = threading.Barrier(2), []

    def press(user) -> None:
        ids = [house.kuocang.id]
        try:
            with scope(APP, communities=ids, write=ids, user_id=user.pk):
                start.wait(timeout=10)
                head = Head(timezone.localdate(), user.name, "慰问")
                results.append(take_out(by=user, batch=batch, quantity=number, head=head))
        except (NotEnough, IntegrityError) as refusal:
            results.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(cast[name],)) for name in ("finance", "party")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


@pytest.fixture
def unlocked(monkeypatch):
    """Both clerks read what is on hand before either writes."""
    both_read = threading.Barrier(2)

    def read(ids, community_id):
        batches = list(StockBatch.objects.filter(community_id=community_id, pk__in=list(ids)))
        both_read.wait(timeout=10)
        return batches

    monkeypatch.setattr(booking, "lock_batches", read)


@contextlib.contextmanager
def unchecked():
    """The database without the check of what is on hand."""
    with connection.cursor() as cursor:
        cursor.execute(_CHECKS)
        checks = cursor.fetchall()
        for table, name, _ in checks:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        try:
            yield len(checks)
        finally:
            for table in dict.fromkeys(table for table, *_ in checks):
                cursor.execute(f"UPDATE {table} SET on_hand = 0 WHERE on_hand < 0")
            for table, name, definition in checks:
                cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def left(batch) -> int:
    batch.refresh_from_db()
    assert batch.on_hand == sum(StockMovement.objects.filter(batch=batch).values_list("quantity", flat=True))
    return batch.on_hand


def test_the_second_clerk_is_refused_what_the_first_left_too_little_of(house, cast, rice):
    results = take_at_once(house, cast, rice, 3)
    assert sorted(type(each).__name__ for each in results) == ["NotEnough", "StockSlip"]
    assert left(rice) == 2


def test_without_the_lock_the_check_refuses(house, cast, rice, unlocked):
    results = take_at_once(house, cast, rice, 3)
    assert sorted(type(each).__name__ for each in results) == ["IntegrityError", "StockSlip"]
    assert left(rice) == 2


def test_without_lock_and_check_the_stock_falls_below_zero(house, cast, rice, unlocked):
    """Negative control: the race is real."""
    with unchecked() as checks:
        assert checks
        results = take_at_once(house, cast, rice, 3)
        assert [type(each).__name__ for each in results] == ["StockSlip", "StockSlip"]
        assert left(rice) == -1
