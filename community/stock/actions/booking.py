"""Bookings: every change of what is on hand, on a slip, under a lock of the batches."""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from community.stock.models import SlipKind, StockBatch, StockItem, StockMovement, StockSlip
from portal.database.numbering import next_serial
from portal.forms.refusals import Refusal, WrongDate
from portal.values.dates import prose_date


class NotEnough(Refusal):
    """There are fewer on hand than are to go out."""

    field = "quantity"


@dataclass(frozen=True, slots=True)
class Line:
    """How many of a batch come (positive) or go (negative). `reverses`: the movement that it takes back."""

    batch: StockBatch
    quantity: int
    reverses: StockMovement | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What a slip says besides its lines."""

    on: datetime.date
    party: str = ""
    purpose: str = ""


def batch_of(
    *,
    item: StockItem,
    number: str = "",
    expires_on: datetime.date | None = None,
    store: str = "",
) -> StockBatch:
    """The batch of an item with these marks, added where it is not there yet."""
    batch, _ = StockBatch.objects.get_or_create(
        community_id=item.community_id, item=item, number=number, expires_on=expires_on, store=store
    )
    return batch


def item_of(*, community_id: int, name: str, measure: str) -> StockItem:
    """The item of this name and unit of measure, added where it is not there yet."""
    item, _ = StockItem.objects.get_or_create(community_id=community_id, name=name, measure=measure)
    return item


@transaction.atomic
def book(*, by_id: int | None, kind: SlipKind, lines: Sequence[Line], head: Head) -> StockSlip:
    """Write a slip with its movements, and what is on hand then. Raises Refusal.

    Batches are locked in the order of their keys. Of two clerks who take from one batch the second waits, and is refused what the
    first one left too little of.
    """
    if head.on > timezone.localdate():
        raise WrongDate("不能晚于今天，请到当天再登记")
    community_id = lines[0].batch.community_id
    changes: dict[int, int] = {}
    for line in lines:
        changes[line.batch.pk] = changes.get(line.batch.pk, 0) + line.quantity
    for batch in lock_batches(changes, community_id):
        if batch.on_hand + changes[batch.pk] < 0:
            raise NotEnough(_too_few(batch, -changes[batch.pk]))
    for pk, change in sorted(changes.items()):
        StockBatch.objects.filter(community_id=community_id, pk=pk).update(
            on_hand=F("on_hand") + change, version=F("version") + 1
        )
    slip = StockSlip.objects.create(
        community_id=community_id,
        kind=kind,
        year=head.on.year,
        serial=next_serial(StockSlip.objects.all(), community_id, head.on.year),
        on=head.on,
        party=head.party,
        purpose=head.purpose,
        by_id=by_id,
    )
    StockMovement.objects.bulk_create(
        StockMovement(
            community_id=community_id,
            slip=slip,
            batch=line.batch,
            quantity=line.quantity,
            reverses=line.reverses,
        )
        for line in lines
    )
    return slip


def lock_batches(ids: Collection[int], community_id: int) -> list[StockBatch]:
    """Batches as they are now, locked until the end of the transaction."""
    batches = StockBatch.objects.filter(community_id=community_id, pk__in=list(ids)).order_by("pk")
    return list(batches.select_for_update(of=("self",)).select_related("item"))


def _too_few(batch: StockBatch, wanted: int) -> str:
    return f"{batch}库存{batch.amount}，不够{batch.item.amount(wanted)}，请核对数量或换一个批次"


def bring_in(*, by, batch: StockBatch, quantity: int, head: Head) -> StockSlip:
    """Goods that come in."""
    return book(by_id=by.pk, kind=SlipKind.IN, lines=[Line(batch, quantity)], head=head)


def take_out(*, by, batch: StockBatch, quantity: int, head: Head) -> StockSlip:
    """Goods that go out."""
    return book(by_id=by.pk, kind=SlipKind.OUT, lines=[Line(batch, -quantity)], head=head)


def reverse(*, by, movements: Sequence[StockMovement], on: datetime.date, reason: str) -> StockSlip:
    """Reverse movements of one slip by another of the same kind. Raises Refusal."""
    slip = movements[0].slip
    if on < slip.on:
        raise WrongDate(f"不能早于原单日期{prose_date(slip.on)}")
    ids = [movement.pk for movement in movements]
    community_id = slip.community_id
    with transaction.atomic():
        lock_batches({movement.batch_id for movement in movements}, community_id)
        taken_back = StockMovement.objects.filter(community_id=community_id, reverses__in=ids)
        if (done := taken_back.select_related("slip").first()) is not None:
            raise Refusal(f"这一笔已由{done.slip}冲销，不用再办理")
        lines = [Line(movement.batch, -movement.quantity, movement) for movement in movements]
        head = Head(on, slip.party, f"冲销{slip.number}：{reason}"[:200])
        return book(by_id=by.pk, kind=SlipKind(slip.kind), lines=lines, head=head)


def reverse_slip(*, by, slip: StockSlip, on: datetime.date, reason: str) -> StockSlip:
    """Reverse a whole slip that is no reversal itself. Raises Refusal."""
    movements = StockMovement.objects.filter(community_id=slip.community_id, slip=slip)
    movements = list(movements.select_related("slip", "batch__item").order_by("pk"))
    if any(movement.reverses_id for movement in movements):
        raise Refusal("冲销单不能再冲销；需要时请重新登记")
    return reverse(by=by, movements=movements, on=on, reason=reason)
