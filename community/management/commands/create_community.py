import re

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse

from community.actions.accounts import LINK_DAYS
from community.actions.setup import SetupError, create_community
from community.models import Street
from portal.scope import note


class Command(BaseCommand):
    """Runs with the owner's login (manage.py): a street may be made along with its first community."""

    help = "开通一个社区，并给出主任的一次性开通链接。"

    def add_arguments(self, parser):
        parser.add_argument("code", metavar="CODE", help="社区代号，用于网址，如 kuocang")
        parser.add_argument("name", metavar="NAME", help="社区名称，如 括苍社区")
        parser.add_argument("--street", required=True, metavar="CODE", help="街道的9位区划代码")
        parser.add_argument("--street-name", metavar="NAME", help="街道尚未登记时，按此名称新建")
        parser.add_argument("--director", required=True, metavar="NAME", help="社区主任姓名")

    def handle(self, *, code, name, street, street_name, director, **options):
        try:
            with transaction.atomic():
                note(action="开通社区")
                opened = create_community(
                    code=code, name=name, street=_street(street, street_name), director_name=director, by=None
                )
        except SetupError as problem:
            raise CommandError(str(problem)) from problem
        link = settings.LIREN_URL.rstrip("/") + reverse("community:setup", args=[opened.token])
        self.stdout.write(f"{opened.community.name}已开通。")
        self.stdout.write(f"主任：{opened.director.name}，用户名：{opened.director.username}")
        self.stdout.write(f"开通链接（{LINK_DAYS}天内有效，只能使用一次）：{link}")


def _street(code: str, name: str | None) -> Street:
    street = Street.objects.filter(code=code).first()
    if street:
        return street
    if not re.fullmatch(r"\d{9}", code):
        raise SetupError(f"街道代码“{code}”不正确，应为9位数字。")
    if not name:
        raise SetupError(f"还没有代码为{code}的街道。如需新建，请加上 --street-name 街道名称。")
    return Street.objects.create(code=code, name=name)
