"""Install what the database holds besides its tables: keys of a community, row security, grants, functions, triggers.

None of it is in a migration. It is declared once, by models and by the `.sql` files of features, and put into the
database in one transaction whenever the fingerprint of the declarations differs from the one that is stored there:
after a migration, and at a start where only a declaration changed. Everything but the keys is dropped and made anew,
so that what is no longer declared goes; keys are compared, because making one reads its whole table.
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

ROLES = ("liren_app", "liren_head", "liren_public", "liren_street", "liren_web")
"""Whose grants are taken back and given anew; a test compares them with the roles there are."""
ADVISORY_LOCK = 0x696E7374616C6C  # "install"
_FINGERPRINT = "portal_installed_fingerprint"
"""The function that returns it. A flush empties tables, and a comment on the database is in no backup."""


@dataclass(frozen=True, slots=True)
class TableKey:
    """A unique or foreign key that Django does not know; `definition` as PostgreSQL words it, but for quotes."""

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
    """Register a function that returns the keys which a table has besides Django's."""
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
    """Names what this code would install, in whatever order."""
    keys, statements = _declared()
    parts = sorted([*map(repr, keys), *statements])
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def installed_fingerprint(*, using: str) -> str:
    """What `fingerprint` was at the last installation; empty before the first. Any role may ask."""
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
    """Install where the declarations changed. Runs as the owner."""
    if not is_installed(using=using):
        install(using=using)


def install_after_migrations(*, using: str, plan=None, **kwargs) -> None:
    """Signal receiver. `flush`, which empties the tables of a test, sends the same signal without a plan.

    A migration of one app alone leaves tables missing: then nothing is installed, until the last is there.
    """
    if plan is None or not _is_migrated(using):
        return
    if plan:
        install(using=using)  # also where a package made new tables, to which grants are due
    else:
        install_if_changed(using=using)


def _is_migrated(using: str) -> bool:
    executor = MigrationExecutor(connections[using])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def install(*, using: str) -> None:
    """Bring keys, row security, grants, functions and triggers to what is declared. Runs as the owner."""
    keys, statements = _declared()
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        _run(cursor, _clearing(cursor))
        _run(cursor, _changed_keys(cursor, keys))
        _run(cursor, statements)
        _run(
            cursor,
            [f"CREATE FUNCTION {_FINGERPRINT}() RETURNS text LANGUAGE sql AS $$SELECT '{fingerprint()}'$$"],
        )


def _run(cursor, statements: Iterable[str]) -> None:
    """In one round trip: a thousand of their own would take seconds."""
    if sql := ";\n".join(statements):
        cursor.execute(sql, None)


def _clearing(cursor) -> Iterable[str]:
    """What takes away triggers, functions, policies and grants: of our tables, by name of our apps, of our roles."""
    tables = [model._meta.db_table for model in own_models()]
    prefixes = "|".join(("pgtrigger", *own_labels()))
    cursor.execute(_CLEARING, {"tables": tables, "functions": f"^({prefixes})_", "roles": list(ROLES)})
    return [sql for (sql,) in cursor.fetchall()]


_CLEARING = """
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
    SELECT 2, format('DROP FUNCTION %%s', oid::regprocedure)
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname ~ %(functions)s
    UNION ALL
    SELECT 3, format('DROP POLICY %%I ON %%s', polname, polrelid::regclass)
    FROM pg_policy WHERE polrelid IN (SELECT oid FROM ours)
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
    """What drops keys that are declared no more or otherwise, and adds those that lack."""
    tables = [model._meta.db_table for model in own_models()]
    of_django = [rule.name for model in own_models() for rule in model._meta.constraints]
    cursor.execute(_PRESENT_KEYS, [tables, of_django])
    present = {(table, name): definition for table, name, definition in cursor.fetchall()}
    missing = [key for key in keys if not key.matches(present.get((key.table, key.name), ""))]
    kept = {(key.table, key.name) for key in keys} - {(key.table, key.name) for key in missing}
    gone = sorted(present.keys() - kept, key=lambda place: not present[place].startswith("FOREIGN KEY"))
    yield from (f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"' for table, name in gone)
    yield from (f'ALTER TABLE "{key.table}" ADD CONSTRAINT "{key.name}" {key.definition}' for key in missing)


# A key of ours is told by how its name ends, so that one whose field is gone is found, too.
_PRESENT_KEYS = """
SELECT relname, conname, pg_get_constraintdef(pg_constraint.oid)
FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
WHERE contype IN ('u', 'f') AND relnamespace = 'public'::regnamespace AND relname = ANY (%s)
    AND conname ^@ relname AND conname ~ '_(scope|scope_id|scope_uuid|kind)$' AND conname <> ALL (%s)
"""
