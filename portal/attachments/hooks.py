"""Hooks of attachments: nightly deletion of orphaned files, and the encrypted files."""

from collections.abc import Callable, Iterator

from portal.attachments.models import Attachment
from portal.attachments.store import delete_orphaned_files, encryption_context
from portal.hooks.registry import Hook, hook
from portal.hooks.secrets import EncryptedColumn


@hook(Hook.NIGHTLY)
def orphaned_files() -> Iterator[Callable]:
    yield delete_orphaned_files


@hook(Hook.SECRETS)
def attachment_secrets() -> Iterator[EncryptedColumn]:
    yield EncryptedColumn("附件", Attachment, "stored", encryption_context, batch_size=1, in_storage=True)
