"""Hooks of stored files: their encrypted content."""

from collections.abc import Iterator

from portal.files.models import StoredFilePart
from portal.hooks.registry import Hook, hook
from portal.hooks.secrets import EncryptedColumn


@hook(Hook.SECRETS)
def stored_file_secrets() -> Iterator[EncryptedColumn]:
    yield EncryptedColumn(
        "待处理的文件",
        StoredFilePart,
        "content",
        StoredFilePart.encryption_context,
        related=("file",),
        batch_size=50,
    )
