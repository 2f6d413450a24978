"""Receiving donated money: the entry of the book and the numbered receipt, both or neither; and what follows the entry."""

import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from community.accounts.models import User
from community.finance.actions import entries
from community.finance.actions.book import lock_book
from community.finance.models import FinanceCategory, FinanceEntry
from partybuilding.donations.actions.donations import lock_donation, received_of
from partybuilding.donations.models import Donation, DonationReceipt
from portal.database.numbering import next_serial
from portal.forms.refusals import Refusal

DONATION = FinanceCategory.Special.DONATION


@transaction.atomic
def receive(
    *,
    by: User,
    donation: Donation,
    category: FinanceCategory,
    amount: Decimal,
    on: datetime.date,
    manner: str,
    voucher: str = "",
) -> DonationReceipt:
    """Enter money that came of a donation, all or a part of it, and take the next receipt number. Raises Refusal.

    The entry waits for approval like any other; until then the receipt is not printed.
    """
    lock_book(donation.community_id)
    row = lock_donation(donation)
    _check_receivable(row, amount)
    if category.special != DONATION:
        raise Refusal("请选性质为“捐款”的收入科目", "category")
    entry = entries.enter(
        by=by,
        community=row.community,
        category=category,
        on=on,
        amount=amount,
        summary=f"{row.donor}捐款{f'（{row.purpose}）' if row.purpose else ''}"[:120],
        counterparty=str(row.donor)[:80],
        voucher=voucher,
        fund=row.fund,
    )
    return _make_receipt(row, entry, manner)


def _check_receivable(row: Donation, amount: Decimal) -> None:
    if row.is_earlier:
        raise Refusal("这笔捐款在账本启用前已收到，不再登记收款")
    if row.lapsed_on:
        raise Refusal("这笔捐款已登记为未兑现，收到的请先恢复")
    rest = row.amount - received_of(row)
    if rest <= 0:
        raise Refusal(f"这笔捐款{row.amount}元已收齐；另外捐的请登记为新的一笔")
    if amount > rest:
        raise Refusal(f"这笔捐款还应收{rest}元；多捐的请先修改捐款金额，或登记为新的一笔", "amount")


def _make_receipt(row: Donation, entry: FinanceEntry, manner: str) -> DonationReceipt:
    return DonationReceipt.objects.create(
        community_id=row.community_id,
        donation=row,
        entry=entry,
        year=entry.on.year,
        serial=next_serial(DonationReceipt.objects.all(), row.community_id, entry.on.year),
        on=entry.on,
        amount=entry.amount,
        manner=manner,
    )


# What follows the entry, in its transaction; the book is locked.


def void_receipts(entry: FinanceEntry, because: str) -> list[DonationReceipt]:
    """The entry no longer counts: its receipt is void. Raises Refusal while the money was used."""
    receipts = list(_locked(entry).valid())
    for receipt in receipts:
        _check_unused(receipt)
        receipt.voided_on, receipt.voided_because = timezone.localdate(), because[:200]
        _save(receipt)
    return receipts


def _check_unused(receipt: DonationReceipt) -> None:
    if uses := list(receipt.uses.current().select_related("entry")[:3]):
        named = "、".join(f"{use.entry}（{use.amount}元）" for use in uses)
        raise Refusal(f"捐款收据{receipt.number}的钱已用于{named}，请先取消这些捐款使用")


def renew_receipt(entry: FinanceEntry) -> DonationReceipt | None:
    """The entry counts again: its money has another receipt, with the next number. None for an entry that is no donation any more.

    Raises Refusal where the donation was received in full meanwhile.
    """
    last = _locked(entry).order_by("id").last()
    if last is None or last.voided_on is None or entry.category.special != DONATION:
        return None
    row = lock_donation(last.donation)
    _check_receivable(row, entry.amount)
    return _make_receipt(row, entry, last.manner)


def follow_change(entry: FinanceEntry) -> None:
    """The entry was corrected before it was approved: the receipt says the same, or is void where it cannot. Raises Refusal."""
    receipt = _locked(entry).valid().first()
    if receipt is None:
        return
    if entry.category.special != DONATION:
        void_receipts(entry, "收支记录改为其他科目")
    elif entry.on.year != receipt.year:
        void_receipts(entry, f"收款日期改为{entry.on:%Y-%m-%d}")
        renew_receipt(entry)
    elif (receipt.amount, receipt.on) != (entry.amount, entry.on):
        row = lock_donation(receipt.donation)
        rest = row.amount - received_of(row) + receipt.amount
        if entry.amount > rest:
            raise Refusal(f"这笔捐款还应收{rest}元，金额不能更多", "amount")
        receipt.amount, receipt.on = entry.amount, entry.on
        _save(receipt)


def _locked(entry: FinanceEntry):
    receipts = DonationReceipt.objects.filter(community_id=entry.community_id, entry=entry)
    return receipts.select_for_update(of=("self",))


def _save(receipt: DonationReceipt) -> None:
    receipt.version += 1
    receipt.save()
