"""Encrypted files in the database that wait: uploads between two steps, and files made for whoever fetches them."""

import datetime
import io
import itertools
import uuid
from typing import ClassVar

from django.db import models, transaction
from django.utils import timezone

from portal.access.querysets import ScopedOneToOneField, ScopedQuerySet
from portal.crypto import vault

PART_BYTES = 1_000_000


class StoredFile(models.Model):
    """Encrypted file (待处理的文件) that belongs to one row, its owner (`FileOwner`). Each is deleted with the other."""

    uuid = models.UUIDField("编号", default=uuid.uuid4, editable=False, unique=True)
    community_id = models.BigIntegerField("社区")
    expires_at = models.DateTimeField("到期时间", null=True)
    """When it is deleted with its owner; empty where the owner alone decides."""

    objects = ScopedQuerySet.as_manager()
    stored_label = "portal.StoredFile"

    class Meta:
        verbose_name = "待处理的文件"
        verbose_name_plural = "待处理的文件"
        ordering = ["-id"]
        indexes = [models.Index(fields=["expires_at"], name="storedfile_expiry")]  # the purge


class StoredFilePart(models.Model):
    """Encrypted part of a stored file. In parts, so that no process needs the whole file in memory."""

    community_id = models.BigIntegerField("社区")
    file = models.ForeignKey(StoredFile, models.CASCADE, related_name="parts", verbose_name="文件")
    number = models.PositiveIntegerField("序号")
    content = models.BinaryField("内容")

    objects = ScopedQuerySet.as_manager()
    stored_label = "portal.StoredFilePart"
    encryption_contexts = {"content": "portal_storedfilepart.content"}

    class Meta:
        verbose_name = "待处理文件的分段"
        verbose_name_plural = "待处理文件的分段"
        ordering = ["file", "number"]
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="storedfilepart_once")]

    def encryption_context(self) -> tuple[str, uuid.UUID]:
        """Column with part number, and the file's uuid, so that parts cannot be swapped."""
        return f"{self.encryption_contexts['content']}.{self.number}", self.file.uuid


class FileOwnerQuerySet(ScopedQuerySet):
    def not_expired(self):
        """Rows whose file has not expired; the worker deletes the others."""
        return self.filter(file__expires_at__gt=timezone.now())


class FileOwner(models.Model):
    """A row with a stored file, empty until something is written. Whoever may read the row may read the file."""

    file_lifetime: ClassVar[datetime.timedelta | None] = None
    """After this time file and row are deleted."""
    file = ScopedOneToOneField(StoredFile, editable=False, related_name="%(class)s", verbose_name="文件")

    objects = FileOwnerQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, **kwargs):
        with transaction.atomic():
            if self.file_id is None:
                expires_at = timezone.now() + self.file_lifetime if self.file_lifetime else None
                self.file = StoredFile.objects.create(community_id=self.community_id, expires_at=expires_at)
            super().save(**kwargs)

    @property
    def until(self) -> datetime.datetime | None:
        """Expiry time of the file and the row."""
        return self.file.expires_at

    def open_for_writing(self) -> io.RawIOBase:
        """Write-only stream into the saved row's empty file, to be closed by the caller."""
        return _PartsStream(self.file)

    def write_content(self, content: bytes) -> None:
        """Write the whole content of the saved row's empty file."""
        with self.open_for_writing() as stream:
            stream.write(content)

    def read_content(self) -> bytes:
        """Decrypted content. Raises vault.SecretUnreadable."""
        parts = self.file.parts.filter(community_id=self.community_id).select_related("file")
        return b"".join(
            vault.decrypt_bytes(part.content, *part.encryption_context()) for part in parts.order_by("number")
        )


class _PartsStream(io.RawIOBase):
    """Write-only stream into the encrypted parts of a stored file, each of `PART_BYTES`."""

    def __init__(self, file: StoredFile):
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
        part = StoredFilePart(
            community_id=self._file.community_id, file=self._file, number=next(self._numbers)
        )
        part.content = vault.encrypt_bytes(content, *part.encryption_context())
        part.save()
