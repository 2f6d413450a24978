"""A round that somebody made with a paper list (入户核实表), entered by staff."""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from community.models import Person
from portal.refusals import WrongDate
from portal.scope import note as say_why
from residents.actions.verification import note_verified
from residents.models import Dwelling


@transaction.atomic
def enter_round(*, by, dwellings: Sequence[Dwelling], on: datetime.date, head: Person | None) -> int:
    """Nothing had changed behind these doors on that day; how many of them were not verified that day before.

    `head` walked round; without one `by` did.
    """
    today = timezone.localdate()
    if on > today:
        raise WrongDate("走访日期不能晚于今天")
    at = timezone.now()
    if on < today:
        # The paper knows no hour: an earlier day is kept as its noon.
        at = timezone.make_aware(datetime.datetime.combine(on, datetime.time(12)))
    say_why(action="登记核实表")
    return note_verified(by=by, dwellings=dwellings, at=at, head=head)
