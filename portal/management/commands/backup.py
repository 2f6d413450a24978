"""`manage.py backup FILE [--recipient KEY] [--force]`: back up database, roles and private files into one file."""

import os
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat

from portal.backup.archive import recipient_of
from portal.backup.backup import back_up
from portal.backup.errors import BackupError
from portal.backup.models import Backup


class Command(BaseCommand):
    help = "把数据库、数据库角色和文件备份到一个文件。门户可以同时运行。密钥不在备份里。"
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help="备份文件")
        parser.add_argument("--recipient", metavar="KEY", help="用这个公钥加密（age1… 或 ssh-ed25519 …）")
        parser.add_argument("--force", action="store_true", help="覆盖已有的文件")

    def handle(self, *, file, recipient, force, **options):
        target = Path(file)
        try:
            summary = back_up(
                os.environ["DATABASE_OWNER_URL"],
                Path(settings.MEDIA_ROOT),
                target,
                recipient=recipient_of(recipient) if recipient else None,
                force=force,
                say=self.stdout.write,
            )
        except BackupError as problem:
            raise CommandError(str(problem)) from problem
        Backup.objects.create(
            file_name=target.name[-255:],
            size=summary.size,
            tables=summary.tables,
            rows=summary.rows,
            files=summary.files,
            is_encrypted=bool(recipient),
        )
        self.stdout.write(
            f"备份完成：{target}，{filesizeformat(summary.size)}，"
            f"{summary.tables} 张表 {summary.rows} 行，文件 {summary.files} 个。"
        )
        self.stdout.write(f"密钥不在备份里，请另外保管 {settings.DATA_KEYS_DIR} 里的密钥文件。")
        if not recipient:
            self.stdout.write("备份没有加密，拿到文件的人都能读；要加密请用 --recipient。")
