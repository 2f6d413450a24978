"""Install the database objects besides tables: composite keys, row-level security, grants, functions, triggers.

None of them is in a migration. They are declared once, by models and by the `.sql` files of features, and installed
in one transaction whenever the fingerprint of the declarations differs from the one stored in the database: after a
migration, and at a start where only a declaration changed. Everything but the keys is dropped and created again, so
that objects no longer declared disappear; keys are compared, because creating one reads its whole table.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connections, models, transaction
from django.db.migrations.executor import MigrationExecutor

ROLES = ("liren_app", "liren_head", "liren_member", "liren_public", "liren_street", "liren_web")
"""Roles whose grants are revoked and granted again; a test compares them with the declared roles."""
ADVISORY_LOCK = 0x696E7374616C6C  # "install"
_FINGERPRINT = "portal_installed_fingerprint"
"""SQL function that returns the fingerprint: a flush would empty a table, and no backup has comments on the database."""


@dataclass(frozen=True, slots=True)
class TableKey:
    """A unique or foreign key unknown to Django; `definition` as PostgreSQL prints it, apart from quotes."""

    table: str
    name: str
    definition: str

    @property
    def is_foreign(self) -> bool:
        return self.definition.startswith("FOREIGN KEY")

    def matches(self, definition: str) -> bool:
        return definition.replace('"', "") == self.definition.replace('"', "")


_statements: list[Callable[[], Iterable[str]]] = []
_keys: list[Callable[[], Iterable[TableKey]]] = []


def installs(declared: Callable[[], Iterable[str]]) -> Callable[[], Iterable[str]]:
    """Register a function that returns SQL to run at each installation, before the `.sql` files."""
    _statements.append(declared)
    return declared


def installs_keys(declared: Callable[[], Iterable[TableKey]]) -> Callable[[], Iterable[TableKey]]:
    """Register a function that returns additional keys of tables, besides Django's."""
    _keys.append(declared)
    return declared


def own_models() -> list[type[models.Model]]:
    """The models of the portal's own apps."""
    return [model for config in _own_apps() for model in config.get_models(include_auto_created=True)]


def own_labels() -> list[str]:
    """The labels of the portal's own apps."""
    return [config.label for config in _own_apps()]


def _own_apps() -> list:
    root = Path(settings.BASE_DIR)
    return [config for config in apps.get_app_configs() if Path(config.path).parent == root]


@lru_cache(maxsize=1)
def _declared() -> tuple[tuple[TableKey, ...], tuple[str, ...]]:
    """All keys, unique ones first, and all statements."""
    keys = sorted(
        (key for declared in _keys for key in declared()), key=lambda k: (k.is_foreign, k.table, k.name)
    )
    statements = [sql for declared in _statements for sql in declared()]
    return tuple(keys), (*statements, *_files())


def _files() -> Iterable[str]:
    for config in _own_apps():
        for path in sorted(Path(config.path).rglob("*.sql")):
            yield path.read_text("utf-8")


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Hash of everything that this code would install, independent of its order."""
    keys, statements = _declared()
    parts = sorted([*map(repr, keys), *statements])
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def installed_fingerprint(*, using: str) -> str:
    """Fingerprint of the last installation; empty before the first. Every role may read it."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT prosrc FROM pg_proc WHERE proname = %s AND pronamespace = 'public'::regnamespace",
            [_FINGERPRINT],
        )
        row = cursor.fetchone()
    return row[0].removeprefix("SELECT '").removesuffix("'") if row else ""


def is_installed(*, using: str) -> bool:
    return installed_fingerprint(using=using) == fingerprint()


def install_if_changed(*, using: str) -> None:
    """Install if the declarations changed. Runs as the owner."""
    if not is_installed(using=using):
        install(using=using)


def install_after_migrations(*, using: str, plan=None, **kwargs) -> None:
    """Receiver of `post_migrate`. `flush`, which empties the tables of a test, sends the same signal without a plan.

    After the migration of one app alone tables are missing: nothing is installed until all apps are migrated.
    """
    if plan is None or not is_migrated(using=using):
        return
    if plan:
        install(using=using)  # a package may have created new tables that need grants
    else:
        install_if_changed(using=using)


def is_migrated(*, using: str) -> bool:
    """Whether every migration was applied."""
    executor = MigrationExecutor(connections[using])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def install(*, using: str) -> None:
    """Install keys, row-level security, grants, functions and triggers as declared. Runs as the owner."""
    keys, statements = _declared()
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        _run(cursor, _drop_statements(cursor))
        _run(cursor, _changed_keys(cursor, keys))
        _run(cursor, statements)
        _run(
            cursor,
            [f"CREATE FUNCTION {_FINGERPRINT}() RETURNS text LANGUAGE sql AS $$SELECT '{fingerprint()}'$$"],
        )


def _run(cursor, statements: Iterable[str]) -> None:
    """Run the statements in one round trip: a thousand round trips would take seconds."""
    if sql := ";\n".join(statements):
        cursor.execute(sql, None)


def _drop_statements(cursor) -> Iterable[str]:
    """SQL that drops the triggers and policies of our tables, our apps' functions by name, which they may call, and our roles' grants."""
    tables = [model._meta.db_table for model in own_models()]
    prefixes = "|".join(("pgtrigger", *own_labels()))
    cursor.execute(_DROPS, {"tables": tables, "functions": f"^({prefixes})_", "roles": list(ROLES)})
    return [sql for (sql,) in cursor.fetchall()]


_DROPS = """
WITH ours AS (
    SELECT oid, relrowsecurity FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relname = ANY (%(tables)s)
), granted AS (
    SELECT oid, relkind, aclexplode(relacl) AS acl FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT c.oid, c.relkind, aclexplode(a.attacl) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace
)
SELECT sql FROM (
    SELECT 1, format('DROP TRIGGER %%I ON %%s', tgname, tgrelid::regclass) AS sql
    FROM pg_trigger WHERE NOT tgisinternal AND tgrelid IN (SELECT oid FROM ours)
    UNION ALL
    SELECT 2, format('DROP POLICY %%I ON %%s', polname, polrelid::regclass)
    FROM pg_policy WHERE polrelid IN (SELECT oid FROM ours)
    UNION ALL
    SELECT 3, format('DROP FUNCTION %%s', oid::regprocedure)
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname ~ %(functions)s
    UNION ALL
    SELECT 4, format('ALTER TABLE %%s DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', oid::regclass)
    FROM ours WHERE relrowsecurity
    UNION
    SELECT 5, format(
        'REVOKE ALL ON %%s %%s FROM %%I',
        CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, oid::regclass, pg_get_userbyid((acl).grantee)
    )
    FROM granted WHERE pg_get_userbyid((acl).grantee) = ANY (%(roles)s)
) AS clearing (step, sql) ORDER BY step
"""


def _changed_keys(cursor, keys: Iterable[TableKey]) -> Iterable[str]:
    """SQL that drops keys no longer declared or declared differently, and adds the missing ones."""
    tables = [model._meta.db_table for model in own_models()]
    of_django = [rule.name for model in own_models() for rule in model._meta.constraints]
    cursor.execute(_PRESENT_KEYS, [tables, of_django])
    present = {(table, name): definition for table, name, definition in cursor.fetchall()}
    missing = [key for key in keys if not key.matches(present.get((key.table, key.name), ""))]
    unchanged = {(key.table, key.name) for key in keys} - {(key.table, key.name) for key in missing}
    outdated = sorted(
        present.keys() - unchanged, key=lambda place: not present[place].startswith("FOREIGN KEY")
    )
    yield from (f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"' for table, name in outdated)
    yield from (f'ALTER TABLE "{key.table}" ADD CONSTRAINT "{key.name}" {key.definition}' for key in missing)


# Our keys are recognised by the end of their names, so that one whose field was removed is also found; `kind` is an old one.
_PRESENT_KEYS = """
SELECT relname, conname, pg_get_constraintdef(pg_constraint.oid)
FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
WHERE contype IN ('u', 'f') AND relnamespace = 'public'::regnamespace AND relname = ANY (%s)
    AND conname ^@ relname AND conname ~ '_(scope|scope_id|scope_uuid|kind)$' AND conname <> ALL (%s)
"""
