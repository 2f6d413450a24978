"""Portal version of a database: compatibility is decided by its migrations, the version number is only displayed."""

import tomllib
from pathlib import Path

import psycopg
from django.conf import settings
from django.db.migrations.loader import MigrationLoader


def portal_version() -> str:
    project = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text("utf-8"))
    return project["project"]["version"]


def applied_migrations(connection: psycopg.Connection) -> list[list[str]]:
    return [list(row) for row in connection.execute("SELECT app, name FROM django_migrations ORDER BY id")]


def unknown_migrations(applied: list[list[str]]) -> list[str]:
    """Applied migrations that this portal does not know: then the database belongs to a newer version."""
    known_migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return [f"{app}.{name}" for app, name in applied if (app, name) not in known_migrations]
