"""`manage.py makemigrations APP -n NAME`: write a migration, for developers; no database is asked."""

import warnings

from django.core.management.commands import makemigrations

from portal.database.migration_state import SchemaAutodetector


class Command(makemigrations.Command):
    help = "按数据模型写出数据库结构的更新，供开发用。"
    autodetector = SchemaAutodetector

    def handle(self, *args, **options):
        warnings.filterwarnings(
            "ignore", "Got an error checking a consistent migration history", RuntimeWarning
        )
        super().handle(*args, **options)
