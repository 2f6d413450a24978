"""Balances of the book: what was there at the beginning of a month, what came in and went out, what is left."""

import datetime
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from community.finance.models import FinanceBook, FinanceEntry, FinanceMonth
from community.finance.models.book import Direction
from portal.values.months import month_after

_DAY = datetime.timedelta(days=1)


def last_day(month: datetime.date) -> datetime.date:
    """Last day of the month that begins on `month`."""
    return month_after(month) - _DAY


@dataclass(frozen=True, slots=True)
class MonthNumbers:
    """A month of the book, in yuan: only approved entries count."""

    month: datetime.date
    opening: Decimal
    income: Decimal
    expense: Decimal
    entries: int

    @property
    def closing(self) -> Decimal:
        return self.opening + self.income - self.expense


def book_of(community) -> FinanceBook | None:
    """The book of a community; None until it is opened."""
    return FinanceBook.objects.of(community).first()


def balance_before(community, day: datetime.date) -> Decimal | None:
    """Balance at the beginning of a day; None before the book begins. At most three queries.

    Reckoned from the last closed month, so that it takes no longer the older the book is.
    """
    book = book_of(community)
    return None if book is None or day < book.begins_on else _balance_before(book, day)


def _balance_before(book: FinanceBook, day: datetime.date) -> Decimal:
    """Balance of a book at the beginning of a day that is not before it. Two queries."""
    months = FinanceMonth.objects.in_communities([book.community_id]).closed()
    entries = FinanceEntry.objects.in_communities([book.community_id]).booked()
    first, balance = book.begins_on, book.opening
    if last := months.filter(month__lt=day.replace(day=1)).first():
        first, balance = month_after(last.month), last.closing
    sums = entries.between(first, day - _DAY).sums()
    return balance + sums[Direction.INCOME] - sums[Direction.EXPENSE]


def openings_of(community, months: Collection[datetime.date]) -> dict[datetime.date, Decimal | None]:
    """First day of a month → balance at its beginning; None before the book begins. Three queries."""
    book = book_of(community)
    openings: dict[datetime.date, Decimal | None] = dict.fromkeys(months)
    wanted = sorted(month for month in openings if book and month >= book.begins_on)
    if not wanted:
        return openings
    closed = FinanceMonth.objects.of(community).closed().filter(month__lt=wanted[-1]).order_by("month")
    ends = [(book.begins_on, book.opening)]
    ends += [(month_after(month), closing) for month, closing in closed.values_list("month", "closing")]
    bases = {month: max(end for end in ends if end[0] <= month) for month in wanted}
    first = min(start for start, _ in bases.values())
    entries = FinanceEntry.objects.of(community).booked().between(first, wanted[-1] - _DAY).order_by()
    sums = entries.annotate(month=TruncMonth("on")).values_list("month", "direction").annotate(Sum("amount"))
    changes = [(month, amount if way == Direction.INCOME else -amount) for month, way, amount in sums]
    for month, (start, balance) in bases.items():
        openings[month] = balance + sum((change for of, change in changes if start <= of < month), Decimal(0))
    return openings


def numbers_of(community, month: datetime.date, book: FinanceBook | None = None) -> MonthNumbers | None:
    """The numbers of a month, closed or not; None before the book begins. `book`: where it is read already."""
    book = book or book_of(community)
    if book is None or month < book.begins_on:
        return None
    opening = _balance_before(book, month)
    entries = FinanceEntry.objects.of(community).booked().between(month, last_day(month))
    sums = entries.sums()
    return MonthNumbers(month, opening, sums[Direction.INCOME], sums[Direction.EXPENSE], entries.count())


def balances_after(entries: Collection[FinanceEntry]) -> dict[int, Decimal]:
    """Id of an approved entry → balance after it, in the order of the book: by day, then as entered. Three queries a community.

    Reckoned from the beginning of the first month among them.
    """
    days: dict[int, list[datetime.date]] = defaultdict(list)
    for entry in entries:
        if entry.state == FinanceEntry.State.APPROVED:
            days[entry.community_id].append(entry.on)
    balances = {}
    for book in FinanceBook.objects.in_communities(days):
        first = min(days[book.community_id]).replace(day=1)
        if first < book.begins_on:
            continue
        balance = _balance_before(book, first)
        booked = FinanceEntry.objects.in_communities([book.community_id]).booked()
        booked = booked.between(first, max(days[book.community_id])).order_by("on", "id")
        for pk, direction, amount in booked.values_list("pk", "direction", "amount"):
            balance += amount if direction == Direction.INCOME else -amount
            balances[pk] = balance
    return balances
