"""The book itself: opened once, and locked by whoever writes in it."""

import datetime
from decimal import Decimal

from django.db import transaction

from community.finance.models import FinanceBook, FinanceCategory, FinanceEntry, FinanceMonth
from community.finance.models.book import Direction
from portal.forms.refusals import Refusal
from portal.values.months import month_after, month_word

_Special = FinanceCategory.Special
USUAL_CATEGORIES = (
    (Direction.INCOME, "上级拨款", _Special.NONE),
    (Direction.INCOME, "市场管理费", _Special.MARKET_FEE),
    (Direction.INCOME, "捐款", _Special.DONATION),
    (Direction.INCOME, "费随事转", _Special.TASK_FUND),
    (Direction.INCOME, "其他收入", _Special.NONE),
    (Direction.EXPENSE, "办公费", _Special.NONE),
    (Direction.EXPENSE, "水电费", _Special.NONE),
    (Direction.EXPENSE, "电话费补贴", _Special.NONE),
    (Direction.EXPENSE, "活动费", _Special.NONE),
    (Direction.EXPENSE, "慰问费", _Special.NONE),
    (Direction.EXPENSE, "维修费", _Special.NONE),
    (Direction.EXPENSE, "其他支出", _Special.NONE),
)


class MonthClosed(Refusal):
    """The month of an entry is closed."""

    field = "on"


@transaction.atomic
def open_book(
    *, community, begins_on: datetime.date, opening: Decimal, with_categories: bool = False
) -> FinanceBook:
    """Open the book of a community with the balance at the beginning of a month. Raises Refusal if it has one.

    with_categories: also make the usual categories, those that are not there yet.
    """
    if FinanceBook.objects.of(community).exists():
        raise Refusal("本社区的账本已经启用")
    if with_categories:
        for direction, name, special in USUAL_CATEGORIES:
            FinanceCategory.objects.get_or_create(
                community_id=community.id, direction=direction, name=name, defaults={"special": special}
            )
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


def open_from(book: FinanceBook) -> datetime.date:
    """First day that is not closed: months are closed in order, so that everything before it is."""
    last = FinanceMonth.objects.filter(community_id=book.community_id).closed().first()
    return month_after(last.month) if last else book.begins_on


def is_open(community, day: datetime.date) -> bool:
    """Whether entries of a day may change. Read without a lock, for what a page offers; False without a book."""
    book = FinanceBook.objects.of(community).first()
    return book is not None and day >= open_from(book)


def check_open(book: FinanceBook, day: datetime.date) -> None:
    """Raise MonthClosed where nothing may be written on a day of the locked book."""
    if day < book.begins_on:
        raise MonthClosed(f"账本从{month_word(book.begins_on)}启用，日期不能更早")
    if day < open_from(book):
        raise MonthClosed(f"{month_word(day)}已经月结，不能再记账；请改用本月的日期，或由主任重开该月")
