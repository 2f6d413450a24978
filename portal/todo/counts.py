"""The number beside 待办: how many lines of a user's to-do need them now, stored so that every page can show it.

It is current if it is less than `MAX_AGE` old and of the same day. A user's own acts expire it (`portal.middleware`). A
page shows what is stored, and asks for a current number once it is open, so that nobody waits for it.
"""

import datetime
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Func, TextField
from django.utils import timezone

from portal.access.db_scope import APP, HEAD, STREET, scope
from portal.access.user_access import Access, CommunityRef
from portal.todo.groups import todo_groups
from portal.todo.models import TodoCount
from portal.todo.todo import TodoItem, todo_of

MAX_AGE = datetime.timedelta(minutes=15)
RETENTION = datetime.timedelta(days=1)


def todo_places(access: Access) -> dict[int, CommunityRef]:
    """Communities in which the user holds a role today, in whatever URL space, by id."""
    return {ref.id: ref for space in (APP, HEAD, STREET) for ref in access.places(space)}


@dataclass(frozen=True, slots=True)
class StoredCount:
    """The number as it is stored, of all places together, and the places where it is missing or not current."""

    number: int = 0
    outdated: tuple[CommunityRef, ...] = ()


def stored_count(access: Access) -> StoredCount:
    """The stored number for this user, in one query. Communities where they hold no role any more do not count."""
    places = todo_places(access)
    if not places:
        return StoredCount()
    now = timezone.localtime()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = TodoCount.objects.in_communities(places).filter(user_id=access.user.pk)
    counts = {row.community_id: row for row in rows}
    current = {
        pk for pk, row in counts.items() if row.counted_at > now - MAX_AGE and row.counted_at >= midnight
    }
    outdated = tuple(ref for pk, ref in places.items() if pk not in current)
    return StoredCount(sum(row.count for row in counts.values()), outdated)


def urgent_count(access: Access) -> int:
    """The current number for this user. What is missing or too old is counted first, in their scopes."""
    stored = stored_count(access)
    if not stored.outdated:
        return stored.number
    items = todo_of(access, timezone.localdate(), stored.outdated)
    with scope(APP, user_id=access.user.pk, action="todo"):
        store_counts(access, items, stored.outdated)
        return stored_count(access).number


def store_counts(access: Access, items: Iterable[TodoItem], places: Collection[CommunityRef]) -> None:
    """Store the numbers of this user's to-do, which holds all items of `places`.

    The number is that of the lines as they are shown, folded. Runs in a scope of the app role.
    """
    counts = Counter({ref.id: 0 for ref in places})
    urgent = [group for group in todo_groups(items) if group.needs_user]
    counts.update(line.community.id for group in urgent for line in group.lines)
    user_id, now = access.user.pk, timezone.now()
    TodoCount.objects.bulk_create(
        [
            # By id, so that two requests of one user lock the rows in the same order.
            TodoCount(user_id=user_id, community_id=pk, count=counts[pk], counted_at=now)
            for pk in sorted(counts)
        ],
        update_conflicts=True,
        unique_fields=["user_id", "community_id"],
        update_fields=["count", "counted_at"],
    )


def expire_counts(user, community: CommunityRef | None = None) -> None:
    """Expire the user's number in this community, or in all of them, if the transaction has written anything.

    A search posts, too, and changes nothing. Runs in the user's scope.
    """
    counts = TodoCount.objects.filter(user_id=user.pk).alias(written=_Written()).filter(written__isnull=False)
    (counts.of(community) if community else counts).update(counted_at=timezone.now() - MAX_AGE)


class _Written(Func):
    """Null as long as the transaction has written nothing."""

    function = "pg_current_xact_id_if_assigned"
    output_field = TextField()
