"""Registers of finance: entries, closed months, categories, funds and the budget."""

from community.finance.registers.book import BudgetLineRegister, FinanceCategoryRegister, FundRegister
from community.finance.registers.entries import FinanceEntryRegister
from community.finance.registers.months import FinanceMonthRegister

__all__ = [
    "BudgetLineRegister",
    "FinanceCategoryRegister",
    "FinanceEntryRegister",
    "FinanceMonthRegister",
    "FundRegister",
]
