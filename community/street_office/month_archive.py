"""Month archive (月度压缩包): a ZIP file with the month's bulletins of several communities, for the street."""

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from django.utils import timezone

from community.bulletins import published as bulletin_published
from community.bulletins import stored_files
from community.bulletins.models.bulletin import BulletinVersion
from community.bulletins.rules import due_on, is_expected
from portal.access.user_access import CommunityRef
from portal.spreadsheets.writing_csv import write_csv
from portal.values.months import month_word

LIST_NAME = "清单.csv"
_HEADER = ("社区", "公开情况", "版本", "公开时间", "文件", "大小（字节）", "SHA-256")
_IN_MEMORY = 10 * 1024 * 1024
"""Bytes of an archive kept in memory; a larger one goes to a temporary file."""


def month_archive(communities: Sequence[CommunityRef], month) -> BinaryIO:
    """PDF and files of each community's newest version, and a list of all with their SHA-256.

    The list names missing and late bulletins, and unreadable files with the reason. The same bulletins give the
    same bytes.
    """
    stream = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - whoever sends it closes it
    versions = bulletin_published.versions_by_community(communities, month)
    listed = []
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for community in communities:
            listed += _write_community(archive, community, month, versions[community.id])
        text = io.BytesIO()
        write_csv(_HEADER, listed, text)
        _write_file(archive, LIST_NAME, text.getvalue())
    stream.seek(0)
    return stream


def _write_community(
    archive: zipfile.ZipFile, community: CommunityRef, month, versions: Sequence[BulletinVersion]
) -> Iterator[tuple]:
    """Write the files of a community's newest version; yields their lines of the list."""
    if not versions:
        expected = is_expected(month, community.opened_on)
        state = "启用前" if not expected else "未公开" if timezone.localdate() > due_on(month) else "未到期"
        yield (community.name, state, "", "", "", "", "")
        return
    newest, first = versions[0], versions[-1]
    late = timezone.localdate(first.published_at) > due_on(month)
    about = (community.name, "逾期公开" if late else "已公开", newest.number, newest.published_at)
    for name, read in _files(newest):
        path = f"{community.name}/{name}"
        try:
            content = read()
        except (BulletinVersion.DamagedPdf, stored_files.DamagedFile) as problem:
            yield (*about, path, "", f"没有放入：{problem}")
            continue
        _write_file(archive, path, content, newest.published_at)
        yield (*about, path, len(content), hashlib.sha256(content).hexdigest())


def _files(version: BulletinVersion):
    """Name and reader of the PDF and of every file of a version."""
    number = f"（第{version.number}版）" if version.number > 1 else ""
    yield f"{version.snapshot['title']}{number}.pdf", version.read_pdf
    for file in stored_files.files_in(version.snapshot):
        yield f"附件/{file['name']}", lambda file=file: stored_files.read_file(file)


def _write_file(archive: zipfile.ZipFile, path: str, content: bytes, at=None) -> None:
    """Write one file dated by its publication; Chinese names are marked as UTF-8 by the library."""
    info = zipfile.ZipInfo(path, timezone.localtime(at).timetuple()[:6] if at else (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, content)


def archive_name(month) -> str:
    return f"{month_word(month)}居务公开"
