"""`manage.py check_secrets`: check that every encrypted value can be decrypted with the present keys."""

from django.core.management.base import BaseCommand, CommandError

from portal.crypto import reencryption

_SHOWN = 20


class Command(BaseCommand):
    help = "逐一试读所有加密的内容，列出读不出来的。不显示任何内容。"

    def handle(self, **options):
        broken = 0
        for column in reencryption.encrypted_columns():
            count, unreadable = reencryption.count_unreadable(
                column, lambda done, title=column.title: self.stdout.write(f"{title}：已读 {done} 条")
            )
            self.stdout.write(f"{column.title}：共 {count} 条，读不出 {len(unreadable)} 条")
            if unreadable:
                table = column.model._meta.db_table
                more = "等" if len(unreadable) > _SHOWN else ""
                names = "、".join(map(str, unreadable[:_SHOWN]))
                where = "文件 " if column.in_storage else f"表 {table}，编号 "
                self.stderr.write(f"  {where}{names}{more}")
            broken += len(unreadable)
        if broken:
            raise CommandError(f"共有 {broken} 条读不出来，请检查密钥文件，或从备份中恢复。")
        self.stdout.write("全部可以读出。")
