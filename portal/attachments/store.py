"""Attachment store, which keeps files and rows consistent: no row without its file, no file without its row.

A file is written before its row is inserted, and removed if that fails; it is deleted only after the deletion of
its row has been committed. Orphaned files of a killed process are deleted at night (`delete_orphaned_files`).
Every file is encrypted, bound to the uuid of its row.
"""

import datetime
import hashlib
import secrets
import uuid
from collections.abc import Collection, Sequence

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from portal.access.rls import row_security_of
from portal.attachments import store
from portal.attachments.kinds import FileRefused, picture_kind, validated_content
from portal.attachments.models import Attachment
from portal.audit.access_log import NOBODY
from portal.crypto import vault
from portal.files.storage import StorageFull, delete_file, is_full

FOLDER = "attachments"
MAX_PER_ROW = 50
"""Most attachments of one row."""
_ORPHANED_AFTER = datetime.timedelta(hours=1)
"""Age from which a file without a row counts as orphaned: no request takes as long."""


def attachments_of(row: models.Model) -> models.QuerySet:
    """The attachments of a row, in the order of their upload."""
    attachments = Attachment.objects.filter(
        community_id=row.community_id, subject=row.stored_label, row_id=row.pk
    )
    return attachments.order_by("id")


def add(row: models.Model, name: str, content: bytes, *, by, is_new: bool = False) -> Attachment:
    """Store an uploaded file as an attachment of `row`. Raises FileRefused with the sentence to show.

    is_new: the row was added in this transaction, so that nobody else can delete it meanwhile.
    """
    cleaned = validated_content(name, content)
    digest = hashlib.sha256(content).hexdigest()
    present = attachments_of(row)
    if present.filter(digest=digest).exists():
        raise FileRefused("这份文件已经上传过。")
    if present.count() >= MAX_PER_ROW:
        raise FileRefused(f"一条记录最多 {MAX_PER_ROW} 份附件，请先删除不用的。")
    attachment = Attachment(
        community_id=row.community_id,
        user_id=by.pk,
        subject=row.stored_label,
        row_id=row.pk,
        name=sanitised_name(name),
        digest=digest,
    )
    _store(attachment, cleaned)
    try:
        with transaction.atomic():
            if not is_new:
                _lock(row)
            attachment.save()
            return attachment
    except BaseException as problem:
        default_storage.delete(attachment.stored)
        if isinstance(problem, IntegrityError):
            raise FileRefused("这份文件已经上传过。") from problem
        if is_full(problem):
            raise FileRefused(str(StorageFull())) from problem
        raise


def _store(attachment: Attachment, cleaned: bytes) -> None:
    """Write the file of an attachment that is not saved yet, encrypted."""
    attachment.size = len(cleaned)
    attachment.stored = store_file(
        vault.encrypt_bytes(cleaned, *encryption_context(attachment)),
        f"{FOLDER}/{secrets.token_hex(1)}/{secrets.token_hex(20)}.{attachment.extension}",
    )


def read(attachment: Attachment) -> bytes:
    """Content of the file. Raises FileNotFoundError, vault.SecretUnreadable."""
    with default_storage.open(attachment.stored) as file:
        return vault.decrypt_bytes(file.read(), *encryption_context(attachment))


def encryption_context(attachment: Attachment) -> tuple[str, uuid.UUID]:
    """Encryption context of the file: its row, so that files cannot be swapped."""
    return attachment.encryption_contexts["stored"], attachment.uuid


def _lock(row: models.Model) -> None:
    """Lock the row against deletion until the end of the transaction. Nobody deletes one of an append-only table."""
    if row_security_of(type(row)).append_only:
        return
    query = type(row)._default_manager.filter(community_id=row.community_id, pk=row.pk)
    if not query.select_for_update(no_key=True).order_by().values_list("pk", flat=True):
        raise FileRefused("这条记录刚刚被删除。")


def sanitised_name(name: str) -> str:
    """Sanitised name of an uploaded file: no folders, no control characters, at most 120 characters."""
    stem, _, extension = name.replace("\\", "/").rpartition("/")[2].rpartition(".")
    stem = "".join(char for char in stem if char.isprintable()).strip() or "附件"
    return f"{stem[: 119 - len(extension)]}.{extension.lower()}"


def store_file(content: bytes, name: str) -> str:
    """Write a file under an unused name and return that name. A full disk leaves no file and raises FileRefused."""
    try:
        return default_storage.save(name, ContentFile(content))
    except StorageFull as full:
        raise FileRefused(str(full)) from full


def delete_files_of(added: Collection[Attachment]) -> None:
    """Delete the files of attachments whose rows are being rolled back."""
    for attachment in added:
        delete_file(attachment.stored)


def remove(attachments: models.QuerySet | Collection[Attachment]) -> int:
    """Delete attachments; their files go when the transaction has been committed."""
    attachments = list(attachments)
    for attachment in attachments:
        attachment.delete()
    names = [attachment.stored for attachment in attachments]
    transaction.on_commit(lambda: [delete_file(name) for name in names])
    return len(attachments)


def remove_attachments_of(model: type[models.Model], ids: Collection[int], *, community_id: int) -> int:
    """Delete the attachments of rows that the caller deletes in the same transaction."""
    attachments = Attachment.objects.filter(
        community_id=community_id, subject=model.stored_label, row_id__in=list(ids)
    )
    return remove(attachments)


def delete_orphaned_files() -> int:
    """Delete orphaned files, which a killed process left without a row, and return their number. Runs outside any scope."""
    deleted = 0
    for folder in _list_folder(FOLDER)[0]:
        names = [f"{FOLDER}/{folder}/{name}" for name in _list_folder(f"{FOLDER}/{folder}")[1]]
        old = [n for n in names if default_storage.get_modified_time(n) < timezone.now() - _ORPHANED_AFTER]
        with connection.cursor() as cursor:
            cursor.execute("SELECT portal_unattached(%s)", [old])
            for (name,) in cursor.fetchall():
                default_storage.delete(name)
                deleted += 1
    return deleted


def _list_folder(folder: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []


MOST_PHOTOS = 3


def attach_photos(row, photos: Sequence[bytes], by, *, is_new: bool = False) -> None:
    """Attach uploaded photos to `row`; `is_new` as in `add`. Raises portal.attachments.kinds.FileRefused."""
    attachments = []
    try:
        for number, content in enumerate(photos[:MOST_PHOTOS], 1):
            name = f"照片{number}.{picture_kind(content)}"
            attachments.append(store.add(row, name, content, by=by, is_new=is_new))
    except BaseException:
        # Rows are rolled back with the transaction; files are not.
        store.delete_files_of(attachments)
        raise


def store_public_photos(
    model: type[models.Model], community_id: int, photos: Sequence[bytes]
) -> list[Attachment]:
    """Store the photos of somebody without an account, all or none, and return their rows, not saved.

    A function of the database inserts the rows together with that of `model` to which they belong; whoever calls it
    deletes the files if that fails (`delete_files_of`). Raises portal.attachments.kinds.FileRefused.
    """
    attachments = []
    try:
        for number, content in enumerate(photos[:MOST_PHOTOS], 1):
            name = f"照片{number}.{picture_kind(content)}"
            cleaned = validated_content(name, content)
            attachment = Attachment(
                community_id=community_id,
                user_id=NOBODY,
                subject=model.stored_label,
                name=name,
                digest=hashlib.sha256(content).hexdigest(),
            )
            _store(attachment, cleaned)
            attachments.append(attachment)
    except BaseException:
        delete_files_of(attachments)
        raise
    return attachments
