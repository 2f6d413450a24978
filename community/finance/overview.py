"""What the start page of finance shows."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from community.finance.actions.book import open_from
from community.finance.balances import MonthNumbers, book_of, numbers_of
from community.finance.limits import used_this_month
from community.finance.models import BudgetLine, FinanceEntry, FinanceMonth, FinanceReview, Fund
from community.finance.models.book import Direction
from community.finance.totals import FundSums, budget_against_actual, sums_by_fund
from community.finance.vouchers import lacking
from portal.registers.counts import count_together
from portal.values.months import month_after

_NEARLY = Decimal("0.8")
"""Share of a month's limit from which the page names it."""
_CLOSINGS = 6


@dataclass(frozen=True, slots=True)
class LimitUse:
    """What of a month's limit is used."""

    category: object
    used: Decimal

    @property
    def percent(self) -> int:
        limit = self.category.most_month
        return int(100 * self.used / limit) if limit else 100

    @property
    def is_over(self) -> bool:
        return self.used > self.category.most_month


@dataclass(frozen=True, slots=True)
class YearNumbers:
    """A side of the year: planned, actual and the year before."""

    label: str
    planned: Decimal
    actual: Decimal
    last_year: Decimal


@dataclass(frozen=True, slots=True)
class Overview:
    """The start page of finance. `month` holds this month's numbers so far; `to_close` is a month that is over."""

    month: MonthNumbers
    waiting: int
    returned: int
    lacking: int
    unanswered: int
    to_close: datetime.date | None
    closings: Sequence[FinanceMonth]
    funds: Sequence[tuple[Fund, FundSums]]
    limits: Sequence[LimitUse]
    year: int
    year_numbers: Sequence[YearNumbers]
    has_budget: bool


def overview_of(community, today: datetime.date) -> Overview | None:
    """The numbers of the page, in a fixed number of queries; None before the book is opened."""
    this_month = today.replace(day=1)
    book = book_of(community)
    month = numbers_of(community, this_month, book) if book else None
    if book is None or month is None:
        return None
    entries = FinanceEntry.objects.of(community)
    unanswered = FinanceReview.objects.of(community).filter(verdict="objected", answered_at__isnull=True)
    counts = count_together(
        [
            entries.filter(state=FinanceEntry.State.ENTERED),
            entries.filter(state=FinanceEntry.State.RETURNED),
            lacking(entries),
            unanswered,
        ]
    )
    due = open_from(book)
    closings = FinanceMonth.objects.of(community).closed().order_by("-month")[:_CLOSINGS]
    funds = list(Fund.objects.of(community).filter(closed_on__isnull=True).order_by("name", "id"))
    sums = sums_by_fund(funds)
    limits = [LimitUse(category, used) for category, used in used_this_month(community, this_month)]
    return Overview(
        month,
        *counts,
        to_close=due if month_after(due) <= today else None,
        closings=list(closings),
        funds=[(fund, sums[fund.pk]) for fund in funds],
        limits=[use for use in limits if use.used >= _NEARLY * use.category.most_month],
        year=today.year,
        year_numbers=_year_numbers(community, today.year),
        has_budget=BudgetLine.objects.of(community).filter(year=today.year).exists(),
    )


def _year_numbers(community, year: int) -> list[YearNumbers]:
    lines = budget_against_actual(community, year)
    numbers = []
    for direction in Direction:
        own = [line for line in lines if line.category.direction == direction]
        numbers.append(
            YearNumbers(
                direction.label,
                sum((line.planned or Decimal(0) for line in own), Decimal(0)),
                sum((line.actual for line in own), Decimal(0)),
                sum((line.last_year for line in own), Decimal(0)),
            )
        )
    return numbers
