"""What donated money was used for: never more than came, never more than an expense cost."""

import threading
from contextlib import suppress
from decimal import Decimal

import pytest
from django.db import connections, transaction
from django.db.models import Sum
from django.utils import timezone

from community.finance.models import Fund
from partybuilding.donations.actions import uses
from partybuilding.donations.models import DonationReceipt, DonationUse
from portal.forms.refusals import Refusal
from tests.partybuilding.donations import gifts

pytestmark = pytest.mark.django_db


@pytest.fixture
def receipt(house, cast):
    return gifts.booked(house, cast, gifts.donation(house))


def use(receipt, entry, amount) -> DonationUse:
    return uses.record_use(receipt=receipt, entry=entry, amount=Decimal(amount))


def left(receipt) -> Decimal:
    return DonationReceipt.objects.with_left().get(pk=receipt.pk).left


def test_a_use_takes_no_more_than_is_left(house, cast, receipt):
    use(receipt, gifts.expense(house, cast, "300"), "300")
    other = gifts.expense(house, cast, "900")
    with pytest.raises(Refusal, match=r"还剩200\.00元"):
        use(receipt, other, "200.01")
    use(receipt, other, "200")
    assert left(receipt) == 0


def test_an_expense_is_paid_for_no_more_than_it_cost(house, cast, receipt):
    other = gifts.booked(house, cast, gifts.donation(house))
    entry = gifts.expense(house, cast, "100")
    use(receipt, entry, "60")
    with pytest.raises(Refusal, match=r"本次最多40\.00元"):
        use(other, entry, "40.01")
    use(other, entry, "40")
    with pytest.raises(Refusal, match=r"本次最多0\.00元"):
        use(other, entry, "1")


def test_words_that_the_donor_reads_hold_no_personal_data(house, cast, receipt):
    entry = gifts.expense(house, cast, "100")
    with pytest.raises(Refusal, match="疑似个人信息：手机号") as refused:
        uses.record_use(receipt=receipt, entry=entry, amount=Decimal(1), words="慰问13800138000")
    assert refused.value.field == "words"
    assert (
        uses.record_use(receipt=receipt, entry=entry, amount=Decimal(1), words="购买慰问品").words
        == "购买慰问品"
    )


def test_only_booked_money_pays_for_booked_expenses(house, cast, receipt):
    waiting = gifts.receive(house, cast, gifts.donation(house))
    with pytest.raises(Refusal, match="入账以后"):
        use(waiting, gifts.expense(house, cast), "1")
    entered = gifts.book.enter(house, cast)
    with pytest.raises(Refusal, match="已入账"):
        use(receipt, entered, "1")
    with pytest.raises(Refusal, match="已入账"):
        use(receipt, receipt.entry, "1")
    reversed_entry = gifts.expense(house, cast)
    gifts.undo(cast, reversed_entry, "reverse", by="finance", on=timezone.localdate())
    with pytest.raises(Refusal, match="没有冲销"):
        use(receipt, reversed_entry, "1")


def test_money_of_a_fund_is_spent_in_the_fund(house, cast):
    fund = Fund.objects.create(community=house.kuocang, name="助学金", purpose="资助学生")
    receipt = gifts.booked(house, cast, gifts.donation(house, fund=fund))
    assert receipt.entry.fund == fund
    with pytest.raises(Refusal, match="助学金"):
        use(receipt, gifts.expense(house, cast), "1")
    assert use(receipt, gifts.expense(house, cast, fund=fund), "1").amount == 1


def test_uses_end_with_their_expense(house, cast, receipt):
    entry = gifts.expense(house, cast, "100")
    row = use(receipt, entry, "100")
    gifts.undo(cast, entry, "reverse", by="finance", on=timezone.localdate(), because="重复登记")
    row.refresh_from_db()
    assert row.ended_on == timezone.localdate()
    assert "重复登记" in row.ended_because
    assert left(receipt) == 500


def test_a_use_linked_by_mistake_is_taken_back_once(house, cast, receipt):
    row = use(receipt, gifts.expense(house, cast), "10")
    uses.take_back(use=row, because="关联错了")
    assert left(receipt) == 500
    with pytest.raises(Refusal, match="取消"), transaction.atomic():
        uses.take_back(use=row, because="再次")


@pytest.mark.parametrize("is_guarded", [True, False])
@pytest.mark.parametrize("shared", ["receipt", "expense"])
@pytest.mark.django_db(transaction=True)
def test_two_at_once_never_use_too_much(shared, is_guarded, house, cast, monkeypatch):
    """Two connections use one receipt for different expenses, or different receipts for one expense.

    Both read before either writes, as far as the locks let them; the control has none, and uses too much.
    """
    money = [gifts.booked(house, cast, gifts.donation(house)) for _ in range(2)]
    costs = [gifts.expense(house, cast, "500") for _ in range(2)]
    gate, refused, used_of = threading.Barrier(2), [], uses.used_of

    def read_together(rows):
        value = used_of(rows)
        with suppress(threading.BrokenBarrierError):
            gate.wait(2)
        return value

    monkeypatch.setattr(uses, "used_of", read_together)
    if not is_guarded:
        monkeypatch.setattr(uses, "lock_book", lambda community_id: None)
        monkeypatch.setattr(uses, "_lock_receipt", lambda row: DonationReceipt.objects.get(pk=row.pk))

    def work(number):
        pair = (money[0], costs[number]) if shared == "receipt" else (money[number], costs[0])
        try:
            use(*pair, "300")
        except Refusal as refusal:
            refused.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    total = DonationUse.objects.of(house.kuocang).current().aggregate(sum=Sum("amount"))["sum"]
    assert (len(refused), total) == ((1, 300) if is_guarded else (0, 600))
