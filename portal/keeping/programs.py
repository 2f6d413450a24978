"""pg_dump and pg_restore: the ones that came with the embedded server, or the machine's that fit an external one."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from portal.keeping import KeepingError
from portal.launch.postgres import PACKAGE

_DEBIAN = Path("/usr/lib/postgresql")


def program(name: str, server: int) -> str:
    """The path of `name` for a server of that major version: the same version, or else the next later one."""
    found = {_version(path): path for path in _candidates(name)}
    fitting = sorted(version for version in found if version >= server)
    if not fitting:
        raise KeepingError(
            f"没有找到 PostgreSQL {server} 的 {name}，请安装 postgresql-client-{server} 后重试。"
        )
    return str(found[fitting[0]])


def _candidates(name: str) -> Iterator[Path]:
    """Where it may be; a later one is taken of two with the same version."""
    if on_path := shutil.which(name):
        yield Path(on_path)
    yield from _DEBIAN.glob(f"*/bin/{name}")
    embedded = Path(importlib.util.find_spec(PACKAGE).origin).parent / "pginstall18" / "bin" / name
    if embedded.exists():
        yield embedded


def _version(path: Path) -> int:
    done = subprocess.run([path, "--version"], stdout=subprocess.PIPE, text=True, check=False)
    match = re.search(r"\(PostgreSQL\) (\d+)", done.stdout or "")
    return int(match[1]) if match else 0


def address(url: str) -> tuple[str, dict[str, str]]:
    """What such a program is given to find the database: an argument without the password, and its environment."""
    parameters = conninfo_to_dict(url)
    password = parameters.pop("password", None)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment["LC_ALL"] = "C"
    if password:
        environment["PGPASSWORD"] = str(password)
    return f"--dbname={make_conninfo(**parameters)}", environment
