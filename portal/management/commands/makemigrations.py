from django.core.management.commands import makemigrations

from portal.database.migration_state import SchemaAutodetector


class Command(makemigrations.Command):
    autodetector = SchemaAutodetector
