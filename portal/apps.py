from django.apps import AppConfig
from django.db.models.signals import post_migrate

FEATURES = (
    "values",
    "charts",
    "database",
    "access",
    "hooks",
    "crypto",
    "audit",
    "files",
    "jobs",
    "sandbox",
    "spreadsheets",
    "pdf",
    "pii_scan",
    "forms",
    "pages",
    "accounts",
    "retention",
    "registers",
    "saved_lists",
    "attachments",
    "exports",
    "bulk_change",
    "importing",
    "register_pages",
    "handover",
    "search",
    "todo",
    "menu",
    "form_filling",
    "launch",
    "backup",
    "monitoring",
)
"""Packages of this app, bottom to top: each may import those that stand before it, and the apps below this one.

tests/portal/test_layout.py checks it; `discover` imports their rules, registers and hooks in this order.
"""


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "里仁"

    def ready(self):
        from django.utils.module_loading import autodiscover_modules

        # Most register themselves: the system checks, what is installed, and the hooks of features.
        from portal import (  # noqa: F401
            canaries,
            checks,
            grants,
            history,
            purging,
            releases,
            reminder_hooks,
            rls,
            submission_hooks,
        )
        from portal.attachments import hooks as attachment_hooks  # noqa: F401
        from portal.bulk import hooks as bulk_hooks  # noqa: F401
        from portal.database import install

        post_migrate.connect(install.after_migrations, sender=self)
        post_migrate.connect(canaries.write, sender=self)
        autodiscover_modules("registers", "offers", "pages", "kept")
