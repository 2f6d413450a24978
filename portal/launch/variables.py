"""Environment variables of the portal: their defaults and meanings, and what makes a value unusable.

Standard library only, and nothing is made here: a refused value leaves no folder, key or database behind. The tables
of docs/operating.md are generated from `VARIABLES` (`make docs`); tests compare the names with those that the code reads.
"""

import ipaddress
import os
from typing import NamedTuple
from urllib.parse import urlsplit

from portal.launch.state import DEFAULT_PORT, HOST, LaunchError, portal_address, state_path

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
DATABASE_SCHEMES = {"postgres", "postgresql"}
SHELL_CHARACTERS = frozenset('"$`\\')
"""Characters in the path of the embedded database that pg_ctl cannot pass to the server."""


class Variable(NamedTuple):
    """One environment variable, with its default and meaning in the two languages of the documents."""

    name: str
    default: str
    meaning: str
    chinese: str


VARIABLES = (
    Variable(
        "PORT",
        DEFAULT_PORT,
        "port on the loopback address",
        "本机监听的端口",
    ),
    Variable(
        "LIREN_URL",
        f"http://{HOST}:$PORT",
        "address under which people reach the portal; anything but a loopback address must be https, by a proxy in front",
        "对外的网址；不是本机地址的必须是 https，由前面的代理提供",
    ),
    Variable(
        "LIREN_TRUSTED_PROXIES",
        "",
        "addresses or networks of the proxies in front, separated by commas, whose `X-Forwarded-For` names the visitor; "
        "from any other address the header is ignored",
        "前面代理的地址或网段，用逗号分隔；只有来自这些地址的请求才按 `X-Forwarded-For` 认访客，其余一律不看",
    ),
    Variable(
        "LIREN_VAR",
        "var",
        "folder of the state; two portals beside each other need two",
        "数据目录；同时运行两套时各用各的",
    ),
    Variable(
        "DEMO",
        "1",
        "`0`: do not load the demo communities",
        "`0` 表示不加载演示社区",
    ),
    Variable(
        "DEMO_PASSWORD",
        "liren-demo",
        "password of the demo accounts, when they are loaded; another one is shown nowhere",
        "加载演示时各演示账号的密码；另设的不显示",
    ),
    Variable(
        "DATABASE_URL",
        "",
        "runtime login of a PostgreSQL 17 or later, `postgres://liren_web:…@host/liren`; empty: the embedded database",
        "自己的 PostgreSQL（17 以上）运行用的登录，`postgres://liren_web:…@host/liren`；不设则用内置数据库",
    ),
    Variable(
        "DATABASE_OWNER_URL",
        "",
        "login that owns the same database, for migrations, accounts and backups; needs `BYPASSRLS` and `CREATEROLE`",
        "同一数据库所有者的登录，用于更新结构、建账号和备份；须有 `BYPASSRLS` 和 `CREATEROLE`",
    ),
    Variable(
        "LIREN_CONNECT_SECONDS",
        "2",
        "seconds that a connection to the database is waited for; commands and the worker wait 10",
        "连接数据库等几秒；命令和后台任务等 10 秒",
    ),
    Variable(
        "XDG_RUNTIME_DIR",
        "",
        "where the socket of the embedded database lies if the path of its data folder is too long or not plain; "
        "else the temporary folder (`TMPDIR`)",
        "数据目录的路径太长或含特殊字符时，内置数据库的套接字放在这里；没有则放在临时目录（`TMPDIR`）",
    ),
)


def check_variables() -> None:
    """Refuse values that cannot be used, before anything is made. Raises LaunchError for the first one."""
    port()
    checked_url(portal_address(state_path()))
    trusted_proxies()
    _check_demo()
    _check_connect_seconds()
    if not any(database_urls()):
        _check_path()


def port() -> int:
    text = os.environ.get("PORT") or DEFAULT_PORT
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise LaunchError(f"PORT 应为 1 至 65535 的数字，现为“{text}”。")
    return int(text)


def checked_url(url: str) -> str:
    """The portal's own address, if it can be one."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https"} and parts.hostname and (parts.port is None or parts.port)
    except ValueError:
        known = False
    if not known:
        raise LaunchError(f"LIREN_URL 应为完整网址，例如 https://liren.example.cn，现为“{url}”。")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise LaunchError("LIREN_URL 不是本机地址时必须使用 https，请在 LIREN_URL 中写 https:// 开头的网址。")
    return url


def trusted_proxies() -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Networks of the proxies whose X-Forwarded-For is believed."""
    text = os.environ.get("LIREN_TRUSTED_PROXIES", "")
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise LaunchError(
            f"LIREN_TRUSTED_PROXIES 应为代理的地址或网段，用逗号分隔，例如 127.0.0.1，现为“{text}”。"
        ) from None


def _check_demo() -> None:
    text = os.environ.get("DEMO", "")
    if text not in {"", "0", "1"}:
        raise LaunchError(f"DEMO 应为 0（不加载演示数据）或 1，现为“{text}”。")


def _check_connect_seconds() -> None:
    text = os.environ.get("LIREN_CONNECT_SECONDS", "2")
    if not (text.isascii() and text.isdigit() and int(text)):
        raise LaunchError(f"LIREN_CONNECT_SECONDS 应为秒数，例如 10，现为“{text}”。")


def database_urls() -> tuple[str | None, str | None]:
    """URLs of a server of one's own: of the runtime login and of the owner; both None for the embedded server."""
    urls = []
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        url = os.environ.get(name) or None
        if url and not _is_database_url(url):  # shown without the URL, which holds a password
            raise LaunchError(
                f"{name} 应为 postgres:// 开头的数据库地址，例如 postgres://liren_web:密码@主机/liren；"
                "密码里的特殊字符用 % 编码。"
            )
        urls.append(url)
    web, owner = urls
    if owner and not web:
        raise LaunchError("设置了 DATABASE_OWNER_URL，还须用 DATABASE_URL 给出运行用的数据库登录。")
    return web, owner


def _is_database_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in DATABASE_SCHEMES
            and len(parts.path) > 1
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        return False


def require_owner() -> None:
    """For starts and commands that see every row. Raises LaunchError without the owner's login."""
    web, owner = database_urls()
    if web and not owner:
        raise LaunchError("设置了 DATABASE_URL，还须用 DATABASE_OWNER_URL 给出所有者的数据库登录。")


def _check_path() -> None:
    path = str(state_path())
    if os.geteuid() and SHELL_CHARACTERS & set(path):  # root's database lies elsewhere
        raise LaunchError(f"路径 {path} 含有引号、$ 或反斜杠，PostgreSQL 无法在其中启动，请换一个目录。")
