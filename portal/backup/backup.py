"""Online backup of a deployment into one file, while the portal runs.

Counts, checksums and dump use one snapshot of the database. Files are listed after it was taken and none is deleted
meanwhile (`portal.files.storage`), so that every row has its file; a file newer than the snapshot does no harm.
"""

import base64
import datetime
import fcntl
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import psycopg
from django.utils import timezone

from portal.backup import archive, catalogue
from portal.backup.errors import BackupError
from portal.backup.programs import address, program
from portal.backup.versions import applied_migrations, portal_version
from portal.crypto import reencryption
from portal.files.storage import UNFINISHED, StorageFull, deletion_blocked, is_full, sync_folder

FORMAT = 1
Say = Callable[[str], None]
_README = """里仁备份文件

恢复：在空的数据目录里放好密钥文件 keys/data_keys.json，然后执行
    manage.py restore 本文件
详见里仁的 docs/operating.zh.md“备份和恢复”一节。

密钥不在备份里。没有原来的密钥文件，证件号码、导入的原文件和生成的文件都无法读出。需要的密钥编号：{keys}
"""


@dataclass(frozen=True, slots=True)
class BackupSummary:
    """Summary of a finished backup."""

    size: int
    tables: int
    rows: int
    files: int


def back_up(
    url: str, media: Path, target: Path, *, recipient=None, force: bool = False, say: Say
) -> BackupSummary:
    """Write the backup `target`, encrypted for `recipient` if given. Raises BackupError.

    The file appears atomically when it is complete, readable by its owner only.
    """
    if target.exists() and not force:
        raise BackupError(f"文件 {target} 已存在；要覆盖请加 --force。")
    try:
        with _temporary_file(target) as file:
            with deletion_blocked(media) as alone:
                if not alone:
                    raise BackupError("另一个备份正在进行，请等它结束。")
                if recipient is None:
                    counts = _write(file, url, media, say)
                else:
                    with archive.encrypting(file, recipient) as stream:
                        counts = _write(stream, url, media, say)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
            _publish(target, force)
    except StorageFull as full:
        raise BackupError("磁盘空间不足，备份没有写成。请清理或换一个位置。") from full
    except psycopg.Error as problem:
        raise BackupError(
            f"数据库读取中断，备份没有写成（{str(problem).strip().splitlines()[0]}）。"
        ) from problem
    except OSError as problem:
        if is_full(problem):
            raise BackupError("磁盘空间不足，备份没有写成。请清理或换一个位置。") from problem
        raise BackupError(
            f"备份没有写成：{problem.strerror or problem}（{problem.filename or target}）。"
        ) from problem
    return BackupSummary(size, *counts)


@contextmanager
def _temporary_file(target: Path) -> Iterator[BinaryIO]:
    """Context manager with the locked temporary file beside `target`; one left by a killed backup is reused."""
    aside = _temporary_path(target)
    descriptor = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"另一个备份正在写 {target}，请等它结束。") from None
        file.truncate(0)
        os.fchmod(descriptor, 0o600)
        try:
            yield file
        finally:
            aside.unlink(missing_ok=True)


def _temporary_path(target: Path) -> Path:
    return target.with_name(f".{target.name}{UNFINISHED}")


def _publish(target: Path, force: bool) -> None:
    if force:
        os.replace(_temporary_path(target), target)
    else:
        try:
            os.link(_temporary_path(target), target)
        except FileExistsError:
            raise BackupError(f"文件 {target} 已存在；要覆盖请加 --force。") from None
    sync_folder(target.absolute().parent)


def _write(stream: BinaryIO, url: str, media: Path, say: Say) -> tuple[int, int, int]:
    """Write the archive to the stream; return the numbers of tables, rows and files."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        catalogue.set_plain_session(connection)
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()[0]
        server = connection.info.server_version // 10000
        say("正在核对数据库")
        manifest = _manifest(connection, media)
        writer = archive.ArchiveWriter(stream)
        writer.add_json(archive.MANIFEST, manifest)
        keys = "、".join(map(str, manifest["keys"]["data"])) or "无"
        writer.add_bytes("README.txt", _README.format(keys=keys).encode())
        say("正在导出数据库")
        _dump(writer, url, server, snapshot, say)
    files = 0
    for path in files_below(media):
        files += 1
        if files % 1000 == 0:
            say(f"已写入文件 {files} 个")
        writer.add_file(f"{archive.FILES}{path.relative_to(media).as_posix()}", path)
    writer.close()
    return len(manifest["tables"]), sum(table["rows"] for table in manifest["tables"].values()), files


def _manifest(connection: psycopg.Connection, media: Path) -> dict:
    tables = {
        name: {"rows": checksum.rows, "sum": checksum.sum}
        for name in catalogue.tables(connection)
        if name not in catalogue.EXCLUDED_TABLES
        for checksum in [catalogue.checksum_of(connection, name)]
    }
    canary_rows = connection.execute("SELECT name, uuid, value FROM portal_keycheck ORDER BY id")
    return {
        "format": FORMAT,
        "made_at": timezone.now().astimezone(datetime.UTC).isoformat(timespec="seconds"),
        "portal": portal_version(),
        "migrations": applied_migrations(connection),
        "postgresql": connection.info.parameter_status("server_version"),
        "keys": {
            "data": reencryption.key_ids_in_use(connection, media),
            "canaries": {
                name: {"uuid": str(row), "value": base64.b64encode(value).decode()}
                for name, row, value in canary_rows
            },
        },
        "roles": catalogue.roles(connection),
        "tables": tables,
        "left_out": list(catalogue.EXCLUDED_TABLES),
        "definitions": catalogue.definitions(connection),
    }


def _dump(writer: archive.ArchiveWriter, url: str, server: int, snapshot: str, say: Say) -> None:
    argument, environment = address(url)
    command = [
        program("pg_dump", server),
        argument,
        "--format=custom",
        f"--snapshot={snapshot}",
        "--no-password",
        "--exclude-extension=*",  # none is needed, and creating one requires a superuser
        *(f"--exclude-table-data=public.{table}" for table in catalogue.EXCLUDED_TABLES),
    ]
    messages: list[bytes] = []
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as dump:
        listening = threading.Thread(target=lambda: messages.append(dump.stderr.read()))
        listening.start()
        try:
            writer.add_stream(archive.DATABASE, dump.stdout, _report_every(100, say))
        except BaseException:
            dump.kill()
            raise
        finally:
            listening.join()
    if dump.returncode:
        reason = b"".join(messages).decode(errors="replace").strip().splitlines()
        raise BackupError(f"pg_dump 没有完成，备份没有写成（{reason[-1] if reason else dump.returncode}）。")


def _report_every(mib: int, say: Say) -> Callable[[int], None]:
    """Progress callback that reports every `mib` MiB."""
    next_at = mib

    def step(done: int) -> None:
        nonlocal next_at
        if done >= next_at * 1024**2:
            say(f"已导出 {done // 1024**2} MiB")
            next_at = done // 1024**2 + mib

    return step


def files_below(folder: Path) -> Iterator[Path]:
    """Complete files of a storage, in a fixed order."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.endswith(UNFINISHED):
            yield path
