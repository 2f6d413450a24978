"""`manage.py rotate_keys`: key rotation: a new data key, and re-encryption of everything while the portal runs."""

from django.core.management.base import BaseCommand, CommandError

from portal.crypto import key_check, reencryption, vault


class Command(BaseCommand):
    help = "换用新的数据密钥，并用它重新加密所有内容。旧密钥保留，旧的备份仍可恢复。"

    def add_arguments(self, parser):
        parser.add_argument(
            "--resume", action="store_true", help="不生成新密钥，只把剩下的内容改用现在的密钥"
        )

    def handle(self, *, resume, **options):
        if not resume:
            self.stdout.write(f"已生成数据密钥 {vault.add_key()}，请立即另外保管一份 {vault.key_file()}。")
        key_check.write_canaries(using="default")
        failed = 0
        for column in reencryption.encrypted_columns():
            done, unreadable = reencryption.reencrypt(
                column, lambda done, title=column.title: self.stdout.write(f"{title}：已换 {done} 条")
            )
            failed += unreadable
            self.stdout.write(f"{column.title}：换用新密钥 {done} 条，读不出 {unreadable} 条")
        if failed:
            raise CommandError(f"有 {failed} 条读不出来，没有改动，请用 check_secrets 查看。")
        self.stdout.write("完成。旧密钥请保留，旧的备份要用它恢复。")
