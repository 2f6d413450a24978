"""The agreement of the house: in force, with an open promise and a record of what was done of it."""

import datetime

from django.utils import timezone

from community.agreements.models import Agreement, Fulfilment, Promise
from community.units.models import Unit


def make_agreement(community, by) -> Agreement:
    """An agreement with the unit of the house, whose term began a month ago and lasts a year."""
    start = timezone.localdate() - datetime.timedelta(days=30)
    agreement = Agreement.objects.create(
        community=community,
        unit=Unit.objects.filter(community=community).order_by("id").first(),
        start=start,
        end=start + datetime.timedelta(days=364),
        state=Agreement.State.IN_FORCE,
        signed_on=start,
        text="双方结对共建",
    )
    promise = Promise.objects.create(
        community=community,
        agreement=agreement,
        kind=Promise.Kind.VENUE,
        text="操场节假日开放",
        quantity=50,
        measure="天",
    )
    Fulfilment.objects.create(
        community=community, promise=promise, on=start, note="国庆假期开放", quantity=7, recorded_by=by
    )
    return agreement
