"""Tables of finance; `community.models` gathers them for Django."""

from community.finance.models.book import BudgetLine, FinanceBook, FinanceCategory, Fund
from community.finance.models.entry import FinanceEntry, FinanceEntryQuerySet
from community.finance.models.month import FinanceMonth, FinanceMonthQuerySet, FinanceReview

__all__ = [
    "BudgetLine",
    "FinanceBook",
    "FinanceCategory",
    "FinanceEntry",
    "FinanceEntryQuerySet",
    "FinanceMonth",
    "FinanceMonthQuerySet",
    "FinanceReview",
    "Fund",
]
