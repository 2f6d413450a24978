"""The care registers (重点人群): what ends when somebody leaves, and proposals that do not apply."""

import datetime

from django.db import transaction

from community.models import Person
from portal.scope import note as say_why
from residents.models import CareDismissal
from residents.models.care.base import CareEntry


@transaction.atomic
def end_entry(entry: CareEntry, on: datetime.date, reason: str) -> None:
    """End an entry on that day, or on its first day if it began later."""
    entry.end = max(entry.start or on, on)
    entry.end_reason = reason
    entry.version += 1
    entry.save(update_fields=["end", "end_reason", "version"])


@transaction.atomic
def dismiss(
    *, by, person: Person, rule: str, care: str = "", occasion: datetime.date | None = None, reason: str
) -> CareDismissal:
    """Say why a proposal does not apply; the one that was said first stands."""
    say_why(action="不办理的提示", reason=reason)
    found, _ = CareDismissal.objects.get_or_create(
        community_id=person.community_id,
        person=person,
        rule=rule,
        care=care,
        occasion=occasion,
        defaults={"reason": reason, "by": by},
    )
    return found
