"""Stocktakes: what was counted, and the adjustment that follows."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from community.stock.actions.booking import Head, Line, book, lock_batches
from community.stock.models import SlipKind, StockBatch, Stocktake, StocktakeLine
from portal.forms.refusals import Refusal, WrongDate


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted of a batch, and what was booked when the page was shown."""

    batch: StockBatch
    booked: int
    counted: int
    explanation: str
    field: str = ""
    """Form field of the number."""


@transaction.atomic
def record_stocktake(
    *, by, community_id: int, on: datetime.date, counters: str, note: str, counts: Sequence[Count]
) -> Stocktake:
    """Record a stocktake, and book its differences. Raises Refusal where a number on hand has changed since it was shown."""
    if on > timezone.localdate():
        raise WrongDate("不能晚于今天，请到当天再登记")
    if not counts:
        raise Refusal("没有填写实盘数，请至少盘点一个批次")
    present = {batch.pk: batch for batch in lock_batches({c.batch.pk for c in counts}, community_id)}
    for count in counts:
        if present[count.batch.pk].on_hand != count.booked:
            words = (
                f"填写期间{count.batch}有出入库，账面数由{count.booked}变为{present[count.batch.pk].on_hand}"
            )
            raise Refusal(f"{words}，请重新核对这一批", count.field)
        if count.counted != count.booked and not count.explanation:
            raise Refusal(f"{count.batch}的实盘数与账面数不同，请写明原因", count.field)
    differing = [count for count in counts if count.counted != count.booked]
    slip = None
    if differing:
        slip = book(
            by_id=by.pk,
            kind=SlipKind.COUNT,
            lines=[Line(count.batch, count.counted - count.booked) for count in differing],
            head=Head(on, "", "盘点调整"),
        )
    stocktake = Stocktake.objects.create(
        community_id=community_id, on=on, counters=counters, note=note, slip=slip, by=by
    )
    StocktakeLine.objects.bulk_create(
        StocktakeLine(
            community_id=community_id,
            stocktake=stocktake,
            batch=count.batch,
            booked=count.booked,
            counted=count.counted,
            explanation=count.explanation if count.counted != count.booked else "",
        )
        for count in counts
    )
    return stocktake
