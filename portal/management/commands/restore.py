"""`manage.py restore FILE [--identity KEYFILE]`: restore a backup into an empty deployment and verify it."""

import os
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.backup.errors import BackupError
from portal.backup.restore import RestoreTarget, restore
from portal.launch.run import start_lock
from portal.launch.state import LaunchError

_SHOWN = 20


class Command(BaseCommand):
    help = "把备份恢复到空的数据目录和数据库，然后逐表逐文件核对。"
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help="备份文件")
        parser.add_argument("--identity", metavar="KEYFILE", help="加密备份的私钥文件")

    def handle(self, *, file, identity, **options):
        place = RestoreTarget(
            os.environ["DATABASE_OWNER_URL"], Path(settings.VAR_DIR), Path(settings.MEDIA_ROOT)
        )
        try:
            # Prevents the portal from starting on incomplete data.
            with start_lock(place.var, "正在恢复备份"):
                comparison = restore(
                    Path(file), place, identity=Path(identity) if identity else None, say=self.stdout.write
                )
        except (BackupError, LaunchError) as problem:
            raise CommandError(str(problem)) from problem
        if comparison.differences:
            for sentence in comparison.differences[:_SHOWN]:
                self.stderr.write(f"  {sentence}")
            raise CommandError(f"恢复的内容与备份不一致，共 {len(comparison.differences)} 处，不能使用。")
        self.stdout.write(
            f"恢复完成，核对一致：{comparison.tables} 张表 {comparison.rows} 行，文件 {comparison.files} 个；"
            "行级安全、授权、触发器和函数与备份时相同。"
        )
        self.stdout.write("登录状态没有恢复，所有人须重新登录。现在可以启动里仁：make run")
