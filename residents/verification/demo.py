"""Verifications of the doors of a demo community (入户核实)."""

import datetime

from django.utils import timezone

from community.accounts.demo import head_accounts
from community.demo.parts import DemoCommunity, RunFor, analyze, demo_part
from community.places.models import HeadAppointment, Stairwell
from residents.people.demo.people import BATCH
from residents.verification.models import Verification


@demo_part(320, RunFor.PEOPLED)
def verify_doors(demo: DemoCommunity) -> None:
    """Some stairwells are verified often, some seldom, some doors never.

    Where the head has no account, staff entered the head's paper list, or verified before a head was appointed.
    """
    community, rng, heads = demo.community, demo.rng, head_accounts(demo.community)
    appointed = {
        appointment.stairwell_id: appointment
        for appointment in HeadAppointment.objects.of(community).current().filter(stairwell__isnull=False)
    }
    now = timezone.localtime().replace(minute=0, second=0, microsecond=0)
    verifications = []
    for stairwell in Stairwell.objects.of(community).prefetch_related("dwellings"):
        diligence, never = rng.choice((20, 45, 80, 80, 140, 300)), rng.choice((0.02, 0.08, 0.08, 0.6))
        if stairwell.id in heads:
            diligence, never = 80, 0.2
        for dwelling in stairwell.dwellings.all():
            if rng.random() < never:
                continue
            days = 1 + int(rng.triangular(0, diligence * 2, diligence / 2))
            at = (now - datetime.timedelta(days=days)).replace(hour=rng.randrange(9, 20))
            walker = appointed.get(stairwell.id) if stairwell.id not in heads else None
            verifications.append(
                Verification(
                    community=community,
                    dwelling=dwelling,
                    stairwell=stairwell,
                    by=heads.get(stairwell.id, demo.recorder),
                    on_behalf_of_id=walker.person_id if walker and walker.start <= at.date() else None,
                    at=at,
                )
            )
    Verification.objects.bulk_create(verifications, batch_size=BATCH)
    analyze(Verification)
