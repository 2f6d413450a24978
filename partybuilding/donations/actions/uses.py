"""What donated money was spent on: never more than a receipt brought, never more than an expense cost."""

from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from community.finance.actions.book import lock_book
from community.finance.models import FinanceEntry
from partybuilding.donations.models import DonationReceipt, DonationUse
from portal.access.db_scope import set_change_context
from portal.forms.refusals import NoReason, Refusal, StaleForm
from portal.pii_scan.scan import personal_data_in


@transaction.atomic
def record_use(
    *, receipt: DonationReceipt, entry: FinanceEntry, amount: Decimal, words: str = ""
) -> DonationUse:
    """Say that money of a receipt paid for an expense, or a part of it. Raises Refusal.

    Locks the book, like everything that changes entries: of two at the same time one waits, and sees what the other wrote.
    """
    lock_book(receipt.community_id)
    receipt = _lock_receipt(receipt)
    entry = FinanceEntry.objects.select_related("category", "fund").get(
        community_id=receipt.community_id, pk=entry.pk
    )
    _check_pair(receipt, entry)
    _check_amount(receipt, entry, amount)
    if found := personal_data_in(receipt.community, "公开说明", words):
        raise Refusal(f"捐款人凭查询码能看到，发现疑似个人信息：{'、'.join(found)}，请隐去或改写", "words")
    return DonationUse.objects.create(
        community_id=receipt.community_id,
        receipt=receipt,
        entry=entry,
        amount=amount,
        words=words or f"{entry.category}"[:80],
    )


def _lock_receipt(receipt: DonationReceipt) -> DonationReceipt:
    rows = DonationReceipt.objects.filter(community_id=receipt.community_id, pk=receipt.pk)
    return rows.select_related("entry__fund", "donation").select_for_update(of=("self",)).get()


def _check_pair(receipt: DonationReceipt, entry: FinanceEntry) -> None:
    if not receipt.is_booked:
        raise Refusal(f"捐款收据{receipt.number}{receipt.state_word}，入账以后才能登记使用", "receipt")
    if not _counts(entry):
        raise Refusal("请选已入账、没有冲销的支出", "entry")
    if entry.on < receipt.on:
        raise Refusal(f"支出日期{entry.on:%Y-%m-%d}早于收款日期{receipt.on:%Y-%m-%d}，请核对", "entry")
    if receipt.entry.fund_id and receipt.entry.fund_id != entry.fund_id:
        raise Refusal(f"这笔捐款属于“{receipt.entry.fund}”，只能用于记在该项资金的支出", "entry")


def _counts(entry: FinanceEntry) -> bool:
    """Whether it is an expense that was approved and not reversed."""
    is_booked = entry.state == FinanceEntry.State.APPROVED and entry.reverses_id is None
    if entry.direction != "expense" or not is_booked:
        return False
    return not entry.reversals.booked().exists()


def _check_amount(receipt: DonationReceipt, entry: FinanceEntry, amount: Decimal) -> None:
    if amount <= 0:
        raise Refusal("金额应大于0", "amount")
    left = receipt.amount - used_of(receipt.uses)
    if amount > left:
        raise Refusal(f"捐款收据{receipt.number}还剩{left}元，不能使用{amount}元", "amount")
    rest = entry.amount - used_of(entry.donation_uses)
    if amount > rest:
        words = f"，其中{entry.amount - rest}元已由其他捐款支出" if rest < entry.amount else ""
        raise Refusal(f"这笔支出{entry.amount}元{words}，本次最多{rest}元", "amount")


def used_of(uses) -> Decimal:
    """Sum of the uses that stand, of a receipt or of an expense."""
    return uses.current().aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


@transaction.atomic
def take_back(*, use: DonationUse, because: str) -> DonationUse:
    """Take a use back that was linked by mistake; it stays listed. Raises Refusal."""
    lock_book(use.community_id)
    rows = DonationUse.objects.filter(community_id=use.community_id, pk=use.pk)
    row = rows.select_for_update(of=("self",)).get()
    if row.ended_on:
        raise StaleForm(f"这项使用已于{row.ended_on:%Y-%m-%d}取消，请核对最新内容")
    if not because:
        raise NoReason("请写明取消的原因", "because")
    set_change_context(action="取消捐款使用", reason=because)
    _end(row, because)
    return row


# What follows the expense, in its transaction; the book is locked.


def end_uses(entry: FinanceEntry, because: str) -> list[DonationUse]:
    """The expense was reversed: what it used is unspent again."""
    uses = list(_locked(entry).current())
    for use in uses:
        _end(use, because[:200])
    return uses


def _locked(entry: FinanceEntry):
    uses = DonationUse.objects.filter(community_id=entry.community_id, entry=entry)
    return uses.select_for_update(of=("self",))


def _end(use: DonationUse, because: str) -> None:
    use.ended_on, use.ended_because = timezone.localdate(), because
    _save(use)


def _save(use: DonationUse) -> None:
    use.version += 1
    use.save()
