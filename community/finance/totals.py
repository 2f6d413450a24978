"""Sums of the book: by category and period, by fund, and what is planned for a year. Only approved entries count."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum

from community.finance.models import BudgetLine, FinanceCategory, FinanceEntry
from community.finance.models.book import Direction

NOTHING = Decimal(0)


def sums_by_category(community, first: datetime.date, last: datetime.date) -> dict[int, Decimal]:
    """Id of a category → sum of its approved entries from `first` to `last`, both included. One query."""
    entries = FinanceEntry.objects.of(community).booked().between(first, last)
    return dict(entries.order_by().values_list("category_id").annotate(Sum("amount")))


def special_sum(community, special: str, first: datetime.date, last: datetime.date) -> Decimal:
    """Sum of the approved income in categories of a kind (`FinanceCategory.Special`). One query."""
    entries = FinanceEntry.objects.of(community).booked().between(first, last)
    entries = entries.filter(category__special=special, direction=Direction.INCOME)
    return entries.aggregate(sum=Sum("amount"))["sum"] or NOTHING


@dataclass(frozen=True, slots=True)
class FundSums:
    """What came for a fund and what was spent of it."""

    received: Decimal = NOTHING
    spent: Decimal = NOTHING

    @property
    def left(self) -> Decimal:
        return self.received - self.spent


def sums_by_fund(funds: Collection) -> dict[int, FundSums]:
    """Id of a fund → its sums. One query."""
    entries = FinanceEntry.objects.in_communities({fund.community_id for fund in funds}).booked()
    sums = entries.filter(fund__in=[fund.pk for fund in funds]).order_by().values_list("fund_id")
    sums = sums.annotate(
        received=Sum("amount", filter=Q(direction=Direction.INCOME), default=NOTHING),
        spent=Sum("amount", filter=Q(direction=Direction.EXPENSE), default=NOTHING),
    )
    by_fund = {fund: FundSums(received, spent) for fund, received, spent in sums}
    return {fund.pk: by_fund.get(fund.pk, FundSums()) for fund in funds}


def sums_by_year(
    communities: Collection[int], categories: Collection[int], years: Collection[int]
) -> dict[tuple[int, int], Decimal]:
    """(category, year) → sum of its approved entries. One query."""
    entries = FinanceEntry.objects.in_communities(communities).booked()
    entries = entries.filter(category__in=categories, on__year__in=years).order_by()
    return {
        (category, year): amount
        for category, year, amount in entries.values_list("category_id", "on__year").annotate(Sum("amount"))
    }


@dataclass(frozen=True, slots=True)
class BudgetComparison:
    """A category in a year: planned, actual, and the actual sum of the year before."""

    category: FinanceCategory
    planned: Decimal | None
    actual: Decimal
    last_year: Decimal


def budget_against_actual(community, year: int) -> list[BudgetComparison]:
    """Every category with a plan, or with entries in the year or the one before. Three queries."""
    planned = dict(
        BudgetLine.objects.of(community).filter(year=year).order_by().values_list("category_id", "amount")
    )
    categories = list(FinanceCategory.objects.of(community).order_by("-direction", "name", "id"))
    sums = sums_by_year([community.id], [category.pk for category in categories], (year, year - 1))
    lines = [
        BudgetComparison(
            category,
            planned.get(category.pk),
            sums.get((category.pk, year), NOTHING),
            sums.get((category.pk, year - 1), NOTHING),
        )
        for category in categories
    ]
    return [line for line in lines if line.planned is not None or line.actual or line.last_year]
