"""Database scope: one transaction with a database role and the communities it may read and write.

Row-level security policies read these settings (`portal/access/rls.py`). They are local to the transaction, so that a
reused connection keeps nothing; outside a scope the runtime login can read no scoped table at all.
"""

import json
import uuid
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from portal.access.permissions import Permission

APP = "liren_app"
HEAD = "liren_head"
MEMBER = "liren_member"
PUBLIC = "liren_public"
STREET = "liren_street"
ROLES = (APP, HEAD, MEMBER, PUBLIC, STREET)

_SETTINGS = (
    "role",
    "liren.communities",
    "liren.write_communities",
    "liren.stairwells",
    "liren.streets",
    "liren.person",
    "liren.bodies",
    "liren.rights",
    "liren.user_id",
    "pghistory.context_id",
    "pghistory.context_metadata",
)
_NEW = ", ".join(f"set_config('{name}', %s, true)" for name in _SETTINGS)
_OUTER = ", ".join(f"coalesce(current_setting('{name}', true), '') AS \"{name}\"" for name in _SETTINGS)
_SET = f"SELECT {_NEW}"
_EXCHANGE = f"WITH outside AS MATERIALIZED (SELECT {_OUTER}) SELECT outside.*, {_NEW} FROM outside"  # noqa: S608 - fixed names
"""Sets the settings and returns what they were before."""


@dataclass(frozen=True, slots=True)
class ChangeContext:
    """Context that history stores with every change: user, action, request or job, and reason."""

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
    person: int | None = None,
    bodies: Iterable[int] = (),
    rights: Iterable[str] = (),
    user_id: int | None = None,
    action: str = "",
    reason: str = "",
    request_id: str = "",
    using: str = DEFAULT_DB_ALIAS,
):
    """Open a transaction as database role `role` that may read `communities` and change those in `write`.

    person, bodies: whose own rows a member of a body reads on the phone, and the bodies at which they are one.
    rights: those held in the communities, for tables whose rows ask a right of their own (`portal.access.rls.RowSecurity.right`).

    A nested scope restores the outer settings at its end: releasing a savepoint keeps SET LOCAL, so that the inner
    role would otherwise stay (decision 0003).
    """
    if role not in ROLES:
        raise ValueError(f"no such database role: {role}")
    connection = connections[using]
    is_nested = connection.in_atomic_block
    with transaction.atomic(using=using):
        why = ChangeContext(user_id, action, reason, request_id)
        settings = [
            role,
            _ids(communities),
            _ids(write),
            _ids(stairwells),
            _ids(streets),
            str(person or ""),
            _ids(bodies),
            ",".join(rights),
            str(user_id or ""),
            str(uuid.uuid4()),
            why.as_json(),
        ]
        with connection.cursor() as cursor:
            cursor.execute(_EXCHANGE if is_nested else _SET, settings)
            outer = cursor.fetchone()[: len(settings)] if is_nested else None
        yield
        if outer is not None and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(_SET, outer)


def portal_scope(community_id: int, *, action: str, user_id: int | None = None):
    """Scope of one community with all rights, for what the portal does by itself."""
    return scope(
        APP,
        communities=[community_id],
        write=[community_id],
        rights=sorted(Permission),
        user_id=user_id,
        action=action,
    )


def acting_user_id(using: str = DEFAULT_DB_ALIAS) -> int | None:
    """User id of the open scope; None outside a scope and for the portal itself."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT nullif(current_setting('liren.user_id', true), '')::bigint")
        return cursor.fetchone()[0]


def set_change_context(*, action: str = "", reason: str = "", using: str = DEFAULT_DB_ALIAS) -> None:
    """Set action and reason of the following changes for the history, inside an open scope."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_metadata',"
            " (coalesce(nullif(current_setting('pghistory.context_metadata', true), ''), '{}')::jsonb"
            " || %s::jsonb)::text, true)",
            [json.dumps({"action": action, "reason": reason}, ensure_ascii=False)],
        )
