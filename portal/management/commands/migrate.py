"""`manage.py migrate`: update the tables, for developers; every start does it by itself."""

from django.core.management.base import CommandError
from django.core.management.commands import migrate

from portal.database.compatibility import OLD_DATABASE, is_old_database
from portal.database.migration_state import SchemaAutodetector


class Command(migrate.Command):
    help = "更新数据库结构，供开发用；每次启动都会自动更新。"
    autodetector = SchemaAutodetector

    def handle(self, *args, **options):
        if is_old_database(using=options["database"]):
            raise CommandError(OLD_DATABASE)
        super().handle(*args, **options)
