"""`manage.py purge`: remove what is past its time in all communities, as the worker does every night."""

from django.core.management.base import BaseCommand

from community.communities.models import Community
from portal.access.db_scope import APP, scope
from portal.access.permissions import Permission
from portal.retention import expired, purge
from portal.retention.data_categories import categories


class Command(BaseCommand):
    help = "清除各社区到期的内容，后台任务每晚也做。"

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="只统计，不清除")

    def handle(self, *, dry_run: bool, **options):
        names = {category.label: category.name for category in categories()}
        for community in Community.objects.order_by("id"):
            if dry_run:
                with scope(APP, communities=[community.id], rights=list(Permission)):
                    counts = expired.expired_counts(community.id)
            else:
                counts = purge.purge(community.id)
            summary = "，".join(f"{names[label]} {count}" for label, count in counts.items() if count)
            self.stdout.write(f"{community.name}：{summary or '没有到期的记录'}")
