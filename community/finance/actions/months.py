"""Closing a month of the book, reopening it, and its review by the democratic finance group."""

import datetime

from django.db import transaction
from django.utils import timezone

from community.accounts.models import User
from community.finance.actions.book import lock_book, open_from
from community.finance.balances import book_of, last_day, numbers_of
from community.finance.models import FinanceEntry, FinanceMonth, FinanceReview
from portal.access.db_scope import set_change_context
from portal.forms.refusals import NoReason, Refusal
from portal.values.months import month_after, month_word


def next_to_close(community) -> datetime.date | None:
    """The month that is closed next: the one after the last closed, or the first of the book; None without a book."""
    book = book_of(community)
    return open_from(book) if book else None


@transaction.atomic
def close_month(*, by: User, community, month: datetime.date) -> FinanceMonth:
    """Close a month that is over: its entries change no more. Raises Refusal while entries wait, and out of order."""
    lock_book(community.id)
    due = next_to_close(community)
    if month != due:
        done = FinanceMonth.objects.of(community).closed().filter(month=month).exists()
        raise Refusal(f"{month_word(month)}已经月结" if done else f"月结按月进行，请先月结{month_word(due)}")
    if month_after(month) > timezone.localdate():
        raise Refusal(f"{month_word(month)}还没有结束，{month_after(month):%Y-%m-%d}起可以月结")
    waiting = FinanceEntry.objects.of(community).waiting().between(month, last_day(month)).count()
    if waiting:
        raise Refusal(f"{month_word(month)}还有{waiting}笔待审批或已退回的记录，请先审批、修改或撤销")
    numbers = numbers_of(community, month)
    set_change_context(action="月结")
    return FinanceMonth.objects.create(
        community_id=community.id,
        month=month,
        opening=numbers.opening,
        income=numbers.income,
        expense=numbers.expense,
        closing=numbers.closing,
        entries=numbers.entries,
        closed_at=timezone.now(),
        closed_by=by,
    )


def reopened_with(closing: FinanceMonth) -> list[FinanceMonth]:
    """The closings that are reopened with one: itself and those of later months, since their opening balances rest on it."""
    closings = FinanceMonth.objects.filter(community_id=closing.community_id, month__gte=closing.month)
    return list(closings.closed().order_by("month"))


@transaction.atomic
def reopen_month(*, by: User, closing: FinanceMonth, because: str) -> list[FinanceMonth]:
    """Reopen a closed month and the later ones, with a reason, which the next bulletin says. Raises Refusal."""
    if not because:
        raise NoReason("请写明重开的原因", "because")
    lock_book(closing.community_id)
    closings = reopened_with(closing)
    if closing.pk not in {each.pk for each in closings}:
        raise Refusal(f"{month_word(closing.month)}已经重开")
    set_change_context(action="重开月结", reason=because)
    for each in closings:
        each.reopened_at, each.reopened_by, each.reopened_because = timezone.now(), by, because
        each.version += 1
        each.save()
    return closings


@transaction.atomic
def review(*, by: User, closing: FinanceMonth, verdict: str, remark: str = "") -> FinanceReview:
    """Say for the democratic finance group what one thinks of a closed month. Raises Refusal for whoever closed it."""
    lock_book(closing.community_id)
    closing = FinanceMonth.objects.filter(community_id=closing.community_id).get(pk=closing.pk)
    if closing.reopened_at:
        raise Refusal(f"{month_word(closing.month)}已经重开，请等重新月结后再审核")
    if closing.closed_by.same_person_as(by):
        raise Refusal("这个月由您月结，请其他成员审核")
    if FinanceReview.objects.filter(community_id=closing.community_id, closing=closing, reviewer=by).exists():
        raise Refusal("您已审核过这个月的账目")
    if verdict == FinanceReview.Verdict.OBJECTED and not remark:
        raise NoReason("有异议的请写明是哪一笔、什么问题", "remark")
    return FinanceReview.objects.create(
        community_id=closing.community_id,
        closing=closing,
        reviewer=by,
        verdict=verdict,
        remark=remark,
        at=timezone.now(),
    )


@transaction.atomic
def answer_review(*, by: User, review: FinanceReview, answer: str) -> FinanceReview:
    """Answer an objection. Raises Refusal if it was answered meanwhile."""
    rows = FinanceReview.objects.filter(community_id=review.community_id, pk=review.pk)
    row = rows.select_for_update(of=("self",)).get()
    if row.answered_at:
        raise Refusal("这条意见已经答复过")
    row.answer, row.answered_by, row.answered_at = answer, by, timezone.now()
    row.version += 1
    row.save()
    return row
