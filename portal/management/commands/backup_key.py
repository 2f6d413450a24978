"""`manage.py backup_key FILE`: create a key pair for encrypted backups, where `age-keygen` is not installed."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal.backup.archive import new_identity
from portal.crypto.key_files import create_once


class Command(BaseCommand):
    help = "生成加密备份用的一对密钥：私钥写入文件，公钥显示出来。"
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help="私钥文件，请保存在服务器以外的地方")

    def handle(self, *, file, **options):
        path = Path(file)
        if path.exists():
            raise CommandError(f"文件 {path} 已存在，没有改动。")
        private, public = new_identity()
        create_once(path.absolute(), private)
        self.stdout.write(f"私钥已写入 {path}，请移到服务器以外妥善保管；丢失后加密的备份无法打开。")
        self.stdout.write(f"公钥：{public}")
        self.stdout.write(f"备份：manage.py backup FILE --recipient {public}")
