"""`manage.py load_demo`: load the demo, also where it is not loaded by itself; refuses beside real data."""

import os

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from community.accounts.demo import PASSWORD
from community.accounts.models import User
from community.communities.models import Community
from community.demo.load import load_demo
from community.demo.parts import RealData
from portal.hooks.discovery import discover


class Command(BaseCommand):
    """Runs with the owner's login (manage.py): it makes communities and sees the rows of all of them."""

    help = f"加载演示社区和演示账号（密码取自 DEMO_PASSWORD，默认 {PASSWORD}）。"

    def add_arguments(self, parser):
        parser.add_argument("--if-empty", action="store_true", help="已有任何社区或账号时什么也不做")

    def handle(self, *, if_empty, **options):
        if if_empty and (Community.objects.exists() or User.objects.exists()):
            return
        for app in apps.get_app_configs():
            discover(app, ("demo",))
        try:
            load_demo(password=os.environ.get("DEMO_PASSWORD") or PASSWORD, say=self._say)
        except RealData as refusal:
            raise CommandError(str(refusal)) from refusal
        self._say("演示数据已就绪")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
