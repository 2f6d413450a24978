"""Receiving money: entry and receipt together, gapless numbers, and what the receipt follows."""

import datetime
import threading
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from community.finance.actions import entries
from community.finance.models import FinanceEntry
from partybuilding.donations.actions import receipts
from partybuilding.donations.models import Donation, DonationReceipt
from portal.forms.refusals import Refusal
from tests.community.finance import book
from tests.partybuilding.donations import gifts

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year


def standing(gift) -> str:
    return Donation.objects.with_standing().get(pk=gift.pk).standing


def test_money_that_came_is_one_act(house, cast):
    gift = gifts.donation(house, purpose="助学")
    receipt = gifts.receive(house, cast, gift)
    assert receipt.number == f"{YEAR}-00001"
    entry = receipt.entry
    assert (entry.amount, entry.category.special, entry.handler_name) == (
        500,
        "donation",
        cast["finance"].name,
    )
    assert entry.summary == "王捐款捐款（助学）"
    assert standing(gift) == "received"
    gifts.approve(cast, entry)
    assert standing(gift) == "receipted"


def test_a_promise_comes_in_instalments_and_never_more_than_promised(house, cast):
    gift = gifts.donation(house)
    gifts.receive(house, cast, gift, "200")
    with pytest.raises(Refusal, match=r"还应收300\.00元"):
        gifts.receive(house, cast, gift, "300.01")
    assert gifts.receive(house, cast, gift, "300").serial == 2
    with pytest.raises(Refusal, match="已收齐"):
        gifts.receive(house, cast, gift, "0.01")
    assert FinanceEntry.objects.of(house.kuocang).count() == 2


def test_no_receipt_without_its_entry_and_no_entry_without_its_receipt(house, cast, monkeypatch):
    gift = gifts.donation(house)

    def fail(*args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    for module, name in ((receipts, "next_serial"), (receipts.entries, "enter")):
        with monkeypatch.context() as patched:
            patched.setattr(module, name, fail)
            with pytest.raises(Exception, match="division by zero"), transaction.atomic():
                gifts.receive(house, cast, gift)
        assert not FinanceEntry.objects.of(house.kuocang).exists()
        assert not DonationReceipt.objects.of(house.kuocang).exists()
    assert gifts.receive(house, cast, gift).serial == 1


@pytest.mark.parametrize("what", ["return_entry", "withdraw", "reverse"])
def test_a_receipt_is_void_with_its_entry_and_stays_listed(what, house, cast):
    gift = gifts.donation(house)
    receipt = gifts.receive(house, cast, gift)
    if what == "reverse":
        gifts.approve(cast, receipt.entry)
        gifts.undo(cast, receipt.entry, what, by="finance", on=timezone.localdate())
    else:
        gifts.undo(cast, receipt.entry, what)
    receipt.refresh_from_db()
    assert receipt.voided_on == timezone.localdate()
    assert "登记有误" in receipt.voided_because
    assert standing(gift) == "promised"
    assert gifts.receive(house, cast, gift).serial == 2


def test_when_the_entry_comes_back_another_receipt_takes_the_next_number(house, cast):
    gift = gifts.donation(house)
    first = gifts.receive(house, cast, gift)
    entry = gifts.undo(cast, first.entry)
    fields = {"category": entry.category, "on": entry.on, "amount": Decimal(400), "summary": entry.summary}
    entries.correct(by=cast["finance"], entry=entry, seen_version=entry.version, **fields)
    second = DonationReceipt.objects.valid().get(donation=gift)
    assert (second.serial, second.amount, second.entry_id) == (2, 400, entry.pk)
    first.refresh_from_db()
    assert (first.amount, bool(first.voided_on)) == (500, True)


def test_a_receipt_follows_a_correction_before_approval(house, cast):
    gift = gifts.donation(house)
    receipt = gifts.receive(house, cast, gift, "300")
    entry = receipt.entry
    same = {"on": entry.on, "summary": entry.summary}
    entry = entries.correct(
        by=cast["finance"], entry=entry, seen_version=1, category=entry.category, amount=Decimal(500), **same
    )
    receipt.refresh_from_db()
    assert (receipt.amount, receipt.voided_on) == (500, None)
    with pytest.raises(Refusal, match=r"还应收500\.00元"), transaction.atomic():
        entries.correct(
            by=cast["finance"],
            entry=entry,
            seen_version=2,
            category=entry.category,
            amount=Decimal(501),
            **same,
        )
    other = book.category(house.kuocang, "income", "其他收入")
    entries.correct(
        by=cast["finance"], entry=entry, seen_version=2, category=other, amount=Decimal(500), **same
    )
    receipt.refresh_from_db()
    assert receipt.voided_because == "收支记录改为其他科目"


def test_what_the_money_was_used_for_keeps_its_receipt(house, cast):
    from partybuilding.donations.actions.uses import record_use

    gift = gifts.donation(house)
    receipt = gifts.booked(house, cast, gift)
    record_use(receipt=receipt, entry=gifts.expense(house, cast), amount=Decimal(50))
    with pytest.raises(Refusal, match="已用于"), transaction.atomic():
        gifts.undo(cast, receipt.entry, "reverse", by="finance", on=timezone.localdate())
    receipt.refresh_from_db()
    assert receipt.voided_on is None


@pytest.mark.parametrize("field", ["is_earlier", "lapsed_on"])
def test_history_and_what_lapsed_are_not_received(field, house, cast):
    values = {"is_earlier": True} if field == "is_earlier" else {
        "lapsed_on": timezone.localdate(), "lapsed_because": "企业停业",
    }  # fmt: skip
    with pytest.raises(Refusal):
        gifts.receive(house, cast, gifts.donation(house, **values))
    assert not DonationReceipt.objects.of(house.kuocang).exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_take_gapless_numbers(house, cast):
    """Two connections receive money of different donations at the same time; and of one donation, only one succeeds."""
    gifts.category(house)
    own = [gifts.donation(house) for _ in range(6)]
    shared = gifts.donation(house, "500")
    refused: list[str] = []
    barrier = threading.Barrier(2)

    def work(mine):
        try:
            barrier.wait()
            for gift in [*mine, shared]:
                try:
                    gifts.receive(house, cast, gift)
                except Refusal as refusal:
                    refused.append(str(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(own[start::2],)) for start in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    serials = DonationReceipt.objects.of(house.kuocang).order_by("serial").values_list("serial", flat=True)
    assert list(serials) == list(range(1, 8))
    assert len(refused) == 1
    assert "已收齐" in refused[0]
    assert FinanceEntry.objects.of(house.kuocang).count() == 7


def test_numbers_begin_anew_each_year(house, cast):
    last_year = datetime.date(YEAR - 1, 12, 31)
    gift = gifts.donation(house, "900", on=last_year)
    numbers = [
        gifts.receive(house, cast, gift, "300", on=on).number for on in (last_year, timezone.localdate())
    ]
    assert numbers == [f"{YEAR - 1}-00001", f"{YEAR}-00001"]
