"""Early pytest plugin: start the tests' database server before Django reads its settings.

Every worker's database is a copy of one that was migrated once, which takes many seconds.
`python -m tests.database` makes it beforehand.
"""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import django
import psycopg
import pytest
from psycopg import errors, sql

from portal.launch.postgres import embedded_server

ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault("LIREN_VAR", str(ROOT / "var" / "test"))
os.environ["LIREN_LOGIN"] = "owner"
os.environ["LIREN_CONNECT_SECONDS"] = "10"

_server = None


@pytest.hookimpl(trylast=True)
def pytest_configure():
    """Have the template before xdist starts its workers, and after pytest-django set Django up."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _make_template()


def pytest_unconfigure():
    """Leave the server; the last process to leave stops it."""
    if _server is not None:
        _server.__exit__(None, None, None)


def template_name() -> str:
    """The migrated database to copy: another one for other migrations, ours or of a package, or another installation."""
    from portal.database.install import fingerprint

    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    digest.update(fingerprint().encode())
    return f"liren_template_{digest.hexdigest()[:12]}"


def _make_template() -> None:
    """Make the migrated template; it is renamed to its final name when complete."""
    owner = urlsplit(os.environ["DATABASE_OWNER_URL"])
    name, making = template_name(), "liren_template_making"
    with psycopg.connect(owner.geturl(), autocommit=True) as server:
        names = server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'liren_template_%'")
        names = {row[0] for row in names}
        if name in names:
            return
        for old in names:
            server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(old)))
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(making)))
        url = owner._replace(path=f"/{making}").geturl()
        migrate = [sys.executable, "-m", "django", "migrate", "--no-input", "--verbosity=0"]
        variables = {"DATABASE_OWNER_URL": url, "DJANGO_SETTINGS_MODULE": "portal.settings"}
        subprocess.run(migrate, cwd=ROOT, env=os.environ | variables, check=True)
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        server.execute(rename.format(sql.Identifier(making), sql.Identifier(name)))


@contextmanager
def copy_of_template(name: str) -> Iterator[dict[str, str]]:
    """A migrated, empty database of this name for a portal with its own processes: its two URLs as environment variables."""
    copy_database(template_name(), name)
    urls = {
        variable: urlsplit(os.environ[variable])._replace(path=f"/{name}").geturl()
        for variable in ("DATABASE_URL", "DATABASE_OWNER_URL")
    }
    with psycopg.connect(urls["DATABASE_OWNER_URL"]) as copy:
        copy.execute("DELETE FROM portal_keycheck")  # its portal has keys of its own
    try:
        yield urls
    finally:
        drop_database(name)


def copy_database(source: str, target: str) -> None:
    """Make `target` a copy of `source`, to which nobody may be connected, in place of what has that name."""
    drop_database(target)
    _run("CREATE DATABASE {} TEMPLATE {}", target, source)


def drop_database(name: str) -> None:
    """Drop a database, if it is there, whoever is connected to it.

    An autovacuum, which only a superuser could end, is waited for.
    """
    for _ in range(100):
        with suppress(errors.InsufficientPrivilege):
            return _run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        time.sleep(0.1)
    raise RuntimeError(f"{name} is in use")


def _run(statement: str, *names: str) -> None:
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as server:
        server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


_var = Path(os.environ["LIREN_VAR"])
(_var / "static").mkdir(parents=True, exist_ok=True)  # whitenoise warns without it, and warnings fail
(_var / "uploads").mkdir(mode=0o700, exist_ok=True)
if "DATABASE_OWNER_URL" not in os.environ:
    _server = embedded_server(_var, name="pg-test", fsync=False)
    _server.__enter__()
if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    django.setup()
    try:
        _make_template()
    finally:
        pytest_unconfigure()
