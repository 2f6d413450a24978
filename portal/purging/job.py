"""The job that calls the functions, batch by batch."""

import logging

from django.db import DatabaseError, connection

from portal.attachments.store import delete_file
from portal.purging.functions import function_name
from portal.purging.past import purged
from portal.retention import Kept
from portal.scope import APP, scope

logger = logging.getLogger(__name__)

AT_ONCE = 200
"""Rows of one transaction: a second at most, so that nobody waits for their locks."""


def purge(community_id: int) -> dict[str, int]:
    """Remove what is past in one community, batch by batch; label -> rows. Runs outside any scope.

    Each batch is a transaction that adds to the day's line in the log: what a killed process has not done is
    done the next time, and files whose rows are gone already go by the sweep of attachments. Where one kind
    cannot be removed, the others are all the same.
    """
    removed = {}
    for kept in purged():
        try:
            removed[kept.label] = _purge_kind(kept, community_id)
        except DatabaseError:
            logger.exception("rows of %s were not purged", kept.label)
    return removed


def _purge_kind(kept: Kept, community_id: int) -> int:
    total = 0
    while True:
        count, events, files = _purge_batch(kept, community_id)
        # After the commit that removed their rows.
        for name in files:
            delete_file(name)
        total += count
        if not count and not events:
            return total


def _purge_batch(kept: Kept, community_id: int) -> tuple[int, int, list[str]]:
    reason = f"{kept.retention}"[:200]
    here = {"communities": [community_id], "write": [community_id]}
    with scope(APP, **here, action="到期清除", reason=reason), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10min'")
        cursor.execute(
            f'SELECT out_rows, out_events, out_files FROM "{function_name(kept)}"(%s, %s, %s)',
            [community_id, kept.retention.all_months, AT_ONCE],
        )
        return cursor.fetchone()
