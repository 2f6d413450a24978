from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "里仁"

    def ready(self):
        from django.utils.module_loading import autodiscover_modules

        # Some register themselves: the system checks, and the hooks of features.
        from portal import (  # noqa: F401
            canaries,
            checks,
            grants,
            purging,
            releases,
            reminder_hooks,
            submission_hooks,
        )
        from portal.attachments import hooks as attachment_hooks  # noqa: F401
        from portal.bulk import hooks as bulk_hooks  # noqa: F401

        post_migrate.connect(grants.grant_unscoped_tables, sender=self)
        post_migrate.connect(canaries.write, sender=self)
        post_migrate.connect(purging.after_migrations, sender=self)
        autodiscover_modules("registers", "offers", "pages", "kept")
