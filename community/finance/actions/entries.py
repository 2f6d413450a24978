"""Writes on entries: enter, correct, approve, return, withdraw, reverse. Each locks the book first."""

import datetime
from collections.abc import Collection
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from community.accounts.models import User
from community.finance.actions.book import check_open, lock_book
from community.finance.limits import breaches
from community.finance.models import FinanceCategory, FinanceEntry, Fund
from portal.access.db_scope import set_change_context
from portal.forms.refusals import NoReason, Refusal, StaleForm, WrongDate
from portal.hooks.registry import call_hooks

State = FinanceEntry.State
ENTRY_OFF = "finance_entry_off"
"""Hook (entry, by, reason): the entry no longer counts: it was returned or withdrawn before it was approved, or its reversal was approved.

What hangs on it ends in the same transaction; whoever must not let it happen raises Refusal.
"""
ENTRY_ON = "finance_entry_on"
"""Hook (entry, by): it may count again: sent again after a return, or its withdrawal taken back."""
ENTRY_CHANGED = "finance_entry_changed"
"""Hook (entry, by): an entry that waits for approval was corrected. Whoever repeats what it says follows, or raises Refusal."""


@transaction.atomic
def enter(
    *,
    by: User,
    community,
    category: FinanceCategory,
    on: datetime.date,
    amount: Decimal,
    summary: str,
    counterparty: str = "",
    voucher: str = "",
    fund: Fund | None = None,
) -> FinanceEntry:
    """Enter income or expense; the user is its handler, and somebody else approves it. Raises Refusal."""
    book = lock_book(community.id)
    _check_day(book, on)
    _check_fund(fund, on)
    return FinanceEntry.objects.create(
        community_id=community.id,
        category=category,
        direction=category.direction,
        on=on,
        amount=amount,
        summary=summary,
        counterparty=counterparty,
        voucher=voucher,
        fund=fund,
        handler=by,
        handler_name=by.name,
    )


@transaction.atomic
def correct(*, by: User, entry: FinanceEntry, seen_version: int, **fields) -> FinanceEntry:
    """Change an entry that is not approved yet, and send it again where it was returned. Raises Refusal."""
    row, book = _lock(entry, seen_version)
    if row.state not in FinanceEntry.OPEN:
        raise Refusal("已入账的记录不能修改，有误请冲销后重新登记")
    if row.reverses_id:
        raise Refusal("冲销记录不能修改，可以撤销后重新冲销")
    _check_day(book, fields["on"])
    _check_fund(fields.get("fund"), fields["on"])
    was_returned = row.state == State.RETURNED
    for name, value in fields.items():
        setattr(row, name, value)
    row.direction = row.category.direction
    row.handler, row.handler_name = by, by.name
    row.state, row.closed_because, row.decided_by, row.approver_name, row.decided_at = (
        State.ENTERED,
        "",
        None,
        "",
        None,
    )
    _save(row)
    _tell(ENTRY_ON if was_returned else ENTRY_CHANGED, row, by)
    return row


@transaction.atomic
def set_voucher(*, entry: FinanceEntry, voucher: str, seen_version: int) -> FinanceEntry:
    """Fill in the number that the street's accountant gave, also of an approved entry. Raises Refusal in a closed month."""
    row, _ = _lock(entry, seen_version)
    row.voucher = voucher
    _save(row)
    return row


@transaction.atomic
def approve(
    *, by: User, entry: FinanceEntry, seen_version: int, over_limit_because: str = ""
) -> FinanceEntry:
    """Approve an entry: from now on it counts. Raises Refusal for the handler's own, and for a breach of limits without a reason."""
    row, _ = _lock(entry, seen_version)
    _check_waits(row)
    _check_not_handler(row, by)
    exceeded = breaches(row)
    if exceeded and not over_limit_because:
        raise NoReason(f"{'；'.join(exceeded)}。同意的，请写明原因", "over_limit_because")
    row.state, row.decided_by, row.approver_name = State.APPROVED, by, by.name
    row.decided_at = timezone.now()
    row.over_limit_because = over_limit_because if exceeded else ""
    set_change_context(action="审批入账")
    _save(row)
    if row.reverses_id:
        _tell(ENTRY_OFF, row.reverses, by, row.summary)
    return row


@transaction.atomic
def return_entry(*, by: User, entry: FinanceEntry, because: str, seen_version: int) -> FinanceEntry:
    """Return an entry that waits to its handler, with a reason. Raises Refusal. What is approved is reversed instead."""
    row, _ = _lock(entry, seen_version)
    if row.state == State.APPROVED:
        raise Refusal("已入账的记录不能退回，有误请冲销")
    _check_waits(row)
    _check_not_handler(row, by)
    set_change_context(action="退回收支记录", reason=because)
    row.state, row.closed_because = State.RETURNED, because
    row.decided_by, row.approver_name, row.decided_at = by, "", timezone.now()
    _save(row)
    if not row.reverses_id:
        _tell(ENTRY_OFF, row, by, because)
    return row


@transaction.atomic
def withdraw(*, by: User, entry: FinanceEntry, because: str, seen_version: int) -> FinanceEntry:
    """Withdraw an entry that is not approved; it stays listed and counts nowhere. Raises Refusal."""
    row, _ = _lock(entry, seen_version)
    if row.state not in FinanceEntry.OPEN:
        raise Refusal("已入账的记录不能撤销，有误请冲销")
    row.state, row.closed_because = State.WITHDRAWN, because
    set_change_context(action="撤销收支记录", reason=because)
    _save(row)
    if not row.reverses_id:
        _tell(ENTRY_OFF, row, by, because)
    return row


@transaction.atomic
def restore(*, by: User, entry: FinanceEntry, seen_version: int) -> FinanceEntry:
    """Take a withdrawal back: the entry waits for approval again. Raises Refusal."""
    row, _ = _lock(entry, seen_version)
    if row.state != State.WITHDRAWN:
        raise StaleForm(f"这条记录{row.get_state_display()}，请核对最新内容")
    if row.reverses_id and row.reverses.reversals.exclude(pk=row.pk).exclude(state=State.WITHDRAWN).exists():
        raise Refusal("原记录已另行冲销，这条不用恢复")
    row.state, row.closed_because = State.ENTERED, ""
    _save(row)
    if not row.reverses_id:
        _tell(ENTRY_ON, row, by)
    return row


@transaction.atomic
def reverse(
    *, by: User, entry: FinanceEntry, on: datetime.date, because: str, seen_version: int
) -> FinanceEntry:
    """Reverse an approved entry by one of the negative amount, on a day of an open month. Raises Refusal.

    The reversal is an entry like any other: it counts once somebody else approved it.
    """
    row, book = _lock(entry, seen_version, check_month=False)
    if row.state != State.APPROVED:
        raise Refusal("只有已入账的记录才需要冲销；没有入账的请直接修改或撤销")
    if row.reverses_id:
        raise Refusal("这是一条冲销记录，不能再冲销；请重新登记正确的一笔")
    _check_not_reversed(row)
    _check_day(book, on)
    if on < row.on:
        raise WrongDate(f"冲销日期不能早于原记录的日期{row.on:%Y-%m-%d}")
    return FinanceEntry.objects.create(
        community_id=row.community_id,
        category=row.category,
        direction=row.direction,
        on=on,
        amount=-row.amount,
        summary=f"冲销{row.on:%Y-%m-%d}：{because}"[:120],
        counterparty=row.counterparty,
        fund=row.fund,
        handler=by,
        handler_name=by.name,
        reverses=row,
    )


def _tell(hook: str, row: FinanceEntry, *arguments) -> None:
    for _ in call_hooks(hook, row, *arguments):
        pass


def _lock(entry: FinanceEntry, seen_version: int, check_month: bool = True):
    """The locked row and book, for whoever saw it as it stands. Raises StaleForm, and MonthClosed unless `check_month` is off."""
    book = lock_book(entry.community_id)
    rows = FinanceEntry.objects.filter(community_id=entry.community_id, pk=entry.pk)
    row = rows.select_related("category", "fund", "handler", "reverses").select_for_update(of=("self",)).get()
    if row.version != seen_version:
        raise StaleForm()
    if check_month:
        check_open(book, row.on)
    return row, book


def _save(row: FinanceEntry) -> None:
    row.version += 1
    row.save()


def _check_day(book, on: datetime.date) -> None:
    if on > timezone.localdate():
        raise WrongDate("日期不能晚于今天")
    check_open(book, on)


def _check_fund(fund: Fund | None, on: datetime.date) -> None:
    if fund and fund.closed_on and on > fund.closed_on:
        raise Refusal(f"{fund}已于{fund.closed_on:%Y-%m-%d}结束，不能再记账", "fund")


def _check_waits(row: FinanceEntry) -> None:
    if row.state != State.ENTERED:
        raise StaleForm(f"这条记录{row.get_state_display()}，请核对最新内容")


def _check_not_handler(row: FinanceEntry, by: User) -> None:
    # An imported entry has only the name of its handler.
    is_same_name = row.handler_id is None and row.handler_name == by.name
    if is_same_name or any(handler.same_person_as(by) for handler in handlers_of([row])[row.pk]):
        raise Refusal("这笔收支由您经手，不能由您审批，请另一人审批")


def handlers_of(entries: Collection[FinanceEntry]) -> dict[int, set[User]]:
    """Id of an entry → everybody who entered or corrected it, by its history. Two queries."""
    events = FinanceEntry.pgh_event_model.objects.filter(
        community_id__in={entry.community_id for entry in entries}, pgh_obj_id__in=[e.pk for e in entries]
    )
    pairs = set(events.exclude(handler__isnull=True).order_by().values_list("pgh_obj_id", "handler_id"))
    pairs |= {(entry.pk, entry.handler_id) for entry in entries if entry.handler_id}
    users = User.objects.in_bulk({user for _, user in pairs})
    handlers: dict[int, set[User]] = {entry.pk: set() for entry in entries}
    for entry, user in pairs:
        handlers[entry].add(users[user])
    return handlers


def _check_not_reversed(row: FinanceEntry) -> None:
    if row.reversals.exclude(state=State.WITHDRAWN).exists():
        raise Refusal("这条记录已经冲销过")
