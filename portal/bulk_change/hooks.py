"""Hooks of bulk changes: nightly deletion of those that nobody applied."""

import datetime
from collections.abc import Callable, Iterator

from django.db import connection

from portal.hooks.registry import Hook, hook

_KEPT = datetime.timedelta(days=7)


@hook(Hook.NIGHTLY)
def abandoned_bulk_changes() -> Iterator[Callable]:
    yield delete_abandoned_bulk_changes


def delete_abandoned_bulk_changes() -> None:
    """Delete bulk changes that nobody applied."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_forget_bulk_changes(%s)", [_KEPT])
