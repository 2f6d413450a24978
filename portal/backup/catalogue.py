"""Checksums of a database's content and definitions, to compare a restored database with its backup."""

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass

import psycopg
from psycopg import sql

EXCLUDED_TABLES = ("django_session",)
"""Tables whose rows are not backed up: whoever holds a session is signed in."""

# Values must become text independently of the server's settings.
_PLAIN = {
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "search_path": "pg_catalog, public",
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}

_ACL = """
    coalesce((SELECT string_agg(CASE WHEN grantee = 0 THEN 'PUBLIC' WHEN grantee = {owner} THEN 'OWNER'
        ELSE pg_get_userbyid(grantee) END || '=' || privilege_type || is_grantable, ' '
        ORDER BY grantee = 0, pg_get_userbyid(grantee), privilege_type)
    FROM aclexplode(coalesce({acl}, acldefault({kind}, {owner})))), '')"""
_KIND = "CAST(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END AS \"char\")"
_HERE = "= 'public'::regnamespace"
_DEFINITIONS = {
    "表": f"""
        SELECT relname, concat_ws(' ', relkind, relrowsecurity, relforcerowsecurity, reloptions,
            {_ACL.format(acl="relacl", owner="relowner", kind=_KIND)})
        FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S') AND relnamespace {_HERE}""",
    "列": f"""
        SELECT relname || '.' || attname, concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, attidentity,
            attgenerated, attacl, collname, pg_get_expr(adbin, adrelid))
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        LEFT JOIN pg_collation ON pg_collation.oid = attcollation
        WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p', 'v', 'm') AND relnamespace {_HERE}""",
    "约束": f"""
        SELECT conrelid::regclass || '.' || conname, concat_ws(' ', pg_get_constraintdef(oid), convalidated)
        FROM pg_constraint WHERE contype IN ('p', 'u', 'f', 'c', 'x') AND conrelid <> 0 AND connamespace {_HERE}""",
    "索引": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "行级安全策略": """
        SELECT tablename || '.' || policyname, concat_ws(' ', permissive, roles, cmd, qual, '/', with_check)
        FROM pg_policies WHERE schemaname = 'public'""",
    "触发器": f"""
        SELECT tgrelid::regclass || '.' || tgname, concat_ws(' ', pg_get_triggerdef(pg_trigger.oid), tgenabled)
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE NOT tgisinternal AND relnamespace {_HERE}""",
    "函数": f"""
        SELECT oid::regprocedure::text, concat_ws(' ', pg_get_functiondef(oid),
            {_ACL.format(acl="proacl", owner="proowner", kind="'f'")})
        FROM pg_proc WHERE prokind IN ('f', 'p') AND pronamespace {_HERE}""",
    "视图": f"""
        SELECT oid::regclass::text, pg_get_viewdef(oid)
        FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace {_HERE}""",
    "枚举": f"""
        SELECT typname, string_agg(enumlabel, ' ' ORDER BY enumsortorder)
        FROM pg_type JOIN pg_enum ON enumtypid = pg_type.oid WHERE typnamespace {_HERE} GROUP BY typname""",
}

# PostgreSQL prints `role IN ('a', 'b')` in a check constraint differently after a dump was restored.
_REWORDED = re.compile(r"::(text|character varying)(\[\])?|[()]")

# The checksum does not depend on the order of rows; 60 bits of each row's digest suffice against accidents.
_SUM = """
SELECT count(*), coalesce(sum(('x' || substr(encode(sha256(convert_to(liren_row::text, 'UTF8')), 'hex'), 1, 15))
    ::bit(60)::bigint), 0)::text FROM public.{} AS liren_row
"""


@dataclass(frozen=True, slots=True)
class TableChecksum:
    """Row count of a table, and a checksum of its content."""

    rows: int
    sum: str


def set_plain_session(connection: psycopg.Connection) -> None:
    """Set the session so that equal values give equal text on every server."""
    for name, value in _PLAIN.items():
        connection.execute("SELECT set_config(%s, %s, false)", [name, value])


def tables(connection: psycopg.Connection) -> list[str]:
    names = connection.execute(
        f"SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace {_HERE} ORDER BY relname"
    )
    return [name for (name,) in names]


def checksum_of(connection: psycopg.Connection, table: str) -> TableChecksum:
    return TableChecksum(*connection.execute(sql.SQL(_SUM).format(sql.Identifier(table))).fetchone())


def definitions(connection: psycopg.Connection) -> dict[str, dict[str, str]]:
    """Digest of the definition of each database object, by kind and name: enough to name differences, not to show them."""
    digests: dict[str, dict[str, str]] = defaultdict(dict)
    for kind, query in _DEFINITIONS.items():
        for name, text in connection.execute(query):
            digests[kind][name] = hashlib.sha256(_REWORDED.sub("", text).encode()).hexdigest()[:16]
    return dict(digests)


def differences(
    before: dict[str, dict[str, str]], after: dict[str, dict[str, str]], *, only_missing: bool = False
) -> list[str]:
    """Missing, different and additional objects, one sentence each."""
    sentences = []
    for kind in before | after:
        expected, actual = before.get(kind, {}), after.get(kind, {})
        sentences += [f"{kind} {name} 缺失" for name in sorted(expected.keys() - actual.keys())]
        if not only_missing:
            sentences += [f"{kind} {name} 多出" for name in sorted(actual.keys() - expected.keys())]
            sentences += [
                f"{kind} {name} 不同"
                for name in sorted(expected.keys() & actual.keys())
                if expected[name] != actual[name]
            ]
    return sentences


def roles(connection: psycopg.Connection) -> dict[str, dict]:
    """Roles that own or are granted something in the database, with their attributes and memberships.

    Without passwords. Roles belong to the whole server, so a dump of one database does not contain them.
    """
    role_rows = connection.execute(
        "SELECT DISTINCT rolname, rolcanlogin, rolbypassrls, rolcreaterole, rolsuper FROM pg_roles"
        " WHERE oid IN (SELECT refobjid FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass"
        " AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database()))"
        " ORDER BY rolname"
    ).fetchall()
    roles_by_name = {
        name: {
            "login": login,
            "bypassrls": bypass,
            "createrole": create,
            "superuser": superuser,
            "member_of": [],
        }
        for name, login, bypass, create, superuser in role_rows
    }
    for role, member, inherit, may_set in connection.execute(
        "SELECT pg_get_userbyid(roleid), pg_get_userbyid(member), inherit_option, set_option"
        " FROM pg_auth_members ORDER BY 1, 2, 3, 4"
    ):
        membership = {"role": role, "inherit": inherit, "set": may_set}
        if (
            role in roles_by_name
            and member in roles_by_name
            and membership not in roles_by_name[member]["member_of"]
        ):
            roles_by_name[member]["member_of"].append(membership)
    return roles_by_name
