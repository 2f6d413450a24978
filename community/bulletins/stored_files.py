"""Read a bulletin's files and photos: scan before publication, and downloads with a check of their hash."""

import hashlib
from collections.abc import Iterator

from django.core.files.storage import default_storage

from community.bulletins.models.bulletin import Bulletin
from community.bulletins.models.files import BulletinPhoto, file_path
from portal.pii_scan.files import Unreadable, numbers_in_file
from portal.pii_scan.text import PersonalNumber, numbers_in_text

UNREADABLE = "无法检查"
"""Kind of a finding: the file could not be scanned."""


class DamagedFile(Exception):
    """A stored file is missing or altered; the text is the sentence to show."""


def scan_file(content: bytes, name: str) -> list[PersonalNumber]:
    """Scan a file and its name for personal data; an unreadable file is a finding too."""
    findings = numbers_in_text(name, "附件的文件名")
    where = "附件" if findings else f"附件“{name}”"
    try:
        return findings + numbers_in_file(content, name, where)
    except Unreadable as problem:
        return [*findings, PersonalNumber(where, UNREADABLE, str(problem))]


def stored_file_findings(bulletin: Bulletin) -> Iterator[tuple[PersonalNumber, str]]:
    """Findings of a draft's files, stored at upload, each with the SHA-256 of its file.

    The bytes do not change afterwards, so files are not scanned again.
    """
    for file in bulletin.files.all():
        for finding in file.findings:
            yield PersonalNumber(*finding), file.sha256


def part_of(bulletin: Bulletin) -> dict | None:
    """The files as a part of the bulletin's snapshot, or None."""
    files = [
        {"uuid": str(file.uuid), "name": file.name, "size": file.size, "sha256": file.sha256}
        for file in bulletin.files.all()
    ]
    if not files:
        return None
    sentence = f"本期另有附件{len(files)}份，可在公开页面下载，并可按校验值（SHA-256）核对。"
    return {"key": "files", "title": "公开附件", "paragraphs": [sentence], "tables": [], "files": files}


def files_in(snapshot: dict) -> list[dict]:
    """Files of a snapshot, with name, size and SHA-256 of each."""
    return [file for part in snapshot["parts"] for file in part.get("files", ())]


def file_in(snapshot: dict, uuid: str) -> dict | None:
    return next((file for file in files_in(snapshot) if file["uuid"] == uuid), None)


def read_file(file: dict) -> bytes:
    """Bytes of a snapshot's file, checked against the published hash. Raises DamagedFile."""
    return _read_checked(file_path(file["uuid"], file["name"]), file["sha256"], f"附件“{file['name']}”")


def read_photo(photo: BulletinPhoto) -> bytes:
    """Bytes of the photo, checked against their hash. Raises DamagedFile."""
    return _read_checked(photo.path, photo.sha256, "照片")


def _read_checked(path: str, sha256: str, word: str) -> bytes:
    try:
        with default_storage.open(path) as stored:
            content = stored.read()
    except OSError as problem:
        raise DamagedFile(f"{word}不在存储中，请联系管理员从备份恢复。") from problem
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DamagedFile(f"{word}与上传时的校验值不一致，请联系管理员从备份恢复。")
    return content
