"""Division of work: who is proposed as owner of requests of each category (诉求分工)."""

from collections.abc import Mapping

from django.db import transaction

from community.accounts.models import User
from portal.access.db_scope import set_change_context
from services.requests.models import CategoryOwner


@transaction.atomic
def set_division(*, community_id: int, owners: Mapping[str, User | None]) -> int:
    """Set the owners of the categories; None: nobody is proposed. Returns how many changed."""
    set_change_context(action="调整诉求分工")
    rows = CategoryOwner.objects.select_for_update().filter(community_id=community_id)
    existing, changed = {row.category: row for row in rows}, 0
    for category, owner in owners.items():
        row = existing.get(category)
        if (row.owner_id if row else None) == (owner.pk if owner else None):
            continue
        changed += 1
        if owner is None:
            row.delete()
        elif row is None:
            CategoryOwner.objects.create(community_id=community_id, category=category, owner=owner)
        else:
            row.owner, row.version = owner, row.version + 1
            row.save(update_fields=["owner", "version"])
    return changed
