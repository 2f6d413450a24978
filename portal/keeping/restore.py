"""A backup into an empty place, all or nothing, compared afterwards with what it was made of.

The file is read twice: first to the end without writing anything, so that a cut or changed one is refused while the
place is still empty; then into the database, in one transaction of pg_restore, and into a folder that gets its name
at the end. Until then a mark in the data folder and a table in the database say that the place is not complete;
the portal does not start on it, and the next `restore` begins anew.
"""

import base64
import hashlib
import os
import shutil
import subprocess
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import psycopg
from psycopg import sql

from portal import canaries, vault
from portal.database.compatibility import OLD_BACKUP, began_otherwise
from portal.keeping import KeepingError, archive, catalogue
from portal.keeping.backup import FORMAT, files_below
from portal.keeping.programs import address, program
from portal.keeping.versions import portal_version, unknown_migrations
from portal.launch import UNFINISHED_RESTORE
from portal.storage import is_full, sync_folder

Say = Callable[[str], None]
_MARK = "liren_unfinished_restore"
"""A table that stands in the database as long as its restore is not complete."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What came back, and every difference from what the backup was made of, one sentence each."""

    tables: int
    rows: int
    files: int
    differences: list[str]
    left_out: list[str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a backup is restored to: the database, by its owner's login, and the data folder with the files."""

    url: str
    var: Path
    media: Path

    @property
    def mark(self) -> Path:
        return self.var / UNFINISHED_RESTORE

    @property
    def coming_media(self) -> Path:
        return self.media.with_name(f"{self.media.name}.restoring")


def restore(path: Path, place: Place, *, identity: Path | None = None, say: Say) -> Compared:
    """Restore `path` into `place` and compare. Raises KeepingError."""
    try:
        say("正在检查备份文件")
        manifest, files = _examined(path, identity)
        with psycopg.connect(place.url, connect_timeout=10, autocommit=True) as connection:
            catalogue.make_plain(connection)
            _empty(connection, place)
            say(_with_roles(connection, manifest["roles"]) or "数据库角色齐全")
            _begin(connection, place)
            say("正在恢复数据库")
            _pour(path, identity, place, connection.info.server_version // 10000, say)
            say("正在核对")
            compared = _compare(connection, place, manifest, files)
            if not compared.differences:
                _finish(connection, place)
        return compared
    except psycopg.Error as problem:
        raise KeepingError(
            f"数据库出错，恢复没有完成（{str(problem).strip().splitlines()[0]}）。"
        ) from problem
    except OSError as problem:
        if is_full(problem):
            raise KeepingError("磁盘空间不足，恢复没有完成。请清理后重新执行 restore。") from problem
        raise KeepingError(
            f"恢复没有完成：{problem.strerror or problem}（{problem.filename}）。"
        ) from problem


# The file


def _examined(path: Path, identity: Path | None) -> tuple[dict, dict[str, tuple[int, str]]]:
    """The manifest, and size and digest of each file, of a backup that is whole and fits this portal and its keys."""
    manifest, files = None, {}
    for member in archive.members(path, identity):
        if manifest is None:
            if member.name != archive.MANIFEST:
                break
            manifest = member.json()
            _check_version(manifest)
            _check_keys(manifest)
        elif member.name.startswith(archive.FILES):
            digest = hashlib.sha256()
            for piece in member.pieces:
                digest.update(piece)
            files[_relative(member.name)] = (member.size, digest.hexdigest())
    if manifest is None:
        raise KeepingError(f"{path} 不是里仁的备份文件。")
    return manifest, files


def _relative(name: str) -> str:
    """The path of a file below the storage. Whoever made the backup does not decide where else files go."""
    path = PurePosixPath(name.removeprefix(archive.FILES))
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise KeepingError("备份文件里有不合规的文件名，不能恢复。")
    return str(path)


def _check_version(manifest: dict) -> None:
    if began_otherwise((app, name) for app, name in manifest["migrations"]):
        raise KeepingError(OLD_BACKUP)
    if manifest["format"] != FORMAT or (unknown := unknown_migrations(manifest["migrations"])):
        more = f"，缺少 {unknown[-1]} 等 {len(unknown)} 项数据库更新" if manifest["format"] == FORMAT else ""
        raise KeepingError(
            f"备份来自较新的里仁（{manifest['portal']}，本机 {portal_version()}{more}），请先升级再恢复。"
        )


def _check_keys(manifest: dict) -> None:
    """Before anything is written: data without its keys would look restored and be lost."""
    kept = {
        name: (uuid.UUID(canary["uuid"]), base64.b64decode(canary["value"]))
        for name, canary in manifest["keys"]["canaries"].items()
    }
    try:
        trouble = canaries.trouble(kept)
    except vault.KeysMissing as damaged:
        raise KeepingError(str(damaged)) from damaged
    if trouble:
        raise KeepingError(str(trouble))


# The place


def _empty(connection: psycopg.Connection, place: Place) -> None:
    """Refuse a place with data; clear what an interrupted restore left."""
    present = catalogue.tables(connection)
    if _MARK in present:
        connection.execute(
            "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
            " ALTER SCHEMA public OWNER TO pg_database_owner; GRANT USAGE ON SCHEMA public TO PUBLIC"
        )
    elif present:
        raise KeepingError(
            f"数据库里已有数据（{len(present)} 张表），只能恢复到空的地方。请用新的 LIREN_VAR 或空的数据库。"
        )
    shutil.rmtree(place.coming_media, ignore_errors=True)
    if place.mark.exists():
        shutil.rmtree(place.media, ignore_errors=True)
    elif place.media.exists() and any(files_below(place.media)):
        raise KeepingError(f"{place.media} 里已有文件，只能恢复到空的地方。")


def _with_roles(connection: psycopg.Connection, roles: dict[str, dict]) -> str:
    """Make the roles that the dump grants to and that are not here; a sentence about them, or nothing.

    Those of the portal were made when the server was joined. A login comes back without the right to log in, because
    no password comes with it.
    """
    existing = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    made, refused = [], []
    for name in sorted(roles.keys() - existing):
        try:
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name)))
            made.append(name)
        except psycopg.errors.InsufficientPrivilege:
            refused.append(name)
    if refused:
        raise KeepingError(
            f"缺少数据库角色 {'、'.join(refused)}，本登录无权建立，请由数据库管理员建立后再恢复。"
        )
    for member in made:
        for held in roles[member]["member_of"]:
            connection.execute(
                sql.SQL("GRANT {} TO {} WITH INHERIT {}, SET {}").format(
                    sql.Identifier(held["role"]),
                    sql.Identifier(member),
                    sql.SQL(str(held["inherit"]).upper()),
                    sql.SQL(str(held["set"]).upper()),
                )
            )
    if not made:
        return ""
    logins = [name for name in made if roles[name]["login"]]
    hint = f"；{'、'.join(logins)} 原可登录，密码须由管理员重新设置" if logins else ""
    return f"已建立数据库角色 {'、'.join(made)}{hint}"


def _begin(connection: psycopg.Connection, place: Place) -> None:
    place.mark.touch(mode=0o600)
    sync_folder(place.var)
    connection.execute(sql.SQL("CREATE TABLE IF NOT EXISTS public.{} ()").format(sql.Identifier(_MARK)))


def _finish(connection: psycopg.Connection, place: Place) -> None:
    connection.execute(sql.SQL("DROP TABLE public.{}").format(sql.Identifier(_MARK)))
    connection.execute("ANALYZE")
    place.mark.unlink()


# Database and files


def _pour(path: Path, identity: Path | None, place: Place, server: int, say: Say) -> None:
    """Database first, then the files, as they come in the archive; the files get their name last."""
    place.coming_media.mkdir(mode=0o700, parents=True)
    pouring = None
    files = 0
    try:
        for member in archive.members(path, identity):
            if member.name.startswith(archive.DATABASE):
                pouring = pouring or _Restoring(place.url, server)
                for piece in member.pieces:
                    pouring.write(piece)
            elif member.name.startswith(archive.FILES):
                if pouring:
                    pouring, done = None, pouring
                    done.close()
                _keep(place.coming_media / _relative(member.name), member.pieces)
                files += 1
                if files % 1000 == 0:
                    say(f"已恢复文件 {files} 个")
        if pouring:
            pouring, done = None, pouring
            done.close()
    finally:
        if pouring:
            pouring.kill()
    shutil.rmtree(place.media, ignore_errors=True)  # holds no file, or it would have been refused
    place.coming_media.rename(place.media)
    sync_folder(place.media.parent)


def _keep(target: Path, pieces: Iterator[bytes]) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


class _Restoring:
    """pg_restore, fed through a pipe. One transaction: killed, it leaves nothing."""

    def __init__(self, url: str, server: int):
        argument, environment = address(url)
        command = [program("pg_restore", server), argument, "--no-password", "--format=custom"]
        # Everything belongs to the login that restores, whatever the owner was called before.
        command += ["--single-transaction", "--exit-on-error", "--no-owner"]
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        self._said: list[bytes] = []
        self._listening = threading.Thread(target=self._listen)
        self._listening.start()

    def _listen(self) -> None:
        with self._process.stderr as said:
            self._said.append(said.read())

    def write(self, piece: bytes) -> None:
        try:
            self._process.stdin.write(piece)
        except BrokenPipeError:
            self.close()

    def close(self) -> None:
        """Wait for the end. Raises KeepingError."""
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        status = self._process.wait()
        self._listening.join()
        if status:
            reason = b"".join(self._said).decode(errors="replace").strip().splitlines()
            raise KeepingError(f"pg_restore 没有完成，数据库没有改动（{reason[0] if reason else status}）。")

    def kill(self) -> None:
        self._process.kill()
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()
        self._listening.join()


# Afterwards


def _compare(
    connection: psycopg.Connection, place: Place, manifest: dict, files: dict[str, tuple[int, str]]
) -> Compared:
    said = []
    rows = 0
    present = set(catalogue.tables(connection)) - {_MARK}
    for name, kept in manifest["tables"].items():
        if name not in present:
            continue  # the definitions below name it
        held = catalogue.held(connection, name)
        rows += held.rows
        if held.rows != kept["rows"]:
            said.append(f"表 {name} 应有 {kept['rows']} 行，现有 {held.rows} 行")
        elif held.sum != kept["sum"]:
            said.append(f"表 {name} 的内容与备份时不同")
    now = catalogue.definitions(connection)
    now["表"].pop(_MARK, None)
    # Another version of PostgreSQL may word a definition differently; that something is missing can still be told.
    same = manifest["postgresql"].split(".")[0] == str(connection.info.server_version // 10000)
    said += catalogue.differences(manifest["definitions"], now, only_missing=not same)
    found = {
        path.relative_to(place.media).as_posix(): (path.stat().st_size, _digest(path))
        for path in files_below(place.media)
    }
    said += [f"文件 {name} 缺失或内容不同" for name in sorted(files) if found.get(name) != files[name]]
    said += [f"文件 {name} 多出" for name in sorted(found.keys() - files.keys())]
    return Compared(len(manifest["tables"]), rows, len(found), said, manifest["left_out"])


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
