"""Grants on the tables outside the scope, in one list, each with its reason.

All other tables belong to communities and are granted by `portal.access.rls`, under policies.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connections

from portal.access.db_scope import APP, HEAD, MEMBER, PUBLIC, STREET
from portal.database.install import installs

WEB = "liren_web"


@dataclass(frozen=True, slots=True)
class TableGrant:
    """Rights on one table by login or role, as SQL privileges, and why it has no community."""

    reason: str
    rights: dict[str, str]


_ALL = "SELECT, INSERT, UPDATE, DELETE"

UNSCOPED: dict[str, TableGrant] = {
    "django_session": TableGrant(
        "Signing in happens before a community is known.",
        {WEB: _ALL, APP: _ALL, HEAD: _ALL, MEMBER: _ALL, STREET: _ALL, PUBLIC: _ALL},
    ),
    "django_content_type": TableGrant(
        "Names of models, no data.", {WEB: "SELECT", APP: "SELECT", STREET: "SELECT"}
    ),
    "django_migrations": TableGrant("Which migrations ran, for the health page.", {WEB: "SELECT"}),
    "community_user": TableGrant(
        "An account may serve several communities and a street.",
        {
            WEB: _ALL,
            APP: "SELECT, INSERT, UPDATE",
            HEAD: "SELECT",
            MEMBER: "SELECT",
            STREET: "SELECT, INSERT, UPDATE",
        },
    ),
    "community_roleassignment": TableGrant(
        "Read before the scope is known, because it decides the scope.",
        {WEB: "SELECT", APP: "SELECT, INSERT, UPDATE", HEAD: "SELECT", STREET: "SELECT, INSERT, UPDATE"},
    ),
    "community_setuplink": TableGrant(
        "A one-time link is used by somebody who cannot sign in yet.",
        {WEB: "SELECT, INSERT, UPDATE", APP: "SELECT, INSERT, UPDATE", STREET: "SELECT, INSERT, UPDATE"},
    ),
    "community_phone": TableGrant(
        "A bound phone opens a session before a community is known; it holds hashes, no data of residents.",
        {WEB: "SELECT, UPDATE", APP: "SELECT, INSERT, UPDATE"},
    ),
    "community_street": TableGrant(
        "Names of street offices, public.",
        {
            WEB: "SELECT",
            APP: "SELECT",
            HEAD: "SELECT",
            MEMBER: "SELECT",
            PUBLIC: "SELECT",
            STREET: "SELECT",
        },
    ),
    "portal_submission": TableGrant(
        "Tokens of forms that were sent, no data.",
        {WEB: _ALL, APP: _ALL, HEAD: _ALL, MEMBER: _ALL, STREET: _ALL, PUBLIC: "SELECT, INSERT, UPDATE"},
    ),
    "portal_draft": TableGrant(
        "What a user typed into a form, encrypted; only their own by its policy.",
        {APP: _ALL},
    ),
    "portal_listpreference": TableGrant(
        "A user's columns and page size, one for all their communities; no data.",
        {APP: "SELECT, INSERT, UPDATE"},
    ),
    "portal_specialday": TableGrant(
        "Holidays of the deployment, kept by the administrator; no data.",
        {WEB: _ALL, APP: "SELECT", HEAD: "SELECT", PUBLIC: "SELECT", STREET: "SELECT"},
    ),
    "portal_deadlineupdate": TableGrant(
        "Runs of the job that reckons deadlines anew, of all communities at once; numbers only.", {WEB: _ALL}
    ),
    "portal_publicchange": TableGrant(
        "Marks of changes of public rows, no data; written by triggers, as the owner.", {WEB: "SELECT"}
    ),
    "portal_ratecounter": TableGrant(
        "Counters by keyed hash, no data.", {WEB: _ALL, APP: "SELECT, INSERT, UPDATE"}
    ),
    "portal_keycheck": TableGrant("Tells whether the keys are the right ones; no data.", {WEB: "SELECT"}),
    "portal_backup": TableGrant("When backups were made, of all communities at once.", {WEB: "SELECT"}),
    "axes_accessattempt": TableGrant(
        "Failed sign-ins, before anybody is known; a wrong password before a dangerous act counts as one.",
        {WEB: _ALL, APP: _ALL, STREET: _ALL},
    ),
    "axes_accessattemptexpiration": TableGrant(
        "Goes with the failed sign-in.", {WEB: _ALL, APP: _ALL, STREET: _ALL}
    ),
    "axes_accesslog": TableGrant("Sign-ins, before a community is known.", {WEB: _ALL}),
    "axes_accessfailurelog": TableGrant("Failed sign-ins, before anybody is known.", {WEB: _ALL}),
    "procrastinate_jobs": TableGrant(
        "The queue; arguments are ids only.", {WEB: _ALL, APP: "SELECT, INSERT", STREET: "SELECT, INSERT"}
    ),
    "procrastinate_events": TableGrant("The queue's own log.", {WEB: _ALL, APP: "INSERT", STREET: "INSERT"}),
    "procrastinate_periodic_defers": TableGrant("Ticks of periodic tasks.", {WEB: _ALL}),
    "procrastinate_workers": TableGrant("Which workers live.", {WEB: _ALL}),
}

SEQUENCES = {
    "procrastinate_jobs_id_seq": (WEB, APP, STREET),
    "procrastinate_events_id_seq": (WEB, APP, STREET),
    "procrastinate_periodic_defers_id_seq": (WEB,),
    "procrastinate_workers_id_seq": (WEB,),
}

OWNER_ONLY = {
    "auth_group": "The portal has its own roles.",
    "auth_group_permissions": "The portal has its own roles.",
    "auth_permission": "The portal has its own rights.",
    "pghistory_context": "Each event row contains its context; nothing is written here.",
}
"""Tables no runtime role may touch, with the reason."""


@installs
def unscoped_grants() -> Iterator[str]:
    """The rights of every role on the unscoped tables and their sequences."""
    for table, unscoped in UNSCOPED.items():
        for role, privileges in unscoped.rights.items():
            yield f'GRANT {privileges} ON "{table}" TO {role}'
    for sequence, roles in SEQUENCES.items():
        yield f'GRANT USAGE ON SEQUENCE "{sequence}" TO {", ".join(roles)}'


def missing_rights(*, using: str) -> list[str]:
    """Missing rights of roles on tables, one sentence each; for example after a restore without its roles.

    Of scoped tables only the app role's SELECT is checked, since all their rights were granted together.
    """
    expected = [
        (role, table, privilege)
        for table, unscoped in UNSCOPED.items()
        for role, privileges in unscoped.rights.items()
        for privilege in privileges.split(", ")
    ]
    connection = connections[using]
    with connection.cursor() as cursor:
        names = sorted({role for role, _, _ in expected})
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS name WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)",
            [names],
        )
        absent = [name for (name,) in cursor.fetchall()]
        if absent:
            return [f"缺少数据库角色 {'、'.join(absent)}"]
        cursor.execute(
            "SELECT role, name, privilege FROM unnest(%s::text[], %s::text[], %s::text[]) AS wanted (role, name, privilege)"
            " WHERE NOT has_table_privilege(role, format('public.%%I', name), privilege)",
            [list(column) for column in zip(*expected, strict=True)],
        )
        lacking = cursor.fetchall()
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND relname <> ALL (%s) AND NOT has_table_privilege(%s, oid, 'SELECT')",
            [[*UNSCOPED, *OWNER_ONLY], APP],
        )
        lacking += [(APP, name, "SELECT") for (name,) in cursor.fetchall()]
    return [f"角色 {role} 缺少表 {table} 的 {privilege} 权限" for role, table, privilege in lacking]
