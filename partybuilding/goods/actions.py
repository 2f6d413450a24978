"""Writes on donations of goods: what comes in goes into store in the same transaction; a mistake is reversed."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from community.people.models import Person
from community.stock.actions.booking import Head, Line, batch_of, book, item_of, reverse
from community.stock.models import SlipKind, StockMovement, StockSlip
from community.units.models import Unit
from partybuilding.goods.models import GoodsDonation
from portal.forms.refusals import Refusal
from portal.values.dates import prose_date

_Donor = GoodsDonation.Donor


@dataclass(frozen=True, slots=True)
class DonorRef:
    """Who gave: a unit, a person, a name as typed, or nobody named."""

    unit: Unit | None = None
    person: Person | None = None
    name: str = ""

    def columns(self) -> dict:
        """Columns of a donation."""
        kind = _Donor.ANONYMOUS
        if self.unit:
            kind = _Donor.UNIT
        elif self.person:
            kind = _Donor.PERSON
        elif self.name:
            kind = _Donor.NAMED
        return {"donor_kind": kind, "unit": self.unit, "person": self.person, "donor_name": self.name}


@dataclass(frozen=True, slots=True)
class GivenGoods:
    """One kind of goods of a donation. estimated: value in yuan, as it was estimated; no money."""

    name: str
    measure: str
    quantity: int
    estimated: Decimal | None = None
    number: str = ""
    expires_on: datetime.date | None = None
    store: str = ""


@dataclass(frozen=True, slots=True)
class Reception:
    """When goods were received, by whom, what for."""

    on: datetime.date
    receiver: str = ""
    purpose: str = ""
    receipt: str = ""


@transaction.atomic
def receive(
    *,
    by_id: int | None,
    community_id: int,
    donor: DonorRef,
    goods: Sequence[GivenGoods],
    reception: Reception,
) -> list[GoodsDonation]:
    """Record goods that somebody gave, on one slip by which they come into store. Raises Refusal."""
    lines = []
    for each in goods:
        item = item_of(community_id=community_id, name=each.name, measure=each.measure)
        marks = {"number": each.number, "expires_on": each.expires_on, "store": each.store}
        lines.append(Line(batch_of(item=item, **marks), each.quantity))
    columns = donor.columns()
    party = str(donor.unit or donor.person or donor.name or _Donor.ANONYMOUS.label)
    head = Head(reception.on, party, reception.purpose or "接受捐赠")
    slip = book(by_id=by_id, kind=SlipKind.IN, lines=lines, head=head)
    movements = StockMovement.objects.filter(community_id=community_id, slip=slip).order_by("pk")
    donations = [
        GoodsDonation(
            community_id=community_id,
            **columns,
            received_on=reception.on,
            receiver=reception.receiver,
            movement=movement,
            estimated=each.estimated,
            purpose=reception.purpose,
            receipt=reception.receipt,
        )
        for movement, each in zip(movements.select_related("batch__item", "slip"), goods, strict=True)
    ]
    return GoodsDonation.objects.bulk_create(donations)


@transaction.atomic
def reverse_donation(*, by, donation: GoodsDonation, on: datetime.date, reason: str) -> StockSlip:
    """Reverse a donation that was recorded wrong: the goods leave the store again. Raises Refusal."""
    donations = GoodsDonation.objects.select_for_update(of=("self",)).select_related(
        "movement__slip", "movement__batch__item"
    )
    row = donations.get(community_id=donation.community_id, pk=donation.pk)
    if row.reversed_on:
        raise Refusal(f"这笔捐赠已于{prose_date(row.reversed_on)}冲销")
    slip = reverse(by=by, movements=[row.movement], on=on, reason=reason)
    row.reversed_on, row.reversed_because, row.reversed_by = on, reason, by
    row.version += 1
    row.save(update_fields=["reversed_on", "reversed_because", "reversed_by", "version"])
    return slip


@transaction.atomic
def set_estimate(*, donation: GoodsDonation, estimated: Decimal | None) -> GoodsDonation:
    """Set the estimated value of a donation. Raises Refusal once it was reversed."""
    rows = GoodsDonation.objects.select_for_update(of=("self",))
    row = rows.get(community_id=donation.community_id, pk=donation.pk)
    if row.reversed_on:
        raise Refusal(f"这笔捐赠已于{prose_date(row.reversed_on)}冲销，不用再估价")
    row.estimated = estimated
    row.version += 1
    row.save(update_fields=["estimated", "version"])
    return row
