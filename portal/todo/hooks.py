"""Hooks of the to-do list: nightly deletion of old reminders and counts."""

from collections.abc import Callable, Iterator

from django.db import connection

from portal.hooks.registry import Hook, hook
from portal.todo import counts, reminders


@hook(Hook.NIGHTLY)
def expired_rows() -> Iterator[Callable]:
    yield delete_expired_reminders
    yield delete_expired_counts


def delete_expired_reminders() -> None:
    """Delete reminders whose retention period is over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_forget_reminders(%s)", [reminders.RETENTION])


def delete_expired_counts() -> None:
    """Delete counts that no page would show any more, such as those of ended roles."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_forget_todo_counts(%s)", [counts.RETENTION])
