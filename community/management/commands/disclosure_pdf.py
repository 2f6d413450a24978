"""`manage.py disclosure_pdf`: write the PDF of the newest published version of a month to a file; status 2 if there is none."""

import contextlib
import os
import tempfile
from pathlib import Path

from django.core.management.base import BaseCommand

from community.bulletins import published as bulletin_published
from community.bulletins.models.bulletin import BulletinVersion
from community.public_pages import queries as public_page_queries
from portal.access.db_scope import PUBLIC, scope
from portal.values.months import month_word, parse_month


class Refused(Exception):
    """Nothing to write, or no writable path; the text is the sentence to show."""


class Command(BaseCommand):
    help = "写出某社区某月公开的 PDF（最新版本，与公开时逐字节相同）。没有时说明原因，退出码为 2。"

    def add_arguments(self, parser):
        parser.add_argument("--community", required=True, metavar="CODE", help="社区代号，如 kuocang")
        parser.add_argument("--month", required=True, metavar="YYYY-MM", help="月份，如 2026-10")
        parser.add_argument("--output", required=True, metavar="FILE", help="写入的文件")

    def handle(self, *, community: str, month: str, output: str, **options):
        try:
            with scope(PUBLIC):
                content = _read(community, month)
            _write(content, Path(output))
        except (Refused, BulletinVersion.DamagedPdf) as problem:
            self.stderr.write(str(problem))
            raise SystemExit(2) from None
        self.stdout.write(f"已写入 {output}。")


def _read(code: str, month_text: str) -> bytes:
    try:
        month = parse_month(month_text)
    except ValueError:
        raise Refused(f"月份“{month_text}”不正确，请写成 2026-10 这样的年月。") from None
    community = public_page_queries.find_community(code)
    if community is None:
        raise Refused(f"没有代号为“{code}”的社区，请检查 --community。")
    versions = bulletin_published.versions(community, month)
    if not versions:
        raise Refused(f"{community.name}{month_word(month)}没有已公开的版本。")
    return versions[0].read_pdf()


def _write(content: bytes, output: Path) -> None:
    """Atomically write the file: to a temporary one beside it, which is then renamed."""
    try:
        descriptor, draft = tempfile.mkstemp(dir=output.parent, prefix=".liren-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            # mkstemp's 0600 is for secrets; this is published.
            Path(draft).chmod(0o644)
            Path(draft).replace(output)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(draft).unlink()
            raise
    except OSError as error:
        reason = next((word for kind, word in _REASONS.items() if isinstance(error, kind)), error.strerror)
        raise Refused(f"不能写入 {output}：{reason}。请换一个文件名或文件夹。") from error


_REASONS = {
    FileNotFoundError: "文件夹不存在",
    NotADirectoryError: "上级不是文件夹",
    IsADirectoryError: "它是一个文件夹",
    PermissionError: "没有写入权限",
}
