"""Suspected requests, freed or rejected several at a time, and rejected ones restored."""

import datetime
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from community.accounts.models import User
from community.communities.models import Community
from community.dated_rules.rules import value_of
from portal.cases.actions import take_step
from portal.forms.refusals import Refusal
from services.requests.models import Request
from services.requests.rules import REJECTED_DAYS

MOST = 200
"""Most requests on which a step is taken at once."""


@transaction.atomic
def take_steps(*, by: User, seen: Mapping[Request, int], step: str) -> int:
    """Take a step of each request that is still as it was seen, by its version; returns of how many."""
    taken = 0
    for request in sorted(seen, key=lambda request: request.pk):
        try:
            take_step(request, step, by=by, seen=seen[request])
        except Refusal:
            continue
        taken += 1
    return taken


def undo_days(community: Community) -> int:
    """Days in which a rejected request may be restored."""
    return value_of(community, REJECTED_DAYS, timezone.localdate())


def rejected_since(days: int) -> datetime.datetime:
    """The moment since which a request must have been rejected to be restored."""
    return timezone.now() - datetime.timedelta(days=days)
