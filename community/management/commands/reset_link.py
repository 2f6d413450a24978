"""`manage.py reset_link`: a new set-up link for an account, where nobody can issue it on a page; earlier links end."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from community.accounts.actions import AccountError, find_account, issue_link
from community.management.links import describe_link
from portal.access.db_scope import set_change_context


class Command(BaseCommand):
    """Runs with the database owner's login (manage.py): for accounts whose link no page can issue, such as the only administrator."""

    help = "为已有账号给出新的一次性开通链接，以前的链接随即失效。"

    def add_arguments(self, parser):
        parser.add_argument("username", metavar="USERNAME", help="用户名")
        parser.add_argument("--reason", required=True, metavar="TEXT", help="理由，记入账号记录，如 忘记密码")

    def handle(self, *, username, reason, **options):
        if not reason.strip():
            raise CommandError("请写明理由，如 --reason 忘记密码。")
        try:
            with transaction.atomic():
                set_change_context(action="重新生成开通链接", reason=reason.strip())
                user = find_account(username)
                token = issue_link(user=user, reason=reason.strip())
        except AccountError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"已为{user.name}生成新的开通链接，原来的密码在设置新密码前仍然有效。")
        self.stdout.write(describe_link(user, token))
