"""When a batch expires: soon, by the dated rule, or already."""

import datetime
from collections.abc import Collection
from enum import StrEnum

from django.db.models import QuerySet

from community.dated_rules.rules import values_by_community
from community.stock.models import StockBatch
from community.stock.rules import EXPIRY_NOTICE_DAYS


class Shelf(StrEnum):
    """Filters of the batches. Stands in addresses."""

    IN_STOCK = "in_stock"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    EMPTY = "empty"


WORDS = {
    Shelf.IN_STOCK: "有库存",
    Shelf.EXPIRING: "快到期",
    Shelf.EXPIRED: "已过期",
    Shelf.EMPTY: "已用完",
}


def notice_days(ids: Collection[int], today: datetime.date) -> dict[int, datetime.date]:
    """Community id → last day whose expiry is named today. One query."""
    values = values_by_community(ids, (EXPIRY_NOTICE_DAYS,), today)
    return {pk: today + datetime.timedelta(of_one[EXPIRY_NOTICE_DAYS]) for pk, of_one in values.items()}


def notice_until(community, today: datetime.date) -> datetime.date:
    """Last day whose expiry is named today in one community."""
    return notice_days([community.id], today)[community.id]


def on_shelf(batches: QuerySet, shelf: str, today: datetime.date, until: datetime.date) -> QuerySet:
    """The batches that a filter leaves. until: `notice_until`."""
    if shelf == Shelf.EMPTY:
        return batches.filter(on_hand=0)
    batches = batches.filter(on_hand__gt=0)
    if shelf == Shelf.EXPIRED:
        return batches.filter(expires_on__lt=today)
    if shelf == Shelf.EXPIRING:
        return batches.filter(expires_on__range=(today, until))
    return batches


def word_of(batch: StockBatch, today: datetime.date, until: datetime.date) -> str:
    """How a batch stands, in a word; empty where nothing is to be said."""
    if batch.on_hand == 0:
        return WORDS[Shelf.EMPTY]
    if batch.expires_on is None or batch.expires_on > until:
        return ""
    return WORDS[Shelf.EXPIRED if batch.expires_on < today else Shelf.EXPIRING]
