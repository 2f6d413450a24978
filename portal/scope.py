"""The database scope of a piece of work: one transaction with a role and the communities it may touch.

PostgreSQL's row-level security reads these settings (`portal/rls.py`). They are local to the
transaction, so nothing is left on a reused connection; outside a scope the runtime login can read
no scoped table at all.
"""

import json
import uuid
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connections, transaction

APP = "liren_app"
HEAD = "liren_head"
PUBLIC = "liren_public"
STREET = "liren_street"
ROLES = (APP, HEAD, PUBLIC, STREET)

_SETTINGS = (
    "role",
    "liren.communities",
    "liren.write_communities",
    "liren.stairwells",
    "liren.streets",
    "liren.rights",
    "liren.user_id",
    "pghistory.context_id",
    "pghistory.context_metadata",
)
_SET = "SELECT " + ", ".join(f"set_config('{name}', %s, true)" for name in _SETTINGS)
_READ = "SELECT " + ", ".join(f"coalesce(current_setting('{name}', true), '')" for name in _SETTINGS)


@dataclass(frozen=True, slots=True)
class Why:
    """What history keeps beside every change: who, by which action, for which request or job, and why."""

    user_id: int | None = None
    action: str = ""
    reason: str = ""
    request_id: str = ""

    def as_json(self) -> str:
        return json.dumps(
            {"user": self.user_id, "action": self.action, "reason": self.reason, "request": self.request_id},
            ensure_ascii=False,
        )


def _ids(values: Iterable[int]) -> str:
    return ",".join(str(int(value)) for value in values)


@contextmanager
def scope(
    role: str = APP,
    *,
    communities: Iterable[int] = (),
    write: Iterable[int] = (),
    stairwells: Iterable[int] = (),
    streets: Iterable[int] = (),
    rights: Iterable[str] = (),
    user_id: int | None = None,
    action: str = "",
    reason: str = "",
    request_id: str = "",
    using: str = DEFAULT_DB_ALIAS,
):
    """Open a transaction that acts as `role` on `communities` (and may change those in `write`).

    rights: those held in the communities, for tables whose rows ask a right of their own (`portal.rls.RowSecurity.right`).

    A nested scope restores the settings it found: releasing a savepoint keeps SET LOCAL, so leaving
    the inner scope would otherwise leave its role behind (traps.md T3).
    """
    if role not in ROLES:
        raise ValueError(f"no such database role: {role}")
    connection = connections[using]
    outer = _read_settings(connection) if connection.in_atomic_block else None
    with transaction.atomic(using=using):
        why = Why(user_id, action, reason, request_id)
        with connection.cursor() as cursor:
            cursor.execute(
                _SET,
                [
                    role,
                    _ids(communities),
                    _ids(write),
                    _ids(stairwells),
                    _ids(streets),
                    ",".join(rights),
                    str(user_id or ""),
                    str(uuid.uuid4()),
                    why.as_json(),
                ],
            )
        yield
        if outer is not None and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(_SET, outer)


def _read_settings(connection) -> list[str] | None:
    if connection.needs_rollback:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        return list(cursor.fetchone())


def acting_user_id(using: str = DEFAULT_DB_ALIAS) -> int | None:
    """For whom the open scope works, as its settings say; None outside a scope and for the portal itself."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT nullif(current_setting('liren.user_id', true), '')::bigint")
        return cursor.fetchone()[0]


def note(*, action: str = "", reason: str = "", using: str = DEFAULT_DB_ALIAS) -> None:
    """Say, inside an open scope, by which action and why the following changes are made."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_metadata',"
            " (coalesce(nullif(current_setting('pghistory.context_metadata', true), ''), '{}')::jsonb"
            " || %s::jsonb)::text, true)",
            [json.dumps({"action": action, "reason": reason}, ensure_ascii=False)],
        )
