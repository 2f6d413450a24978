"""Format of the backup file: a tar, written and read as a stream, optionally encrypted with age.

    manifest.json            description of the content, and requirements of the target
    README.txt               instructions for restoring
    database/000001 …        output of pg_dump, in chunks, because its length is not known beforehand
    files/…                  the private files
    contents.json            size and SHA-256 of each of the above; a file without it is truncated

Ordinary tools open it too: `age -d`, `tar -x`, and `cat database/* | pg_restore`.
"""

import hashlib
import io
import json
import os
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyrage

from portal.backup.errors import BackupError

MANIFEST = "manifest.json"
DATABASE = "database/"
FILES = "files/"
CONTENTS = "contents.json"
_AGE = b"age-encryption.org/"
_CHUNK_BYTES = 4 * 1024**2
_DAMAGED = "备份文件不完整或已损坏，请换一份备份。"


class ArchiveWriter:
    """Writes the members of an archive to a stream."""

    def __init__(self, stream: BinaryIO):
        # Not tarfile's own stream mode: an aborted one still writes when it is garbage-collected.
        self._tar = tarfile.TarFile(fileobj=_CountingStream(stream), mode="w", format=tarfile.PAX_FORMAT)
        self._contents: dict[str, list] = {}

    def add_bytes(self, name: str, content: bytes) -> None:
        self._add(name, len(content), io.BytesIO(content))

    def add_json(self, name: str, value) -> None:
        self.add_bytes(name, json.dumps(value, ensure_ascii=False, indent=1).encode())

    def add_stream(self, folder: str, stream: BinaryIO, step: Callable[[int], None]) -> None:
        """Write all data of a pipe in chunks; `step` gets the number of bytes so far."""
        number = total = 0
        while piece := stream.read(_CHUNK_BYTES):
            number += 1
            total += len(piece)
            self.add_bytes(f"{folder}{number:06}", piece)
            step(total)

    def add_file(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            self._add(name, os.fstat(file.fileno()).st_size, file)

    def close(self) -> None:
        self.add_json(CONTENTS, self._contents)
        self._tar.close()

    def _add(self, name: str, size: int, file: BinaryIO) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        hashing = _HashingReader(file)
        self._tar.addfile(member, hashing)
        self._contents[name] = [size, hashing.digest.hexdigest()]


class _CountingStream:
    """Output stream that counts its bytes, because a pipe has no position."""

    def __init__(self, stream: BinaryIO):
        self._stream = stream
        self._position = 0

    def write(self, content: bytes) -> None:
        self._stream.write(content)
        self._position += len(content)

    def tell(self) -> int:
        return self._position


class _HashingReader:
    """Reader that computes a digest of what is read."""

    def __init__(self, file: BinaryIO):
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        content = self._file.read(size)
        self.digest.update(content)
        return content


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """One member of the archive; `pieces` can be read only until the next member."""

    name: str
    size: int
    pieces: Iterator[bytes]

    def json(self):
        try:
            return json.loads(b"".join(self.pieces))
        except ValueError as problem:
            raise BackupError(_DAMAGED) from problem


def members(path: Path, identity: Path | None) -> Iterator[ArchiveMember]:
    """All members in order. Raises BackupError for a file that is no archive, truncated or modified.

    The content is verified only at the end: a caller that stops earlier has unverified bytes.
    """
    digests_by_name: dict[str, list] = {}
    with _open_archive(path, identity) as stream:
        try:
            with tarfile.open(fileobj=stream, mode="r|", bufsize=_CHUNK_BYTES) as tar:
                for entry in tar:
                    if not entry.isfile():
                        raise BackupError(_DAMAGED)
                    hashing = _HashingReader(tar.extractfile(entry))
                    pieces = _pieces(hashing)
                    if entry.name == CONTENTS:
                        if ArchiveMember(entry.name, entry.size, pieces).json() != digests_by_name:
                            raise BackupError(_DAMAGED)
                        return
                    yield ArchiveMember(entry.name, entry.size, pieces)
                    for _ in pieces:  # skip what the caller did not read
                        pass
                    digests_by_name[entry.name] = [entry.size, hashing.digest.hexdigest()]
        except (tarfile.TarError, EOFError) as problem:
            raise BackupError(_DAMAGED) from problem
    raise BackupError(_DAMAGED)


def _pieces(file: _HashingReader) -> Iterator[bytes]:
    try:
        while piece := file.read(_CHUNK_BYTES):
            yield piece
    except tarfile.TarError as problem:
        raise BackupError(_DAMAGED) from problem


# Encryption. age copies from stream to stream, so it runs in a thread beside the writer or reader.


def recipient_of(key: str):
    """Recipient for encryption: an age or SSH public key. Raises BackupError."""
    kind = pyrage.ssh if key.startswith("ssh-") else pyrage.x25519
    try:
        return kind.Recipient.from_str(key.strip())
    except pyrage.RecipientError as problem:
        raise BackupError(
            "--recipient 应为 age 公钥（age1…）或 SSH 公钥（ssh-ed25519 …），"
            "没有的可用 manage.py backup_key 生成。"
        ) from problem


def new_identity() -> tuple[str, str]:
    """New key pair: the content of a private key file, and the public key."""
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    return f"# public key: {public}\n{identity}\n", public


def identities_of(path: Path) -> list:
    """Private keys in a key file of age or OpenSSH. Raises BackupError."""
    try:
        content = path.read_bytes()
        if content.lstrip().startswith(b"-----BEGIN"):
            return [pyrage.ssh.Identity.from_buffer(content)]
        lines = [line.strip() for line in content.decode().splitlines()]
        identities = [pyrage.x25519.Identity.from_str(x) for x in lines if x and not x.startswith("#")]
    except OSError as problem:
        raise BackupError(f"私钥文件 {path} 无法读取（{problem.strerror}）。") from problem
    except (pyrage.IdentityError, UnicodeDecodeError) as problem:
        raise BackupError(f"文件 {path} 不是 age 或 SSH 的私钥。") from problem
    if not identities:
        raise BackupError(f"文件 {path} 里没有私钥。")
    return identities


@contextmanager
def encrypting(stream: BinaryIO, recipient) -> Iterator[BinaryIO]:
    """Context manager with a stream whose content is written encrypted to `stream`."""
    reading, writing = os.pipe()
    failures = []

    def encrypt() -> None:
        try:
            with os.fdopen(reading, "rb") as source:
                pyrage.encrypt_io(source, stream, [recipient])
        except Exception as problem:
            failures.append(problem)

    thread = threading.Thread(target=encrypt, name="encryption of a backup")
    thread.start()
    try:
        with os.fdopen(writing, "wb") as target:
            yield target
    except BrokenPipeError:
        thread.join()
        if not failures:
            raise
    finally:
        thread.join()
    if failures:
        raise failures[0]


@contextmanager
def _open_archive(path: Path, identity: Path | None) -> Iterator[BinaryIO]:
    try:
        file = path.open("rb")
    except OSError as problem:
        raise BackupError(f"备份文件 {path} 无法读取（{problem.strerror}）。") from problem
    with file:
        encrypted = file.read(len(_AGE)) == _AGE
        file.seek(0)
        if not encrypted:
            yield file
            return
        if identity is None:
            raise BackupError("备份文件已加密，请用 --identity 给出私钥文件。")
        with _decrypting(file, identities_of(identity)) as stream:
            yield stream


@contextmanager
def _decrypting(file: BinaryIO, identities: list) -> Iterator[BinaryIO]:
    reading, writing = os.pipe()
    failures = []

    def decrypt() -> None:
        try:
            with os.fdopen(writing, "wb") as target:
                pyrage.decrypt_io(file, target, identities)
        except Exception as problem:
            failures.append(problem)

    thread = threading.Thread(target=decrypt, name="decryption of a backup")
    thread.start()
    try:
        with os.fdopen(reading, "rb") as source:
            yield source
    except BackupError as problem:
        thread.join()
        if failures and "No matching keys" in str(failures[0]):
            raise BackupError("私钥与备份文件不符，请换一个私钥文件。") from failures[0]
        raise problem
    finally:
        thread.join()
