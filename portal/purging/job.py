"""The job that calls the functions, batch by batch."""

import logging

from django.db import connection

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

    Each batch is a transaction with its own line in the log: what a killed process has not done is done the
    next time, and files whose rows are gone already go by the sweep of attachments.
    """
    removed = {}
    for kept in purged():
        total = 0
        while True:
            count, files = _purge_batch(kept, community_id)
            for name in files:
                delete_file(name)
            total += count
            if count < AT_ONCE:
                break
        removed[kept.label] = total
    return removed


def _purge_batch(kept: Kept, community_id: int) -> tuple[int, list[str]]:
    reason = f"{kept.retention}"[:200]
    here = {"communities": [community_id], "write": [community_id]}
    with scope(APP, **here, action="到期清除", reason=reason), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10min'")
        cursor.execute(
            f'SELECT out_rows, out_files FROM "{function_name(kept)}"(%s, %s, %s)',
            [community_id, kept.retention.all_months, AT_ONCE],
        )
        return cursor.fetchone()
