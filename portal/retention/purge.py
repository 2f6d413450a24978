"""Purge job: calls the purge functions batch by batch."""

import logging

from django.db import DatabaseError, connection

from portal.access.db_scope import APP, scope
from portal.files.storage import delete_file
from portal.retention.data_categories import DataCategory
from portal.retention.expired import expiring_categories
from portal.retention.functions import function_name

logger = logging.getLogger(__name__)

AT_ONCE = 200
"""Rows per transaction, which takes a second at most, so that nobody waits long for its locks."""


def purge(community_id: int) -> dict[str, int]:
    """Purge expired rows of one community; label of the category -> number of rows. Runs outside any scope.

    Each batch is a transaction that adds to the day's entry in the purge log, so a killed run continues the next
    time; the sweep of attachments deletes files whose rows are gone already. If one category fails, the others are
    purged all the same.
    """
    removed: dict[str, int] = {}
    for category in expiring_categories():
        try:
            removed[category.label] = removed.get(category.label, 0) + _purge_category(category, community_id)
        except DatabaseError:
            logger.exception("rows of %s were not purged", category.label)
    return removed


def _purge_category(category: DataCategory, community_id: int) -> int:
    total = 0
    while True:
        count, events, files = _purge_batch(category, community_id)
        # After the commit that removed their rows.
        for name in files:
            delete_file(name)
        total += count
        if not count and not events:
            return total


def _purge_batch(category: DataCategory, community_id: int) -> tuple[int, int, list[str]]:
    reason = f"{category.retention}"[:200]
    scope_arguments = {"communities": [community_id], "write": [community_id]}
    with scope(APP, **scope_arguments, action="到期清除", reason=reason), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10min'")
        cursor.execute(
            f'SELECT out_rows, out_events, out_files FROM "{function_name(category)}"(%s, %s, %s)',
            [community_id, category.retention.all_months, AT_ONCE],
        )
        return cursor.fetchone()
