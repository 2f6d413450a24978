"""Record that a door was verified, and take it back within a minute."""

import datetime
from collections.abc import Collection

from django.utils import timezone

from community.models import Person
from portal.scope import note as say_why
from residents.models import Dwelling, Verification

UNDO_SECONDS = 60
"""How long a head may take the own tap back. The database allows a little more."""


def verify_door(*, by, dwelling: Dwelling, at: datetime.datetime | None = None) -> bool:
    """The register is right for this door. A second time on the same day adds nothing; whether it was the first.

    at: when somebody looked, for a tap that waited for the network; never later than now.
    """
    now = timezone.now()
    at = min(at or now, now)
    return note_verified(by=by, dwellings=[dwelling], at=at) == 1


def note_verified(
    *, by, dwellings: Collection[Dwelling], at: datetime.datetime, head: Person | None = None
) -> int:
    """Write that the register was right for these doors; how many had not been verified on that day before.

    `head` is who went there, where somebody else enters it.
    """
    begin = timezone.make_aware(datetime.datetime.combine(timezone.localdate(at), datetime.time.min))
    seen = set(
        Verification.objects.filter(
            community_id__in={dwelling.community_id for dwelling in dwellings},
            dwelling__in=dwellings,
            at__gte=begin,
            at__lt=begin + datetime.timedelta(days=1),
        ).values_list("dwelling_id", flat=True)
    )
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
    # Two taps at once, or a tap and a list: the unique rule lets one of them in.
    Verification.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def taken_back_until(at: datetime.datetime) -> datetime.datetime:
    """Until when a tap of `at` may be taken back."""
    return at + datetime.timedelta(seconds=UNDO_SECONDS)


def unverify_door(*, by, dwelling: Dwelling) -> bool:
    """Take back the own tap of the last minute; whether there was one. Older verifications stay."""
    since = timezone.now() - datetime.timedelta(seconds=UNDO_SECONDS)
    mine = Verification.objects.filter(community_id=dwelling.community_id, dwelling=dwelling, by=by)
    say_why(action="撤销无变化")
    deleted, _ = mine.filter(at__gte=since).delete()
    return deleted > 0
