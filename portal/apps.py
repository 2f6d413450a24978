from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "里仁"

    def ready(self):
        from django.utils.module_loading import autodiscover_modules

        # Two register themselves: the system checks, and what releases answer to offers.
        from portal import canaries, checks, grants, purging, releases  # noqa: F401

        post_migrate.connect(grants.grant_unscoped_tables, sender=self)
        post_migrate.connect(canaries.write, sender=self)
        post_migrate.connect(purging.after_migrations, sender=self)
        autodiscover_modules("registers", "offers", "pages", "kept")
