"""A round that somebody made with a paper list (入户核实表), entered by staff."""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from community.models import Person
from portal.scope import note as say_why
from residents.actions.refusals import WrongDate
from residents.models import Dwelling, Verification


@transaction.atomic
def enter_round(*, by, dwellings: Sequence[Dwelling], on: datetime.date, head: Person | None) -> int:
    """Nothing had changed behind these doors on that day; how many of them were not verified that day before.

    `head` walked round; without one `by` did.
    """
    today = timezone.localdate()
    if on > today:
        raise WrongDate("走访日期不能晚于今天")
    begin = timezone.make_aware(datetime.datetime.combine(on, datetime.time.min))
    seen = set(
        Verification.objects.filter(
            community_id__in={dwelling.community_id for dwelling in dwellings},
            dwelling__in=dwellings,
            at__gte=begin,
            at__lt=begin + datetime.timedelta(days=1),
        ).values_list("dwelling_id", flat=True)
    )
    # The paper knows no hour: an earlier day is kept as its noon.
    at = timezone.now() if on == today else begin + datetime.timedelta(hours=12)
    new = [
        Verification(
            community_id=dwelling.community_id,
            dwelling=dwelling,
            stairwell_id=dwelling.stairwell_id,
            by=by,
            on_behalf_of=head,
            at=at,
        )
        for dwelling in dwellings
        if dwelling.pk not in seen
    ]
    say_why(action="登记核实表")
    # The head may tap on a phone at this moment: the unique rule lets one of the two in.
    Verification.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)
