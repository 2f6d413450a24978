"""Care registers (重点人群): end entries, and dismiss benefit suggestions."""

import datetime

from django.db import transaction

from community.people.models import Person
from portal.access.db_scope import set_change_context
from residents.care.models.base import CareEntry
from residents.care.models.dismissal import CareDismissal


@transaction.atomic
def end_entry(entry: CareEntry, on: datetime.date, reason: str) -> None:
    """End an entry on that day, or on its first day if it began later."""
    entry.end = max(entry.start or on, on)
    entry.end_reason = reason
    entry.version += 1
    entry.save(update_fields=["end", "end_reason", "version"])


@transaction.atomic
def dismiss_suggestion(
    *, by, person: Person, rule: str, care: str = "", occasion: datetime.date | None = None, reason: str
) -> CareDismissal:
    """Dismiss a suggestion with a reason; an earlier dismissal stays as it is."""
    set_change_context(action="不办理的提醒", reason=reason)
    dismissal, _ = CareDismissal.objects.get_or_create(
        community_id=person.community_id,
        person=person,
        rule=rule,
        care=care,
        occasion=occasion,
        defaults={"reason": reason, "by": by},
    )
    return dismissal
