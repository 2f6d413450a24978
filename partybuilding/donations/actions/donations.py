"""Writes on donations: recorded, changed, lapsed, followed by a code."""

import datetime
from collections.abc import Callable
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from community.finance.balances import book_of
from community.objections.tracking_codes import code_hash
from partybuilding.donations.models import Donation
from portal.access.db_scope import set_change_context
from portal.forms.refusals import NoReason, Refusal, StaleForm, WrongDate
from portal.values.dates import prose_date


@transaction.atomic
def save_donation(donation: Donation, save: Callable[[], Donation]) -> Donation:
    """Save a donation by `save`, and its donor where they are new. Raises Refusal for what contradicts the receipts that were made out, or the book."""
    if donation.is_earlier:
        _check_earlier(donation)
    if donation.donor.pk is None:
        donation.donor.save()
        donation.donor = donation.donor  # sets the key
    if donation.pk:
        stored = lock_donation(donation)
        _check_receipts(stored, donation)
    return save()


def _check_earlier(donation: Donation) -> None:
    """History is from before the book; what came later is received by an entry."""
    book = book_of(donation.community)
    if book and donation.on >= book.begins_on:
        raise Refusal(
            f"账本从{prose_date(book.begins_on)}启用，这以后的捐款请先登记，再由财务“登记收款”", "is_earlier"
        )
    if donation.on > timezone.localdate():
        raise WrongDate("不能晚于今天")
    if donation.lapsed_on:
        raise Refusal("这笔捐款已登记为未兑现，请先恢复", "is_earlier")


def _check_receipts(stored: Donation, changed: Donation) -> None:
    received = received_of(stored)
    if changed.is_earlier and (received or stored.receipts.exists()):
        raise Refusal("这笔捐款已开收据，不是启用前收到的", "is_earlier")
    if changed.amount < received:
        raise Refusal(f"已收款{received}元，捐款金额不能更少", "amount")
    if not received:
        return
    if changed.donor_id != stored.donor_id:
        raise Refusal("已开收据，捐款人不能再改；收据有误的请由财务冲销收支记录", "donor")
    if (changed.purpose, changed.fund_id) != (stored.purpose, stored.fund_id):
        raise Refusal(
            "已开收据，用途和专项资金不能再改", "purpose" if changed.purpose != stored.purpose else "fund"
        )


def received_of(donation: Donation) -> Decimal:
    """What was received of a donation, approved or not."""
    return donation.receipts.valid().aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


@transaction.atomic
def lapse(*, donation: Donation, because: str, on: datetime.date | None = None) -> Donation:
    """Say that what is still missing of a donation will not come. Raises Refusal."""
    row = lock_donation(donation)
    if row.is_earlier or row.lapsed_on:
        raise StaleForm("这笔捐款已收到或已登记为未兑现，请核对最新内容")
    if received_of(row) >= row.amount:
        raise Refusal("这笔捐款已收齐，不用登记未兑现")
    if not because:
        raise NoReason("请写明没有兑现的原因", "because")
    set_change_context(action="捐款未兑现", reason=because)
    return _write(row, lapsed_on=on or timezone.localdate(), lapsed_because=because)


@transaction.atomic
def restore(*, donation: Donation) -> Donation:
    """Take back that a donation lapsed. Raises Refusal."""
    row = lock_donation(donation)
    if row.lapsed_on is None:
        raise StaleForm("这笔捐款没有登记为未兑现，请核对最新内容")
    set_change_context(action="恢复捐款")
    return _write(row, lapsed_on=None, lapsed_because="")


@transaction.atomic
def set_code(*, donation: Donation, code: str, checked: str = "") -> Donation:
    """Give a donation a tracking code; an earlier one finds nothing any more.

    checked: how the identity of who lost the earlier one was checked, in words.
    """
    row = lock_donation(donation)
    set_change_context(action="补发查询码" if checked else "发查询码", reason=checked)
    return _write(row, code_hash=code_hash(code))


def lock_donation(donation: Donation) -> Donation:
    """The locked row: of two who receive money of one donation at the same time, one waits."""
    rows = Donation.objects.filter(community_id=donation.community_id, pk=donation.pk)
    return rows.select_related("donor__unit", "donor__person", "fund").select_for_update(of=("self",)).get()


def _write(row: Donation, **fields) -> Donation:
    for name, value in fields.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    return row
