"""Which version of the portal a database belongs to: its migrations decide, the number is for people."""

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
    """Those of `applied` that this portal does not know: the database is of a newer one."""
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return [f"{app}.{name}" for app, name in applied if (app, name) not in known]
