"""When what the public may read has changed: triggers that mark each change, and the marks as one value.

A transaction that changes a public table leaves a mark of its own in place of those it finds; marks that another
transaction is about to replace it leaves alone, so that nobody waits for anybody. The marks seen after a commit
contain that transaction's, which were never there before: the same marks mean the same rows (decision 0111).
"""

import datetime
import threading
import time
from collections.abc import Iterator
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from portal.access.db_scope import PUBLIC
from portal.access.rls import row_security_of
from portal.access.table_grants import UNSCOPED
from portal.database.install import installs, own_models

CHECK_SECONDS = 1.0
"""For so long a process believes that nothing has changed."""

_FUNCTION = """
CREATE FUNCTION portal_mark_public_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    DELETE FROM portal_publicchange WHERE id IN (SELECT id FROM portal_publicchange FOR UPDATE SKIP LOCKED);
    INSERT INTO portal_publicchange (id) VALUES (gen_random_uuid());
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION portal_mark_public_change() FROM PUBLIC
"""


def public_tables() -> list[str]:
    """Tables that the public's role reads and does not write: those of published things, and of the deployment."""
    scoped = [
        model._meta.db_table
        for model in own_models()
        if (security := row_security_of(model)) and (PUBLIC in security.open_to or security.public_when)
    ]
    return sorted(
        scoped + [table for table, grant in UNSCOPED.items() if grant.rights.get(PUBLIC) == "SELECT"]
    )


@installs
def public_change_triggers() -> Iterator[str]:
    """A trigger per statement on each table that the public reads."""
    yield _FUNCTION
    for table in public_tables():
        yield (
            f'CREATE TRIGGER mark_public_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "{table}"'
            " FOR EACH STATEMENT EXECUTE FUNCTION portal_mark_public_change()"
        )


class PublicState(NamedTuple):
    """What a published page is made of: the public rows, by their marks, and the date."""

    marks: str
    day: datetime.date


class _Known:
    """The state as this process last read it, and when."""

    def __init__(self):
        self.lock = threading.Lock()
        self.state: PublicState | None = None
        self.read_at = 0.0


_known = _Known()


def public_state() -> PublicState:
    """The state of what is published, at most `CHECK_SECONDS` old. Needs no scope."""
    with _known.lock:
        now = time.monotonic()
        if _known.state is None or now - _known.read_at >= CHECK_SECONDS:
            _known.state, _known.read_at = PublicState(_marks(), timezone.localdate()), now
        return _known.state


def _marks() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(id::text, ' ' ORDER BY id) FROM portal_publicchange")
        return cursor.fetchone()[0] or ""
