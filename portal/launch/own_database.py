"""The database that a data folder belongs to: recorded by the first start, compared at each later one.

Keys and files of one deployment beside the tables of another would be damage that nobody notices: a variable that is
missing after a reboot, or the wrong folder, would begin a new, empty portal. Nothing is touched before the comparison.
"""

import json
from pathlib import Path

import psycopg

from portal.launch.state import LaunchError

RECORD = "database"
"""File in the data folder: the identity of its database, and where that is, in words."""
EMBEDDED = "内置数据库"


def record(var: Path, url: str, *, embedded: bool) -> None:
    """Record the database of `url` as the one of this folder."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        content = {
            "identity": _identity(connection, connection.info.dbname),
            "place": EMBEDDED if embedded else _place(connection),
        }
    (var / RECORD).write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")


def forget(var: Path) -> None:
    (var / RECORD).unlink(missing_ok=True)


def refuse_embedded(var: Path) -> None:
    """Refuse the embedded server on a folder whose database is elsewhere."""
    own = _recorded(var)
    if own and own["place"] != EMBEDDED:
        raise LaunchError(
            f"数据目录 {var} 属于数据库 {own['place']}，现在却没有设置 DATABASE_URL，没有作任何改动。"
            "请补上 DATABASE_URL 和 DATABASE_OWNER_URL。"
        )


def refuse_new(var: Path, data: Path) -> None:
    """Refuse to make a new embedded database for a folder that had one."""
    if _recorded(var):
        raise LaunchError(
            f"数据目录 {var} 的内置数据库不在 {data}，没有作任何改动。"
            "请用原来的用户启动，或把它放回原处；找不回的，请在新的 LIREN_VAR 里从备份恢复。"
        )


def refuse_other(var: Path, connection: psycopg.Connection, database: str | None = None) -> None:
    """Refuse a database that is not the folder's own; `database` on this server, or else the one connected to."""
    own = _recorded(var)
    if own and own["identity"] != _identity(connection, database or connection.info.dbname):
        here = EMBEDDED if database else _place(connection)
        alike = "（同名，是另建的）" if here == own["place"] else ""
        raise LaunchError(
            f"数据目录 {var} 属于另一个数据库（{own['place']}），不是现在的 {here}{alike}，没有作任何改动。"
            f"请改正 LIREN_VAR 或 DATABASE_URL；确是把数据库迁到了这里的，先删除文件 {var / RECORD} 再启动。"
        )


def _place(connection: psycopg.Connection) -> str:
    """Where a database is, without login and password."""
    return f"{connection.info.host}:{connection.info.port}/{connection.info.dbname}"


def _identity(connection: psycopg.Connection, database: str) -> str:
    """Identity that a cluster and a database get when they are made; another one of the same name differs."""
    row = connection.execute(
        "SELECT system_identifier || '/' || oid FROM pg_control_system(), pg_database WHERE datname = %s",
        [database],
    ).fetchone()
    return row[0] if row else ""


def _recorded(var: Path) -> dict[str, str] | None:
    try:
        return json.loads((var / RECORD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        raise LaunchError(f"文件 {var / RECORD} 已损坏。确认数据库没有弄错后，删除它再启动。") from None
