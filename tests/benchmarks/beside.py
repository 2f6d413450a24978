"""A small second database and a process that serves its pages, for comparison with the large one.

`python -m tests.benchmarks.beside` reads a path a line and answers each page with its length.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

_URLS = ("DATABASE_URL", "DATABASE_OWNER_URL")


@contextmanager
def small_copy() -> Iterator[None]:
    """A copy of the database as it is now; nobody may be connected to it meanwhile."""
    from django.db import connections

    connections.close_all()
    url = os.environ["DATABASE_OWNER_URL"]
    names = {"small": sql.Identifier(_small(url)), "template": sql.Identifier(_name(url))}
    with psycopg.connect(_with_name(url, "postgres"), autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {small} WITH (FORCE)").format(**names))
        server.execute(sql.SQL("CREATE DATABASE {small} TEMPLATE {template}").format(**names))
        try:
            yield
        finally:
            server.execute(sql.SQL("DROP DATABASE {small} WITH (FORCE)").format(**names))


def _name(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


def _small(url: str) -> str:
    return f"{_name(url)}_small"


def _with_name(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()


@contextmanager
def small_portal() -> Iterator[Callable[[str], int]]:
    """Gives a function that has the small portal answer a path, to the page's length."""
    small = {name: _with_name(os.environ[name], _small(os.environ[name])) for name in _URLS}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.beside"],
        env=os.environ | small,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def page(path: str) -> int:
        process.stdin.write(path + "\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    with process:
        yield page
        process.stdin.close()


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.settings"
    import django

    django.setup()
    from community.accounts.models import User
    from tests.benchmarks.measures import Browser

    browser = Browser(User.objects.get(username="bench"))
    for path in sys.stdin:
        sys.stdout.write(f"{len(browser.get(path.strip()).content)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
