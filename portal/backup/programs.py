"""Find pg_dump and pg_restore: those of the embedded server, or installed ones that fit an external server."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from portal.backup.errors import BackupError
from portal.launch.postgres import PACKAGE

_DEBIAN = Path("/usr/lib/postgresql")


def program(name: str, server: int) -> str:
    """Path of program `name` for a server of this major version: the same version, or else the next later one."""
    paths_by_version = {_version(path): path for path in _candidates(name)}
    usable = sorted(version for version in paths_by_version if version >= server)
    if not usable:
        raise BackupError(
            f"没有找到 PostgreSQL {server} 的 {name}，请安装 postgresql-client-{server} 后重试。"
        )
    return str(paths_by_version[usable[0]])


def _candidates(name: str) -> Iterator[Path]:
    """Possible paths; of two with the same version the later one is used."""
    if on_path := shutil.which(name):
        yield Path(on_path)
    yield from _DEBIAN.glob(f"*/bin/{name}")
    embedded = Path(importlib.util.find_spec(PACKAGE).origin).parent / "pginstall18" / "bin" / name
    if embedded.exists():
        yield embedded


def _version(path: Path) -> int:
    process = subprocess.run([path, "--version"], stdout=subprocess.PIPE, text=True, check=False)
    match = re.search(r"\(PostgreSQL\) (\d+)", process.stdout or "")
    return int(match[1]) if match else 0


def address(url: str) -> tuple[str, dict[str, str]]:
    """Connection argument (without the password) and environment for a PostgreSQL client program."""
    parameters = conninfo_to_dict(url)
    password = parameters.pop("password", None)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment["LC_ALL"] = "C"
    if password:
        environment["PGPASSWORD"] = str(password)
    return f"--dbname={make_conninfo(**parameters)}", environment
