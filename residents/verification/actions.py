"""Enter verifications from a paper list (入户核实表)."""

import datetime
from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone

from community.people.models import Person
from portal.access.db_scope import set_change_context
from portal.forms.refusals import WrongDate
from residents.homes.models import Dwelling
from residents.verification.models import Verification


@transaction.atomic
def enter_verification_list(
    *, by, dwellings: Sequence[Dwelling], on: datetime.date, head: Person | None
) -> int:
    """Verify these doors on that day; returns how many had not been verified that day before.

    `head`: who visited the doors; `by` if None.
    """
    today = timezone.localdate()
    if on > today:
        raise WrongDate("走访日期不能晚于今天")
    at = timezone.now()
    if on < today:
        # Paper has no time of day: an earlier day is stored as noon.
        at = timezone.make_aware(datetime.datetime.combine(on, datetime.time(12)))
    set_change_context(action="登记核实表")
    return record_verifications(by=by, dwellings=dwellings, at=at, head=head)


UNDO_SECONDS = 60
"""How long a head may undo a verification. The database allows a little more."""


def verify_door(*, by, dwelling: Dwelling, at: datetime.datetime | None = None) -> bool:
    """Verify a door; returns whether it is the first verification on that day. Idempotent within a day.

    at: time of the visit, for a tap sent late by the network; never later than now.
    """
    now = timezone.now()
    at = min(at or now, now)
    return record_verifications(by=by, dwellings=[dwelling], at=at) == 1


def record_verifications(
    *, by, dwellings: Collection[Dwelling], at: datetime.datetime, head: Person | None = None
) -> int:
    """Verify doors; returns how many had not been verified on that day before.

    `head`: who visited the doors, where somebody else enters it.
    """
    begin = timezone.make_aware(datetime.datetime.combine(timezone.localdate(at), datetime.time.min))
    verified_ids = set(
        Verification.objects.filter(
            community_id__in={dwelling.community_id for dwelling in dwellings},
            dwelling__in=dwellings,
            at__gte=begin,
            at__lt=begin + datetime.timedelta(days=1),
        ).values_list("dwelling_id", flat=True)
    )
    verifications = [
        Verification(
            community_id=dwelling.community_id,
            dwelling=dwelling,
            stairwell_id=dwelling.stairwell_id,
            by=by,
            on_behalf_of=head,
            at=at,
        )
        for dwelling in dwellings
        if dwelling.pk not in verified_ids
    ]
    # Concurrent taps, or a tap and a list: the unique constraint admits one of them.
    Verification.objects.bulk_create(verifications, ignore_conflicts=True)
    return len(verifications)


def undo_deadline(at: datetime.datetime) -> datetime.datetime:
    """Until when a verification of `at` may be undone."""
    return at + datetime.timedelta(seconds=UNDO_SECONDS)


def undo_verification(*, by, dwelling: Dwelling) -> bool:
    """Undo the user's verification of the last minute; returns whether there was one. Older ones stay."""
    since = timezone.now() - datetime.timedelta(seconds=UNDO_SECONDS)
    mine = Verification.objects.filter(community_id=dwelling.community_id, dwelling=dwelling, by=by)
    set_change_context(action="撤销无变化")
    deleted, _ = mine.filter(at__gte=since).delete()
    return deleted > 0
