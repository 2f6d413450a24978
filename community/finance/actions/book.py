"""The book itself: opened once, and locked by whoever writes in it."""

import datetime
from decimal import Decimal

from django.db import transaction

from community.finance.models import FinanceBook, FinanceEntry, FinanceMonth
from portal.forms.refusals import Refusal
from portal.values.months import month_word


class MonthClosed(Refusal):
    """The month of an entry is closed."""

    field = "on"


@transaction.atomic
def open_book(*, community, begins_on: datetime.date, opening: Decimal) -> FinanceBook:
    """Open the book of a community with the balance at the beginning of a month. Raises Refusal if it has one."""
    if FinanceBook.objects.of(community).exists():
        raise Refusal("本社区的账本已经启用")
    return FinanceBook.objects.create(
        community_id=community.id, begins_on=begins_on.replace(day=1), opening=opening
    )


@transaction.atomic
def change_opening(
    *, community, begins_on: datetime.date, opening: Decimal, seen_version: int
) -> FinanceBook:
    """Correct the first month or the balance of the book, while no month is closed and no entry lies before. Raises Refusal."""
    book = lock_book(community.id)
    begins_on = begins_on.replace(day=1)
    if book.version != seen_version:
        raise Refusal("账本刚在别处改过，请核对后再提交")
    if FinanceMonth.objects.of(community).closed().exists():
        raise Refusal("已有月结的月份，不能再改期初余额；请先重开这些月份")
    if early := FinanceEntry.objects.of(community).filter(on__lt=begins_on).order_by("on").first():
        raise Refusal(
            f"已有{early.on:%Y-%m-%d}的收支记录，启用月份不能晚于{month_word(early.month)}", "begins_on"
        )
    book.begins_on, book.opening = begins_on, opening
    book.version += 1
    book.save()
    return book


def lock_book(community_id: int) -> FinanceBook:
    """Lock the book until the end of the transaction. Raises Refusal without one."""
    book = FinanceBook.objects.filter(community_id=community_id).select_for_update(of=("self",)).first()
    if book is None:
        raise Refusal("本社区的账本还没有启用，请先在“账本”页面填写启用月份和期初余额")
    return book


def check_open(book: FinanceBook, day: datetime.date) -> None:
    """Raise MonthClosed where nothing may be written on a day of the locked book."""
    if day < book.begins_on:
        raise MonthClosed(f"账本从{month_word(book.begins_on)}启用，日期不能更早")
    closed = FinanceMonth.objects.filter(community_id=book.community_id, month=day.replace(day=1)).closed()
    if closed.exists():
        raise MonthClosed(f"{month_word(day)}已经月结，不能再记账；请改用本月的日期，或由主任重开该月")
