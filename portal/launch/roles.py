"""Database logins and roles, and the requirements for an external PostgreSQL.

Roles belong to the whole cluster, so they are created here, before the migrations that grant them rights
(a migration runs once per database, and two at a time would collide).
"""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from portal.launch import own_database
from portal.launch.state import LaunchError

OWNER = "liren_owner"  # migrations, demo data, restore: sees every row
WEB = "liren_web"  # web and worker processes: may assume a role below for one transaction, and little else
BACKUP = "liren_backup"  # dumps
ROLES = ("liren_app", "liren_head", "liren_member", "liren_public", "liren_street")
MINIMUM_VERSION = 17
# Collations by code point, so that sorting is the same everywhere; names have their own pinyin key.
PLAIN_LOCALES = {"C", "POSIX", "C.UTF-8", "C.utf8"}
ADVISORY_LOCK = 0x6C6972656E  # "liren"


def create_owner(connection: psycopg.Connection, database: str) -> None:
    """Create the owner login and its database on the embedded server, as its superuser. The caller holds the mutex."""
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone():
        connection.execute(f"CREATE ROLE {OWNER} LOGIN BYPASSRLS CREATEROLE CREATEDB")
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
        connection.execute(f"CREATE DATABASE {database} OWNER {OWNER}")


def ensure_roles(owner_url: str, web_url: str) -> None:
    """Create missing roles and the login of `web_url`, and allow that login and the owner to assume the roles.

    INHERIT FALSE: outside a scope the login has none of their rights, and a forgotten scope fails.
    The lock is taken in the database "postgres", because an advisory lock holds within one database only.
    """
    parts = urlsplit(web_url)
    web, password = unquote(parts.username or WEB), unquote(parts.password or "")
    with psycopg.connect(owner_url, dbname="postgres", connect_timeout=5) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        existing = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for role in ROLES:
            if role not in existing:
                connection.execute(f"CREATE ROLE {role} NOLOGIN")
        if BACKUP not in existing:
            connection.execute(f"CREATE ROLE {BACKUP} LOGIN BYPASSRLS")
        if web not in existing:
            login = sql.SQL("CREATE ROLE {} LOGIN NOINHERIT").format(sql.Identifier(web))
            if password:  # hashed here: the server's log may hold the statement
                secret = connection.pgconn.encrypt_password(password.encode(), web.encode(), b"scram-sha-256")
                login += sql.SQL(" PASSWORD {}").format(sql.Literal(secret.decode()))
            connection.execute(login)
        granted = set(
            connection.execute(
                "SELECT roleid::regrole::text, pg_get_userbyid(member) FROM pg_auth_members"
                " WHERE set_option AND NOT inherit_option"
            )
        )
        for member in (web, connection.info.user):
            missing = [role for role in ROLES if (role, member) not in granted]
            if missing:
                connection.execute(
                    sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(
                        sql.SQL(", ").join(map(sql.Identifier, missing)), sql.Identifier(member)
                    )
                )


def check_external(owner_url: str | None, web_url: str, var: Path) -> None:
    """Check an external server without changing it, and that it is the one of the data folder `var`.

    Raises LaunchError that names everything missing.
    """
    if owner_url is None:
        with _reached(web_url, "DATABASE_URL") as connection:
            own_database.refuse_other(var, connection)
        return
    with _reached(owner_url, "DATABASE_OWNER_URL") as connection:
        shortcomings = _shortcomings(connection, web_url)
        if shortcomings:
            raise LaunchError(f"PostgreSQL 还不能使用：{'；'.join(shortcomings)}。")
        own_database.refuse_other(var, connection)


def ensure_external(owner_url: str, web_url: str) -> None:
    """Create the roles on an external server that was checked. Raises LaunchError."""
    try:
        ensure_roles(owner_url, web_url)
    except psycopg.OperationalError as error:
        raise _unreachable(error, "DATABASE_OWNER_URL") from error
    except psycopg.Error as error:
        raise LaunchError(f"数据库角色未能建立：{_first_line(error)}。") from error
    _reached(web_url, "DATABASE_URL").close()


def _reached(url: str, variable: str) -> psycopg.Connection:
    try:
        return psycopg.connect(url, connect_timeout=5)
    except psycopg.Error as error:
        raise _unreachable(error, variable) from error


def _unreachable(error: Exception, variable: str) -> LaunchError:
    """LaunchError for a server that does not answer or refuses the login of `variable`."""
    return LaunchError(f"无法连接数据库，请检查 {variable} 与 PostgreSQL 服务（{_first_line(error)}）。")


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]


def _shortcomings(connection: psycopg.Connection, web_url: str) -> list[str]:
    version = connection.info.server_version // 10000
    if version < MINIMUM_VERSION:
        return [f"版本须为 {MINIMUM_VERSION} 或更高，现为 {version}"]
    shortcomings = []
    bypass, create, superuser = connection.execute(
        "SELECT rolbypassrls, rolcreaterole, rolsuper FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if not superuser:
        lacking = [word for word, has in (("BYPASSRLS", bypass), ("CREATEROLE", create)) if not has]
        if lacking:
            shortcomings.append(f"登录 {connection.info.user} 缺少 {'、'.join(lacking)}")
    if not connection.execute("SELECT has_schema_privilege('public', 'CREATE')").fetchone()[0]:
        shortcomings.append(f"登录 {connection.info.user} 须为数据库 {connection.info.dbname} 的所有者")
    encoding, collation = connection.execute(
        "SELECT pg_encoding_to_char(encoding),"
        " CASE datlocprovider WHEN 'c' THEN datcollate WHEN 'b' THEN datlocale ELSE 'ICU ' || datlocale END"
        " FROM pg_database WHERE datname = current_database()"
    ).fetchone()
    if encoding != "UTF8":
        shortcomings.append(f"数据库编码须为 UTF8，现为 {encoding}")
    if collation not in PLAIN_LOCALES:
        shortcomings.append(f"排序规则须为 C 或 C.UTF-8，现为 {collation}")
    web = unquote(urlsplit(web_url).username or WEB)
    row = connection.execute(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [web]
    ).fetchone()
    if web == connection.info.user or (row and row[0]):
        shortcomings.append(f"DATABASE_URL 的登录 {web} 不得是超级用户、所有者，也不得有 BYPASSRLS")
    return shortcomings
