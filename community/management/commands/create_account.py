"""`manage.py create_account`: create an administrator's or street official's account and print its one-time set-up link."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from community.accounts.actions import AccountError, create_account, grant_role, issue_link
from community.management.links import describe_link
from community.setup.actions import SetupError, find_or_create_street
from portal.access.db_scope import set_change_context
from portal.access.roles import ROLES

REASON = "由系统管理员用命令建立"


class Command(BaseCommand):
    """Runs with the database owner's login (manage.py): nobody can sign in yet to do it on a page."""

    help = "建立系统管理员或街道工作人员的账号，并给出一次性开通链接。"

    def add_arguments(self, parser):
        parser.add_argument("name", metavar="NAME", help="姓名")
        parser.add_argument("--username", default="", metavar="NAME", help="用户名，不填则用姓名拼音")
        office = parser.add_mutually_exclusive_group(required=True)
        office.add_argument("--admin", action="store_true", help="系统管理员")
        office.add_argument("--street", metavar="CODE", help="街道工作人员：街道的9位区划代码")
        parser.add_argument("--street-name", default="", metavar="NAME", help="街道尚未登记时，按此名称新建")

    def handle(self, *, name, username, admin, street, street_name, **options):
        if not name.strip() or len(name.strip()) > 60:
            raise CommandError("请填写姓名，不超过60个字。")
        role = "admin" if admin else "street"
        try:
            with transaction.atomic():
                set_change_context(action="建立账号")
                place = None if admin else find_or_create_street(street, street_name)
                user = create_account(name=name, username=username)
                grant_role(user=user, role=role, street=place, by=None, reason=REASON)
                token = issue_link(user=user, reason=REASON)
        except (AccountError, SetupError) as problem:
            raise CommandError(str(problem)) from problem
        where = f"（{place}）" if place else ""
        self.stdout.write(f"已建立{ROLES[role].name}{where}{user.name}的账号。")
        self.stdout.write(describe_link(user, token))
