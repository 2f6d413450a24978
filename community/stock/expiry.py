"""When a batch expires: soon, by the dated rule, or already."""

import datetime
from collections.abc import Collection
from enum import StrEnum

from django.db.models import DateField, ExpressionWrapper, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce

from community.dated_rules.models import DatedRule
from community.dated_rules.rules import DEFAULTS, values_by_community
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


def with_notice(batches: QuerySet, today: datetime.date) -> QuerySet:
    """Annotate `notice_until`, the last day whose expiry is named today in the community of the batch."""
    rules = DatedRule.objects.in_force(EXPIRY_NOTICE_DAYS, today).filter(community=OuterRef("community"))
    days = Coalesce(Subquery(rules.values("value")[:1]), DEFAULTS[EXPIRY_NOTICE_DAYS].value)
    until = ExpressionWrapper(Cast(Value(today), DateField()) + days, output_field=DateField())
    return batches.annotate(notice_until=until)


def on_shelf(batches: QuerySet, shelf: str, today: datetime.date) -> QuerySet:
    """The batches that a filter leaves."""
    if shelf == Shelf.EMPTY:
        return batches.filter(on_hand=0)
    batches = batches.filter(on_hand__gt=0)
    if shelf == Shelf.EXPIRED:
        return batches.filter(expires_on__lt=today)
    if shelf == Shelf.EXPIRING:
        return with_notice(batches, today).filter(expires_on__gte=today, expires_on__lte=F("notice_until"))
    return batches


def word_of(batch: StockBatch, today: datetime.date) -> str:
    """How a batch of `with_notice` stands, in a word; empty where nothing is to be said."""
    if batch.on_hand == 0:
        return WORDS[Shelf.EMPTY]
    if batch.expires_on is None or batch.expires_on > batch.notice_until:
        return ""
    return WORDS[Shelf.EXPIRED if batch.expires_on < today else Shelf.EXPIRING]
