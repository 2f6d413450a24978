"""The month report of the books (财务月报): numbers by category beside earlier months, funds, entries, reviews."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q, Sum

from community.finance.balances import MonthNumbers, last_day, numbers_of
from community.finance.models import (
    BudgetLine,
    FinanceCategory,
    FinanceEntry,
    FinanceMonth,
    FinanceReview,
    Fund,
)
from community.finance.models.book import Direction
from portal.values.months import month_before

_ZERO = Decimal(0)
COLUMNS = ("本月", "上月", "去年同月", "本年累计")


@dataclass(slots=True)
class ReportLine:
    """A category, or the total of a direction: its sums in the report's periods, and the budget of the year."""

    label: str
    category: FinanceCategory | None = None
    this: Decimal = _ZERO
    last: Decimal = _ZERO
    last_year: Decimal = _ZERO
    year: Decimal = _ZERO
    budget: Decimal | None = None

    @property
    def sums(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """In the order of `COLUMNS`."""
        return self.this, self.last, self.last_year, self.year

    @property
    def share(self) -> str:
        """How much of the budget the year has used up."""
        return f"{self.year / self.budget:.0%}" if self.budget else ""


@dataclass(frozen=True, slots=True)
class FundLine:
    """A fund in the month: what was left before it, what came and went, what is left."""

    fund: Fund
    opening: Decimal
    income: Decimal
    expense: Decimal

    @property
    def closing(self) -> Decimal:
        return self.opening + self.income - self.expense


@dataclass(slots=True)
class MonthReport:
    """The books of a month; only approved entries count. closing: the month's closing, None while it is open."""

    month: datetime.date
    numbers: MonthNumbers
    closing: FinanceMonth | None
    income: list[ReportLine]
    expense: list[ReportLine]
    income_total: ReportLine
    expense_total: ReportLine
    funds: list[FundLine] = field(default_factory=list)
    waiting: int = 0
    reopened: list[FinanceMonth] = field(default_factory=list)
    reviews: list[FinanceReview] = field(default_factory=list)

    @property
    def last_day(self) -> datetime.date:
        return last_day(self.month)

    @property
    def parts(self) -> tuple[tuple[str, list[ReportLine], ReportLine], ...]:
        """(收入 or 支出, its categories, their total)."""
        return (
            ("收入", self.income, self.income_total),
            ("支出", self.expense, self.expense_total),
        )


def month_report(community, month: datetime.date) -> MonthReport | None:
    """The report of a month; None before the book begins. A fixed number of queries."""
    closings = list(FinanceMonth.objects.of(community).filter(month=month).select_related("closed_by"))
    closing = next((row for row in closings if row.reopened_at is None), None)
    numbers = _numbers(closing) if closing else numbers_of(community, month)
    if numbers is None:
        return None
    lines = _lines(community, month)
    report = MonthReport(
        month=month,
        numbers=numbers,
        closing=closing,
        income=lines[Direction.INCOME],
        expense=lines[Direction.EXPENSE],
        income_total=_total("收入合计", lines[Direction.INCOME]),
        expense_total=_total("支出合计", lines[Direction.EXPENSE]),
        reopened=[row for row in closings if row.reopened_at],
    )
    report.funds = _funds(community, report)
    if closing:
        report.reviews = list(
            FinanceReview.objects.of(community)
            .filter(closing=closing)
            .select_related("reviewer", "answered_by")
            .order_by("at")
        )
    else:
        report.waiting = FinanceEntry.objects.of(community).waiting().between(month, report.last_day).count()
    return report


def entries_of(community, month: datetime.date):
    """The booked entries of a month, in the order of the book."""
    entries = FinanceEntry.objects.of(community).booked().between(month, last_day(month))
    return entries.select_related("category").order_by("on", "id")


def _numbers(closing: FinanceMonth) -> MonthNumbers:
    return MonthNumbers(closing.month, closing.opening, closing.income, closing.expense, closing.entries)


def sums_of_periods(community, periods: dict[str, tuple[datetime.date, datetime.date]]) -> dict[int, dict]:
    """Category id → sum of its booked entries in each period (first and last day), by the period's name. One query."""
    conditions = {name: Q(on__range=days) for name, days in periods.items()}
    any_of_them = Q()
    for condition in conditions.values():
        any_of_them |= condition
    entries = FinanceEntry.objects.of(community).booked().filter(any_of_them).order_by()
    sums = entries.values("category_id").annotate(
        **{name: Sum("amount", filter=condition, default=_ZERO) for name, condition in conditions.items()}
    )
    return {row.pop("category_id"): row for row in sums}


def last_year_of(month: datetime.date) -> datetime.date:
    """The same month a year before."""
    return month.replace(year=month.year - 1)


def days_of(month: datetime.date) -> tuple[datetime.date, datetime.date]:
    return month, last_day(month)


def _lines(community, month: datetime.date) -> dict[str, list[ReportLine]]:
    """The categories with anything to say, by direction."""
    sums = sums_of_periods(
        community,
        {
            "this": days_of(month),
            "last": days_of(month_before(month)),
            "last_year": days_of(last_year_of(month)),
            "year": (month.replace(month=1), last_day(month)),
        },
    )
    budget = BudgetLine.objects.of(community).filter(year=month.year).order_by()
    planned = dict(budget.values_list("category_id", "amount"))
    lines: dict[str, list[ReportLine]] = {direction: [] for direction in Direction.values}
    for category in FinanceCategory.objects.of(community):
        amounts, amount = sums.get(category.pk), planned.get(category.pk)
        if amounts or amount:
            lines[category.direction].append(
                ReportLine(category.name, category, **(amounts or {}), budget=amount)
            )
    return lines


def _total(label: str, lines: Sequence[ReportLine]) -> ReportLine:
    budgets = [line.budget for line in lines if line.budget is not None]
    columns = zip(*(line.sums for line in lines), strict=True)
    sums = [sum(column, _ZERO) for column in columns] or [_ZERO] * len(COLUMNS)
    return ReportLine(label, None, *sums, budget=sum(budgets, _ZERO) if budgets else None)


def _funds(community, report: MonthReport) -> list[FundLine]:
    """Funds that have or had anything: those not ended before the month, and those with entries in it."""
    entries = FinanceEntry.objects.of(community).booked().filter(fund__isnull=False, on__lte=report.last_day)
    within, before = Q(on__gte=report.month), Q(on__lt=report.month)
    income, expense = Q(direction=Direction.INCOME), Q(direction=Direction.EXPENSE)
    sums = entries.order_by().values("fund_id").annotate(
        came=Sum("amount", filter=before & income, default=_ZERO),
        went=Sum("amount", filter=before & expense, default=_ZERO),
        income=Sum("amount", filter=within & income, default=_ZERO),
        expense=Sum("amount", filter=within & expense, default=_ZERO),
    )  # fmt: skip
    by_fund = {row["fund_id"]: row for row in sums}
    nothing = {"came": _ZERO, "went": _ZERO, "income": _ZERO, "expense": _ZERO}
    lines = []
    for fund in Fund.objects.of(community):
        row = by_fund.get(fund.pk, nothing)
        line = FundLine(fund, row["came"] - row["went"], row["income"], row["expense"])
        is_over = fund.closed_on and fund.closed_on < report.month
        if line.income or line.expense or line.opening or not is_over:
            lines.append(line)
    return lines
