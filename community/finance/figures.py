"""Figures of finance."""

import datetime
from decimal import Decimal

from community.finance.models import FinanceCategory
from community.finance.totals import special_sum


def market_fee_income(community, year: int) -> Decimal:
    """Approved income of the market management fee in a year, in yuan."""
    special = FinanceCategory.Special.MARKET_FEE
    return special_sum(community, special, datetime.date(year, 1, 1), datetime.date(year, 12, 31))
