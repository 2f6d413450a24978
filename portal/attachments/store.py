"""File and row together: no row without its file, no file without its row.

A file is written before its row is inserted, and removed when that fails; it is deleted only after the
deletion of its row has been committed. What a killed process leaves behind is swept up (`sweep`).
"""

import datetime
import hashlib
import logging
import secrets
from collections.abc import Collection

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from portal.attachments.kinds import FileRefused, taken
from portal.models import Attachment
from portal.storage import StorageFull, is_full

FOLDER = "attachments"
MOST_OF_A_ROW = 50
"""Files of one row."""
_LEFT_AFTER = datetime.timedelta(hours=1)
"""A file this old without a row belongs to nothing; no request takes as long."""


def attachments_of(row: models.Model) -> models.QuerySet:
    """The attachments of a row, in the order of their upload."""
    found = Attachment.objects.filter(community_id=row.community_id, subject=row.stored_label, row_id=row.pk)
    return found.order_by("id")


def add(row: models.Model, name: str, content: bytes, *, by) -> Attachment:
    """Keep one uploaded file of a row. Raises FileRefused with the sentence to show."""
    kept = taken(name, content)
    digest = hashlib.sha256(content).hexdigest()
    present = attachments_of(row)
    if present.filter(digest=digest).exists():
        raise FileRefused("这份文件已经上传过。")
    if present.count() >= MOST_OF_A_ROW:
        raise FileRefused(f"一条记录最多 {MOST_OF_A_ROW} 份附件，请先删除不用的。")
    shown = plain_name(name)
    extension = shown.rpartition(".")[2]
    stored = write(kept, f"{FOLDER}/{secrets.token_hex(1)}/{secrets.token_hex(20)}.{extension}")
    try:
        with transaction.atomic():
            _hold(row)
            return Attachment.objects.create(
                community_id=row.community_id,
                user_id=by.pk,
                subject=row.stored_label,
                row_id=row.pk,
                name=shown,
                stored=stored,
                size=len(kept),
                digest=digest,
            )
    except BaseException as problem:
        default_storage.delete(stored)
        if isinstance(problem, IntegrityError):
            raise FileRefused("这份文件已经上传过。") from problem
        if is_full(problem):
            raise FileRefused(str(StorageFull())) from problem
        raise


def _hold(row: models.Model) -> None:
    """Keep the row from being deleted until the end of the transaction."""
    held = type(row)._default_manager.filter(community_id=row.community_id, pk=row.pk)
    if not held.select_for_update(no_key=True).order_by().values_list("pk", flat=True):
        raise FileRefused("这条记录刚刚被删除了。")


def plain_name(name: str) -> str:
    """The name of an uploaded file without folders and control characters, at most 120 characters."""
    stem, _, extension = name.replace("\\", "/").rpartition("/")[2].rpartition(".")
    stem = "".join(char for char in stem if char.isprintable()).strip() or "附件"
    return f"{stem[: 119 - len(extension)]}.{extension.lower()}"


def write(content: bytes, name: str) -> str:
    """Write a file under a name that is nobody's and return the name; a full disk leaves nothing and says so."""
    try:
        return default_storage.save(name, ContentFile(content))
    except StorageFull as full:
        raise FileRefused(str(full)) from full


def discard(added: Collection[Attachment]) -> None:
    """Delete the files of attachments whose rows are being rolled back."""
    for attachment in added:
        delete_file(attachment.stored)


def remove(found: models.QuerySet | Collection[Attachment]) -> int:
    """Delete attachments; their files go when the transaction has been committed."""
    found = list(found)
    for attachment in found:
        attachment.delete()
    names = [attachment.stored for attachment in found]
    transaction.on_commit(lambda: [delete_file(name) for name in names])
    return len(found)


def remove_of_rows(model: type[models.Model], ids: Collection[int], *, community_id: int) -> int:
    """Delete what is attached to rows that go: by whoever deletes or purges them, in the same transaction."""
    found = Attachment.objects.filter(
        community_id=community_id, subject=model.stored_label, row_id__in=list(ids)
    )
    return remove(found)


def delete_file(name: str) -> None:
    """Delete a file whose row is gone for good."""
    try:
        default_storage.delete(name)
    except OSError:
        # The row is gone; the sweep tries again.
        logging.getLogger(__name__).warning("could not delete the file of an attachment: %s", name)


def sweep() -> int:
    """Delete files that no row names, left by a killed process; how many. Runs outside any scope."""
    deleted = 0
    for folder in _listed(FOLDER)[0]:
        names = [f"{FOLDER}/{folder}/{name}" for name in _listed(f"{FOLDER}/{folder}")[1]]
        old = [n for n in names if default_storage.get_modified_time(n) < timezone.now() - _LEFT_AFTER]
        with connection.cursor() as cursor:
            cursor.execute("SELECT portal_unattached(%s)", [old])
            for (name,) in cursor.fetchall():
                default_storage.delete(name)
                deleted += 1
    return deleted


def _listed(folder: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []
