"""Compatibility: databases and backups of earlier portals, from which no migration leads to this version."""

from collections.abc import Iterable

from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from portal.database.install import own_labels

OLD_DATABASE = (
    "这个数据库由较早的里仁建立，本版本不能沿用，没有作任何改动；"
    "请用原来的版本打开它，或者换用新的 LIREN_VAR（外部数据库则换用空的数据库）重新开始。"
)
OLD_BACKUP = "这份备份由较早的里仁制作，本版本不能恢复，没有作任何改动；请用原来的版本恢复。"


def is_old_database(*, using: str) -> bool:
    return has_other_initial_migration(MigrationRecorder(connections[using]).applied_migrations())


def has_other_initial_migration(applied: Iterable[tuple[str, str]]) -> bool:
    """Whether an initial migration of one of the portal's apps was applied that this version does not have."""
    own_migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return any(
        app in own_labels() and name.startswith("0001_") and (app, name) not in own_migrations
        for app, name in applied
    )
