import warnings

from django.core.management.commands import makemigrations

from portal.database.migration_state import SchemaAutodetector


class Command(makemigrations.Command):
    """Write migrations from models and the migrations at hand; no database is asked (`WITHOUT_DATABASE` in manage.py)."""

    autodetector = SchemaAutodetector

    def handle(self, *args, **options):
        warnings.filterwarnings(
            "ignore", "Got an error checking a consistent migration history", RuntimeWarning
        )
        super().handle(*args, **options)
