"""Private files on disk: whole or not at all, and a full disk is said in a sentence.

A file is written under a name that nobody asks for, brought to the disk, and only then given its own name. What
a full disk or a killed process leaves is never taken for a file.
"""

import errno
import fcntl
import logging
import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from django.core.files.storage import FileSystemStorage

logger = logging.getLogger(__name__)

UNFINISHED = ".part"
"""How the names of files end that are not whole yet."""
_FULL = {errno.ENOSPC, errno.EDQUOT}


class StorageFull(OSError):
    """No space is left, for a file or in the database. The text is the sentence to show."""

    def __init__(self):
        super().__init__(errno.ENOSPC, "磁盘空间不足，内容没有保存。请联系系统管理员清理后再试。")

    def __str__(self):
        return self.strerror


def is_full(problem: BaseException | None) -> bool:
    """Whether an error, or what it came from, says that no space is left."""
    while problem is not None:
        if isinstance(problem, psycopg.errors.DiskFull):
            return True
        if isinstance(problem, OSError) and problem.errno in _FULL:
            return True
        problem = problem.__cause__
    return False


@contextmanager
def refusing_when_full():
    """Raise StorageFull in place of what files or database raise when no space is left."""
    try:
        yield
    except Exception as problem:
        if isinstance(problem, StorageFull) or not is_full(problem):
            raise
        raise StorageFull from problem


class WholeFiles(FileSystemStorage):
    """Django's file storage, where a file appears complete. Raises StorageFull."""

    def _save(self, name, content):
        try:
            return self._write(name, content)
        except OSError as problem:
            if not is_full(problem):
                raise
            logger.warning("no space left for a file of %s bytes", content.size)
            raise StorageFull from problem

    def _write(self, name: str, content) -> str:
        folder = Path(self.path(name)).parent
        folder.mkdir(mode=self.directory_permissions_mode or 0o777, parents=True, exist_ok=True)
        descriptor, aside = tempfile.mkstemp(dir=folder, prefix=".", suffix=UNFINISHED)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            if self.file_permissions_mode is not None:
                os.chmod(aside, self.file_permissions_mode)
            while True:
                try:
                    os.link(aside, self.path(name))  # unlike a renaming, never in place of another file
                    break
                except FileExistsError:
                    name = self.get_available_name(name)
        finally:
            with suppress(OSError):
                os.unlink(aside)
        sync_folder(folder)
        return name

    def delete(self, name):
        """Delete, unless a backup is being made: it may hold the row of this file. The daily sweep comes again."""
        with _held(self.location, fcntl.LOCK_SH) as may:
            if may:
                super().delete(name)


@contextmanager
def nothing_deleted(location):
    """Keep every file of the storage at `location` while the block runs; yields whether nobody else does so."""
    with _held(location, fcntl.LOCK_EX) as alone:
        yield alone


@contextmanager
def _held(location, kind: int):
    lock = Path(location).with_name(f"{Path(location).name}.lock")
    lock.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(lock, "w") as file:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk: without this a power cut may forget a file that was written."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
