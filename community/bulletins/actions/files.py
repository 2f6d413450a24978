"""Add and remove a bulletin's public files, and photos of the boards on which it is posted."""

import datetime
import hashlib

from django.core.files.storage import default_storage
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from community.accounts.models import User
from community.bulletins.actions.workflow import BulletinError, editing
from community.bulletins.models.bulletin import Bulletin, BulletinVersion
from community.bulletins.models.files import BulletinFile, BulletinPhoto
from community.bulletins.stored_files import scan_file
from community.media.models import Medium
from community.notices.personal_data import TextPiece, scan_texts
from portal.attachments import kinds, store
from portal.attachments.kinds import FileRefused
from portal.sandbox.errors import Busy

FILE_KINDS = ("pdf", "xlsx")
MOST_FILES = 10
MOST_PHOTOS = 20


def add_file(*, bulletin: Bulletin, name: str, content: bytes, by: User) -> BulletinFile:
    """Store a file of a draft with the findings of its scan. Raises FileRefused or BulletinError.

    A file with findings is stored, so that other editors see what is wrong with it, but it blocks submission.
    """
    checked = kinds.validated_content(name, content, FILE_KINDS)
    display_name = store.sanitised_name(name)
    try:
        findings = scan_file(checked, display_name)
    except Busy as busy:
        raise FileRefused(str(busy)) from busy
    file = BulletinFile(
        community_id=bulletin.community_id,
        bulletin=bulletin,
        name=display_name,
        size=len(checked),
        sha256=hashlib.sha256(checked).hexdigest(),
        findings=[[finding.where, finding.kind, finding.masked] for finding in findings],
        added_by=by,
    )
    with editing(bulletin, by) as bulletin:
        if bulletin.files.count() >= MOST_FILES:
            raise FileRefused(f"一期公开最多 {MOST_FILES} 份附件。")
        _insert(file, checked, "已有同名的附件，或这份文件已经上传过。")
    return file


def remove_file(*, file: BulletinFile, by: User) -> None:
    """Remove a file from a draft. The bytes stay if a published version refers to them."""
    published = [{"files": [{"uuid": str(file.uuid)}]}]
    with editing(file.bulletin, by) as bulletin:
        count = bulletin.files.filter(pk=file.pk).delete()[0]
        if count and not bulletin.versions.filter(snapshot__parts__contains=published).exists():
            path = file.path
            transaction.on_commit(lambda: default_storage.delete(path))


def add_photo(
    *,
    version: BulletinVersion,
    medium: Medium | None,
    place: str,
    posted_on: datetime.date,
    name: str,
    content: bytes,
    by: User,
) -> BulletinPhoto:
    """Store a photo of a board on which a published version is posted. Raises FileRefused or BulletinError."""
    if posted_on > timezone.localdate():
        raise BulletinError("张贴日期不能晚于今天。", "posted_on")
    if version.photos.count() >= MOST_PHOTOS:
        raise BulletinError(f"一个版本最多 {MOST_PHOTOS} 张照片。")
    place = (str(medium) if medium else place.strip())[:100]
    if open_findings := scan_texts(version.community, [TextPiece("位置", place)]):
        raise BulletinError(f"照片的位置会公开，请先隐去疑似个人信息：{'；'.join(map(str, open_findings))}。")
    picture = kinds.photo(name, content)
    photo = BulletinPhoto(
        community_id=version.community_id,
        bulletin_version=version,
        medium=medium,
        place=place,
        posted_on=posted_on,
        size=len(picture),
        sha256=hashlib.sha256(picture).hexdigest(),
        added_by=by,
    )
    _insert(photo, picture, "这张照片已经上传过。")
    return photo


def take_down(*, photo: BulletinPhoto, on: datetime.date, by: User) -> BulletinPhoto:
    """Record the day on which the paper was taken off its board."""
    if on < photo.posted_on:
        raise BulletinError("取下日期不能早于张贴日期。", "on")
    if on > timezone.localdate():
        raise BulletinError("取下日期不能晚于今天。", "on")
    photo.taken_down_on = on
    photo.save(update_fields=["taken_down_on"])
    return photo


def remove_photo(*, photo: BulletinPhoto, by: User) -> None:
    """Delete a photo uploaded by mistake; the history keeps a record of it."""
    path = photo.path
    with transaction.atomic():
        photo.delete()
        transaction.on_commit(lambda: default_storage.delete(path))


def _insert(row: models.Model, content: bytes, twice: str) -> None:
    """Write the file, then its row: a crash in between leaves an orphaned file, never a row without its file."""
    store.store_file(content, row.path)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except BaseException as problem:
        default_storage.delete(row.path)
        if isinstance(problem, IntegrityError):
            raise FileRefused(twice) from problem
        raise
