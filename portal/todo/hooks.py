"""Hook of the to-do list: what is deleted every night."""

from collections.abc import Callable, Iterator

from django.db import connection

from portal.hooks.registry import Kind, offer
from portal.todo.reminders import KEPT


@offer(Kind.NIGHTLY)
def expired_reminders() -> Iterator[Callable]:
    yield delete_expired_reminders


def delete_expired_reminders() -> None:
    """Delete reminders whose retention period is over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_forget_reminders(%s)", [KEPT])
