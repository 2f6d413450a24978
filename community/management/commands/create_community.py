"""`manage.py create_community`: open a community and print its director's one-time set-up link."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from community.demo.deployment import is_demo_deployment
from community.management.links import describe_link
from community.setup.actions import SetupError, create_community, find_or_create_street
from portal.access.db_scope import set_change_context


class Command(BaseCommand):
    """Runs with the database owner's login (manage.py): a street may be created with its first community."""

    help = "开通一个社区，并给出主任的一次性开通链接。"

    def add_arguments(self, parser):
        parser.add_argument("code", metavar="CODE", help="社区代号，用于网址，如 kuocang")
        parser.add_argument("name", metavar="NAME", help="社区名称，如 括苍社区")
        parser.add_argument("--street", required=True, metavar="CODE", help="街道的9位区划代码")
        parser.add_argument("--street-name", default="", metavar="NAME", help="街道尚未登记时，按此名称新建")
        parser.add_argument("--director", required=True, metavar="NAME", help="社区主任姓名")

    def handle(self, *, code, name, street, street_name, director, **options):
        if is_demo_deployment():
            raise CommandError(
                "这里是演示环境，不能开通正式社区。请用 LIREN_VAR 另指一个空的数据目录，以 DEMO=0 启动后再开通。"
            )
        try:
            with transaction.atomic():
                set_change_context(action="开通社区")
                opened = create_community(
                    code=code,
                    name=name,
                    street=find_or_create_street(street, street_name),
                    director_name=director,
                    by=None,
                )
        except SetupError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{opened.community.name}已开通，主任：{opened.director.name}")
        self.stdout.write(describe_link(opened.director, opened.token))
