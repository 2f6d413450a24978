"""One row of each noun of finance for the small house of tests (tests/house.py)."""

import datetime
from decimal import Decimal

from django.utils import timezone

from community.finance.models import (
    BudgetLine,
    FinanceBook,
    FinanceCategory,
    FinanceEntry,
    FinanceMonth,
    FinanceReview,
    Fund,
)
from tests.partybuilding.donations.sample import remove_donations


def add_finance(community, cast) -> None:
    """A book with a closed month, to which somebody objected, and an entry that waits for approval."""
    of = {"community": community}
    month = datetime.date(2025, 1, 1)
    FinanceBook.objects.create(**of, begins_on=month, opening=100)
    category = FinanceCategory.objects.create(**of, direction="expense", name="办公费")
    fund = Fund.objects.create(**of, name="消防整治经费", purpose="消防通道整治")
    BudgetLine.objects.create(**of, year=2026, category=category, amount=1000)
    closing = FinanceMonth.objects.create(
        **of, month=month, opening=100, income=0, expense=0, closing=100, entries=0, closed_at=timezone.now(),
        closed_by=cast["finance"],
    )  # fmt: skip
    FinanceReview.objects.create(
        **of,
        closing=closing,
        reviewer=cast["supervisor"],
        verdict="objected",
        remark="少一笔",
        at=timezone.now(),
    )
    FinanceEntry.objects.create(
        **of, category=category, fund=fund, direction="expense", on=datetime.date(2026, 2, 5),
        amount=Decimal("12.50"), summary="购买打印纸", handler=cast["finance"], handler_name=cast["finance"].name,
    )  # fmt: skip


def remove_finance(community) -> None:
    """Remove what stands in the book of a community, for tests that begin one."""
    remove_donations(community)
    for model in (FinanceReview, FinanceMonth, FinanceEntry, BudgetLine, Fund, FinanceCategory, FinanceBook):
        model.objects.filter(community=community).delete()
