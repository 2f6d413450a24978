"""Balances of the book: what was there at the beginning of a month, what came in and went out, what is left."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from community.finance.models import FinanceBook, FinanceEntry, FinanceMonth
from community.finance.models.book import Direction
from portal.values.months import month_after

_DAY = datetime.timedelta(days=1)


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
    if book is None or day < book.begins_on:
        return None
    first, balance = book.begins_on, book.opening
    last = FinanceMonth.objects.of(community).closed().filter(month__lt=day.replace(day=1)).first()
    if last:
        first, balance = month_after(last.month), last.closing
    sums = FinanceEntry.objects.of(community).booked().between(first, day - _DAY).sums()
    return balance + sums[Direction.INCOME] - sums[Direction.EXPENSE]


def numbers_of(community, month: datetime.date) -> MonthNumbers | None:
    """The numbers of a month, closed or not; None before the book begins."""
    opening = balance_before(community, month)
    if opening is None:
        return None
    entries = FinanceEntry.objects.of(community).booked().between(month, month_after(month) - _DAY)
    sums = entries.sums()
    return MonthNumbers(month, opening, sums[Direction.INCOME], sums[Direction.EXPENSE], entries.count())
