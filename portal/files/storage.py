"""Private file storage: atomic writes, and a sentence for the user when the disk is full.

A file is written under a temporary name, synced to disk, and only then linked under its own name, so that remains of
a full disk or a killed process are never mistaken for a file.
"""

import errno
import fcntl
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage

logger = logging.getLogger(__name__)

UNFINISHED = ".part"
"""Suffix of incomplete files."""
_FULL = {errno.ENOSPC, errno.EDQUOT}


class StorageFull(OSError):
    """No space left on disk, for a file or in the database. The text is the sentence to show."""

    def __init__(self):
        super().__init__(errno.ENOSPC, "磁盘空间不足，内容没有保存。请联系系统管理员清理后再试。")

    def __str__(self):
        return self.strerror


def is_full(problem: BaseException | None) -> bool:
    """Whether an error, or one of its causes, means that no space is left."""
    while problem is not None:
        if isinstance(problem, psycopg.errors.DiskFull):
            return True
        if isinstance(problem, OSError) and problem.errno in _FULL:
            return True
        problem = problem.__cause__
    return False


@contextmanager
def raising_storage_full():
    """Context manager that turns file and database errors about missing space into StorageFull."""
    try:
        yield
    except Exception as problem:
        if isinstance(problem, StorageFull) or not is_full(problem):
            raise
        raise StorageFull from problem


class AtomicFileStorage(FileSystemStorage):
    """Django's file storage with atomic writes. Raises StorageFull."""

    def _save(self, name, content):
        try:
            return self._write(name, content)
        except OSError as problem:
            if not is_full(problem):
                raise
            logger.warning("no space left for a file of %s bytes", content.size)
            raise StorageFull from problem

    def _write(self, name: str, content) -> str:
        with self._complete_file(name, content) as temporary:
            while True:
                try:
                    os.link(temporary, self.path(name))  # unlike rename, it never replaces another file
                    return name
                except FileExistsError:
                    name = self.get_available_name(name)

    def replace(self, name: str, content: bytes) -> None:
        """Atomically replace the content of a file; whoever is reading it reads the old one to its end."""
        with self._complete_file(name, ContentFile(content)) as temporary:
            os.replace(temporary, self.path(name))

    @contextmanager
    def _complete_file(self, name: str, content) -> Iterator[str]:
        """Context manager with the path of a temporary file beside `name` that holds `content`, synced to disk."""
        folder = Path(self.path(name)).parent
        folder.mkdir(mode=self.directory_permissions_mode or 0o777, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=UNFINISHED)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            if self.file_permissions_mode is not None:
                os.chmod(temporary, self.file_permissions_mode)
            yield temporary
        finally:
            with suppress(OSError):
                os.unlink(temporary)
        sync_folder(folder)

    def delete(self, name):
        """Delete, unless a backup is running, which may contain the file's row. The nightly sweep tries again."""
        with _lock(self.location, fcntl.LOCK_SH) as may:
            if may:
                super().delete(name)


@contextmanager
def deletion_blocked(location):
    """Context manager that blocks deletion in the storage at `location`; yields False if another process holds it."""
    with _lock(location, fcntl.LOCK_EX) as alone:
        yield alone


@contextmanager
def _lock(location, kind: int):
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
    """fsync a folder: without it a power cut may lose the name of a file that was written."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def delete_file(name: str) -> None:
    """Delete a file whose row has been deleted and committed."""
    try:
        default_storage.delete(name)
    except OSError:
        # The row is gone; the nightly sweep tries again.
        logging.getLogger(__name__).warning("could not delete the file of an attachment: %s", name)
