"""Restore a backup into an empty deployment, all or nothing, and verify the result against the manifest.

The file is read twice: first to the end without writing anything, so that a truncated or modified one is refused;
then into the database, in one transaction of pg_restore, and into a temporary folder that is renamed at the end.
Until then a mark file in the data folder and a table in the database mark the restore as incomplete: the portal does
not start, and the next `restore` begins again.
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

from portal.backup import archive, catalogue
from portal.backup.backup import FORMAT, files_below
from portal.backup.errors import BackupError
from portal.backup.programs import address, program
from portal.backup.versions import portal_version, unknown_migrations
from portal.crypto import key_check, vault
from portal.database.compatibility import OLD_BACKUP, has_other_initial_migration
from portal.files.storage import is_full, sync_folder
from portal.launch.state import UNFINISHED_RESTORE

Say = Callable[[str], None]
_MARK = "liren_unfinished_restore"
"""Table that exists in the database while its restore is incomplete."""


@dataclass(frozen=True, slots=True)
class RestoreSummary:
    """Summary of a restore, and every difference from the backup's manifest, one sentence each."""

    tables: int
    rows: int
    files: int
    differences: list[str]
    left_out: list[str]


@dataclass(frozen=True, slots=True)
class RestoreTarget:
    """Target of a restore: the database, by its owner's login, and the data folder with the files."""

    url: str
    var: Path
    media: Path

    @property
    def mark(self) -> Path:
        return self.var / UNFINISHED_RESTORE

    @property
    def temporary_media(self) -> Path:
        return self.media.with_name(f"{self.media.name}.restoring")


def restore(path: Path, place: RestoreTarget, *, identity: Path | None = None, say: Say) -> RestoreSummary:
    """Restore `path` into `place` and verify the result. Raises BackupError."""
    try:
        say("正在检查备份文件")
        manifest, files = _examine(path, identity)
        with psycopg.connect(place.url, connect_timeout=10, autocommit=True) as connection:
            catalogue.set_plain_session(connection)
            _require_empty(connection, place)
            say(_create_roles(connection, manifest["roles"]) or "数据库角色齐全")
            _begin(connection, place)
            say("正在恢复数据库")
            _restore_content(path, identity, place, connection.info.server_version // 10000, say)
            say("正在核对")
            compared = _compare(connection, place, manifest, files)
            if not compared.differences:
                _finish(connection, place)
        return compared
    except psycopg.Error as problem:
        raise BackupError(
            f"数据库出错，恢复没有完成（{str(problem).strip().splitlines()[0]}）。"
        ) from problem
    except OSError as problem:
        if is_full(problem):
            raise BackupError("磁盘空间不足，恢复没有完成。请清理后重新执行 restore。") from problem
        raise BackupError(f"恢复没有完成：{problem.strerror or problem}（{problem.filename}）。") from problem


# The file


def _examine(path: Path, identity: Path | None) -> tuple[dict, dict[str, tuple[int, str]]]:
    """Verify a backup: complete, of a known version, matching keys. Return its manifest, and size and digest of each file."""
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
        raise BackupError(f"{path} 不是里仁的备份文件。")
    return manifest, files


def _relative(name: str) -> str:
    """Relative path of a stored file. Refuses paths outside the storage, since a backup may be forged."""
    path = PurePosixPath(name.removeprefix(archive.FILES))
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise BackupError("备份文件里有不合规的文件名，不能恢复。")
    return str(path)


def _check_version(manifest: dict) -> None:
    if has_other_initial_migration((app, name) for app, name in manifest["migrations"]):
        raise BackupError(OLD_BACKUP)
    if manifest["format"] != FORMAT or (unknown := unknown_migrations(manifest["migrations"])):
        more = f"，缺少 {unknown[-1]} 等 {len(unknown)} 项数据库更新" if manifest["format"] == FORMAT else ""
        raise BackupError(
            f"备份来自较新的里仁（{manifest['portal']}，本机 {portal_version()}{more}），请先升级再恢复。"
        )


def _check_keys(manifest: dict) -> None:
    """Refuse a backup whose keys are missing here: its data would look restored but be unreadable."""
    stored_canaries = {
        name: (uuid.UUID(canary["uuid"]), base64.b64decode(canary["value"]))
        for name, canary in manifest["keys"]["canaries"].items()
    }
    try:
        problem = key_check.key_problem(stored_canaries)
    except vault.KeysMissing as damaged:
        raise BackupError(str(damaged)) from damaged
    if problem:
        raise BackupError(str(problem))


# The place


def _require_empty(connection: psycopg.Connection, place: RestoreTarget) -> None:
    """Refuse a target with data; clear the remains of an interrupted restore."""
    present = catalogue.tables(connection)
    if _MARK in present:
        connection.execute(
            "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
            " ALTER SCHEMA public OWNER TO pg_database_owner; GRANT USAGE ON SCHEMA public TO PUBLIC"
        )
    elif present:
        raise BackupError(
            f"数据库里已有数据（{len(present)} 张表），只能恢复到空的地方。请用新的 LIREN_VAR 或空的数据库。"
        )
    shutil.rmtree(place.temporary_media, ignore_errors=True)
    if place.mark.exists():
        shutil.rmtree(place.media, ignore_errors=True)
    elif place.media.exists() and any(files_below(place.media)):
        raise BackupError(f"{place.media} 里已有文件，只能恢复到空的地方。")


def _create_roles(connection: psycopg.Connection, roles: dict[str, dict]) -> str:
    """Create missing roles to which the dump grants rights; return a sentence about them, or an empty text.

    The portal's own roles were created when the server was prepared. Other logins are restored without LOGIN, because
    the backup contains no passwords.
    """
    existing = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    created, refused = [], []
    for name in sorted(roles.keys() - existing):
        try:
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name)))
            created.append(name)
        except psycopg.errors.InsufficientPrivilege:
            refused.append(name)
    if refused:
        raise BackupError(
            f"缺少数据库角色 {'、'.join(refused)}，本登录无权建立，请由数据库管理员建立后再恢复。"
        )
    for member in created:
        for membership in roles[member]["member_of"]:
            connection.execute(
                sql.SQL("GRANT {} TO {} WITH INHERIT {}, SET {}").format(
                    sql.Identifier(membership["role"]),
                    sql.Identifier(member),
                    sql.SQL(str(membership["inherit"]).upper()),
                    sql.SQL(str(membership["set"]).upper()),
                )
            )
    if not created:
        return ""
    logins = [name for name in created if roles[name]["login"]]
    hint = f"；{'、'.join(logins)} 原可登录，密码须由管理员重新设置" if logins else ""
    return f"已建立数据库角色 {'、'.join(created)}{hint}"


def _begin(connection: psycopg.Connection, place: RestoreTarget) -> None:
    place.mark.touch(mode=0o600)
    sync_folder(place.var)
    connection.execute(sql.SQL("CREATE TABLE IF NOT EXISTS public.{} ()").format(sql.Identifier(_MARK)))


def _finish(connection: psycopg.Connection, place: RestoreTarget) -> None:
    connection.execute(sql.SQL("DROP TABLE public.{}").format(sql.Identifier(_MARK)))
    connection.execute("ANALYZE")
    place.mark.unlink()


# Database and files


def _restore_content(path: Path, identity: Path | None, place: RestoreTarget, server: int, say: Say) -> None:
    """Restore the database, then the files, in the order of the archive; the files' folder is renamed last."""
    place.temporary_media.mkdir(mode=0o700, parents=True)
    restoring = None
    files = 0
    try:
        for member in archive.members(path, identity):
            if member.name.startswith(archive.DATABASE):
                restoring = restoring or _Restoring(place.url, server)
                for piece in member.pieces:
                    restoring.write(piece)
            elif member.name.startswith(archive.FILES):
                if restoring:
                    restoring, finished = None, restoring
                    finished.close()
                _write_file(place.temporary_media / _relative(member.name), member.pieces)
                files += 1
                if files % 1000 == 0:
                    say(f"已恢复文件 {files} 个")
        if restoring:
            restoring, finished = None, restoring
            finished.close()
    finally:
        if restoring:
            restoring.kill()
    shutil.rmtree(place.media, ignore_errors=True)  # has no files, or `_require_empty` would have refused it
    place.temporary_media.rename(place.media)
    sync_folder(place.media.parent)


def _write_file(target: Path, pieces: Iterator[bytes]) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


class _Restoring:
    """pg_restore, fed through a pipe. It uses one transaction, so that killing it leaves nothing."""

    def __init__(self, url: str, server: int):
        argument, environment = address(url)
        command = [program("pg_restore", server), argument, "--no-password", "--format=custom"]
        # Everything will belong to the login that restores, whatever the former owner was called.
        command += ["--single-transaction", "--exit-on-error", "--no-owner"]
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        self._messages: list[bytes] = []
        self._reader = threading.Thread(target=self._read_messages)
        self._reader.start()

    def _read_messages(self) -> None:
        with self._process.stderr as messages:
            self._messages.append(messages.read())

    def write(self, piece: bytes) -> None:
        try:
            self._process.stdin.write(piece)
        except BrokenPipeError:
            self.close()

    def close(self) -> None:
        """Wait for pg_restore to end. Raises BackupError."""
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        status = self._process.wait()
        self._reader.join()
        if status:
            reason = b"".join(self._messages).decode(errors="replace").strip().splitlines()
            raise BackupError(f"pg_restore 没有完成，数据库没有改动（{reason[0] if reason else status}）。")

    def kill(self) -> None:
        self._process.kill()
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()
        self._reader.join()


# Afterwards


def _compare(
    connection: psycopg.Connection, place: RestoreTarget, manifest: dict, files: dict[str, tuple[int, str]]
) -> RestoreSummary:
    sentences = []
    rows = 0
    present = set(catalogue.tables(connection)) - {_MARK}
    for name, expected in manifest["tables"].items():
        if name not in present:
            continue  # reported with the definitions below
        actual = catalogue.checksum_of(connection, name)
        rows += actual.rows
        if actual.rows != expected["rows"]:
            sentences.append(f"表 {name} 应有 {expected['rows']} 行，现有 {actual.rows} 行")
        elif actual.sum != expected["sum"]:
            sentences.append(f"表 {name} 的内容与备份时不同")
    current_definitions = catalogue.definitions(connection)
    current_definitions["表"].pop(_MARK, None)
    # Another version of PostgreSQL may print definitions differently; only missing objects can be reported then.
    same = manifest["postgresql"].split(".")[0] == str(connection.info.server_version // 10000)
    sentences += catalogue.differences(manifest["definitions"], current_definitions, only_missing=not same)
    actual_files = {
        path.relative_to(place.media).as_posix(): (path.stat().st_size, _digest(path))
        for path in files_below(place.media)
    }
    sentences += [
        f"文件 {name} 缺失或内容不同" for name in sorted(files) if actual_files.get(name) != files[name]
    ]
    sentences += [f"文件 {name} 多出" for name in sorted(actual_files.keys() - files.keys())]
    return RestoreSummary(len(manifest["tables"]), rows, len(actual_files), sentences, manifest["left_out"])


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
