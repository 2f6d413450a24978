"""Encrypted files in the database, stored in parts."""

import io
import itertools
import uuid

from django.db import models

from portal.access.querysets import ScopedQuerySet
from portal.crypto import vault

PART_BYTES = 1_000_000


class PartsStream(io.RawIOBase):
    """Write-only stream into the encrypted parts (`FilePart`) of a stored file, each of `PART_BYTES`."""

    def __init__(self, file: models.Model):
        self._file = file
        self._waiting = bytearray()
        self._numbers = itertools.count()

    def writable(self) -> bool:
        return True

    def write(self, content) -> int:
        self._waiting += content
        while len(self._waiting) >= PART_BYTES:
            self._write_part()
        return len(content)

    def close(self) -> None:
        if not self.closed and self._waiting:
            self._write_part()
        super().close()

    def _write_part(self) -> None:
        content = bytes(self._waiting[:PART_BYTES])
        del self._waiting[:PART_BYTES]
        part = self._file.parts.model(
            community_id=self._file.community_id, file=self._file, number=next(self._numbers)
        )
        part.content = vault.encrypt_bytes(content, *encryption_context(part))
        part.save()


def content_of(file: models.Model) -> bytes:
    """Decrypted content of a stored file. Raises vault.SecretUnreadable."""
    parts = file.parts.filter(community_id=file.community_id).order_by("number")
    return b"".join(vault.decrypt_bytes(part.content, *encryption_context(part)) for part in parts)


def encryption_context(part: models.Model) -> tuple[str, uuid.UUID]:
    """Encryption context of a part: column with part number, and the file's uuid, so that parts cannot be swapped."""
    return f"{part.encryption_contexts['content']}.{part.number}", part.file.uuid


class FilePart(models.Model):
    """Encrypted part of a stored file. In parts, so that no process needs the whole file in memory."""

    community_id = models.BigIntegerField("社区")
    number = models.PositiveIntegerField("序号")
    content = models.BinaryField("内容")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["file", "number"]
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="%(class)s_once")]
