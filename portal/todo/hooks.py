"""Hooks of the to-do list: nightly deletion of old reminders."""

from collections.abc import Callable, Iterator

from django.db import connection

from portal.hooks.registry import Hook, hook
from portal.todo.reminders import RETENTION


@hook(Hook.NIGHTLY)
def expired_reminders() -> Iterator[Callable]:
    yield delete_expired_reminders


def delete_expired_reminders() -> None:
    """Delete reminders whose retention period is over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_forget_reminders(%s)", [RETENTION])
