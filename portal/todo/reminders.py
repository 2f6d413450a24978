"""Reminders (提醒) of due items: created once each by a job, shown until they are read."""

import datetime
import logging
from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import timezone

from portal.access.db_scope import APP, scope
from portal.access.user_access import Access
from portal.todo.counts import store_counts, todo_places
from portal.todo.models import Reminder
from portal.todo.todo import TodoItem, Urgency, todo_of

logger = logging.getLogger(__name__)

RETENTION = datetime.timedelta(days=90)


def remind_everybody(today: datetime.date) -> None:
    """Create the reminders of all active users. Runs outside any scope, like a request before its own begins.

    Each user's to-do is computed in the scopes of their own roles, as if they opened the page.
    """
    _remind(get_user_model()._default_manager.all(), today)


def remind_signed_in(today: datetime.date) -> None:
    """The same for the users who may be signed in now, so that their pages need not count."""
    since = timezone.now() - datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    _remind(get_user_model()._default_manager.filter(last_login__gt=since), today)


def _remind(users: QuerySet, today: datetime.date) -> None:
    for user in users.filter(is_active=True).order_by("pk"):
        try:
            remind(Access.of(user), today)
        except Exception:
            # An error for one user must not stop the others; the next run tries again.
            logger.exception("no reminders for user %s", user.pk)


def remind(access: Access, today: datetime.date) -> None:
    """Create the reminders this user has not had yet, and store the number beside 待办.

    Idempotent by the unique constraint `reminder_once` (`Reminder`), also with two workers at once.
    """
    entries, places = todo_of(access, today), todo_places(access).values()
    if not places:
        return
    new = [
        Reminder(
            community_id=entry.community.id,
            user_id=access.user.pk,
            key=entry.due.name,
            on=entry.day,
            kind=entry.urgency,
        )
        for entry in entries
        if entry.urgency is not Urgency.LATER
    ]
    with scope(APP, user_id=access.user.pk, action="remind"):
        Reminder.objects.bulk_create(new, ignore_conflicts=True)
        store_counts(access, entries, places)


def unread(user, entries: Iterable[TodoItem]) -> tuple[list[TodoItem], int]:
    """Entries with an unread reminder, and the highest reminder id for `mark_read`."""
    waiting = Reminder.objects.filter(user_id=user.pk, seen_at__isnull=True)
    reminder_ids = {(r.community_id, r.key, r.on, r.kind): r.pk for r in waiting}
    new_entries = [e for e in entries if (e.community.id, e.due.name, e.day, e.urgency.value) in reminder_ids]
    return new_entries, max(reminder_ids.values(), default=0)


def mark_read(user, up_to: int) -> None:
    """Mark reminders up to this id as read; later ones stay unread."""
    waiting = Reminder.objects.filter(user_id=user.pk, seen_at__isnull=True, pk__lte=up_to)
    waiting.update(seen_at=timezone.now())
