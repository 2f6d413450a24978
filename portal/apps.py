from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "里仁"

    def ready(self):
        from django.utils.module_loading import autodiscover_modules

        # Most register themselves: the system checks, what is installed, and what releases answer to offers.
        from portal import canaries, checks, grants, history, purging, releases, rls  # noqa: F401
        from portal.database import install

        post_migrate.connect(install.after_migrations, sender=self)
        post_migrate.connect(canaries.write, sender=self)
        autodiscover_modules("registers", "offers", "pages", "kept")
