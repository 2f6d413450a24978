"""The number beside 待办: how many lines of a user's to-do need them now, stored so that every page can show it.

It is at most `MAX_AGE` old and of the same day. A user's own acts discard it (`portal.middleware`), so that the next page
counts anew; the acts of others show within that time.
"""

import datetime
from collections import Counter
from collections.abc import Collection, Iterable

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


def urgent_count(access: Access) -> int:
    """The number for this user, in one query. What is missing or too old is counted first, in their scopes.

    Communities where the user holds no role any more do not count.
    """
    places = todo_places(access)
    if not places:
        return 0
    now = timezone.localtime()
    oldest = max(now - MAX_AGE, now.replace(hour=0, minute=0, second=0, microsecond=0))
    stored = TodoCount.objects.in_communities(places).filter(user_id=access.user.pk, counted_at__gte=oldest)
    counts = dict(stored.values_list("community_id", "count"))
    if missing := [ref for pk, ref in places.items() if pk not in counts]:
        items = todo_of(access, now.date(), missing)
        with scope(APP, user_id=access.user.pk, action="todo"):
            counts |= store_counts(access, items, missing)
    return sum(counts.values())


def store_counts(
    access: Access, items: Iterable[TodoItem], places: Collection[CommunityRef]
) -> dict[int, int]:
    """Store the numbers of this user's to-do, which holds all items of `places`: community id → number.

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
    return counts


def discard_counts(user, community: CommunityRef | None = None) -> None:
    """Discard the user's number in this community, or in all of them, if the transaction has written anything.

    A search posts, too, and changes nothing. Runs in the user's scope.
    """
    counts = TodoCount.objects.filter(user_id=user.pk).alias(written=_Written()).filter(written__isnull=False)
    (counts.of(community) if community else counts).delete()


class _Written(Func):
    """Null as long as the transaction has written nothing."""

    function = "pg_current_xact_id_if_assigned"
    output_field = TextField()
