"""Entries of a book for tests: small sums in the months before today."""

import datetime
from decimal import Decimal

from django.utils import timezone

from community.finance.actions import book, entries
from community.finance.models import FinanceCategory
from portal.values.months import month_before
from tests.community.finance.sample import remove_finance


def open_book(community, today: datetime.date, months: int = 3, opening: str = "100.00"):
    remove_finance(community)
    month = today.replace(day=1)
    for _ in range(months):
        month = month_before(month)
    return book.open_book(community=community, begins_on=month, opening=Decimal(opening))


def category(community, direction="expense", name="办公费", **fields) -> FinanceCategory:
    return FinanceCategory.objects.get_or_create(
        community=community, direction=direction, name=name, defaults=fields
    )[0]


def enter(house, cast, amount="10.00", *, by="finance", direction="expense", on=None, **fields):
    chosen = fields.pop("category", None) or category(
        house.kuocang, direction, "办公费" if direction == "expense" else "市场管理费"
    )
    return entries.enter(
        by=cast[by],
        community=house.kuocang,
        category=chosen,
        on=on or timezone.localdate(),
        amount=Decimal(amount),
        summary=fields.pop("summary", "购买打印纸"),
        **fields,
    )


def booked(house, cast, amount="10.00", **fields):
    entry = enter(house, cast, amount, **fields)
    return entries.approve(by=cast["director"], entry=entry, seen_version=entry.version)


def open_anew(community, *, begins_on: datetime.date, opening: Decimal):
    """A book in place of that of the house."""
    remove_finance(community)
    return book.open_book(community=community, begins_on=begins_on, opening=opening)
