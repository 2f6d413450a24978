"""Access log and rate limits, written so that they survive a rollback of the request.

They use a second connection, each write in a short transaction with its own scope, before the data is shown; so
they stay when showing it fails or is rolled back.
"""

import datetime
from collections.abc import Iterable
from contextlib import nullcontext

from django.db import connections

from portal.access.db_scope import APP, scope
from portal.audit.models import AccessLog
from portal.crypto.vault import blind_index

CONNECTION_ALIAS = "journal"
DEPLOYMENT = 0
"""Community id of log entries about accounts without a community: the deployment's own log."""
NOBODY = 0
"""User id of log entries about what the portal or its operator did."""


def log_access(
    *,
    community_id: int,
    user_id: int,
    action: str,
    subject: str,
    ids: Iterable = (),
    reason: str = "",
    request_id="",
) -> None:
    """Write one entry of the access log, never the value that was seen."""
    with scope(
        APP, communities=[community_id], write=[community_id], user_id=user_id, using=CONNECTION_ALIAS
    ):
        AccessLog(
            community_id=community_id,
            user_id=user_id,
            action=action,
            subject=subject[:100],
            ids=list(ids),
            reason=reason[:200],
            request_id=request_id,
        ).save(using=CONNECTION_ALIAS, force_insert=True)


class RateLimitExceeded(Exception):
    """The rate limit was exceeded until `retry_at`."""

    def __init__(self, retry_at: datetime.datetime):
        super().__init__("操作过于频繁，请稍后再试。")
        self.retry_at = retry_at


_COUNT = """
INSERT INTO portal_ratecounter AS c (key, window_start, count) VALUES (%s, now(), 1)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN c.window_start <= now() - %s::interval THEN 1 ELSE c.count + 1 END,
    window_start = CASE WHEN c.window_start <= now() - %s::interval THEN now() ELSE c.window_start END
RETURNING count, window_start, set_config('synchronous_commit', 'off', true)
"""
"""The commit does not wait for the disk: meanwhile it would hold the row, for which all of a flood queue, with their threads."""


def check_rate_limit(action: str, subject: str, *, limit: int, window: datetime.timedelta) -> None:
    """Rate limit: count one `action` of `subject` and raise RateLimitExceeded beyond `limit` in `window`.

    One upsert, because counters in a cache lost 85 % under concurrency. Outside a transaction it is one round trip, as
    the runtime login; inside one it runs in the app role, since the public's has no right to the counters.
    """
    key = f"{action}:{blind_index(subject, 'rate').hex()}"
    connection = connections[CONNECTION_ALIAS]
    role = scope(APP, using=CONNECTION_ALIAS) if connection.in_atomic_block else nullcontext()
    with role, connection.cursor() as cursor:
        cursor.execute(_COUNT, [key, window, window])
        count, start, _ = cursor.fetchone()
    if count > limit:
        raise RateLimitExceeded(start + window)
