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
    "published_pages",
    "accounts",
    "retention",
    "form_pages",
    "registers",
    "audit_pages",
    "saved_lists",
    "attachments",
    "exports",
    "batches",
    "bulk_change",
    "importing",
    "register_pages",
    "handover",
    "working_days",
    "cases",
    "todo",
    "menu",
    "search",
    "form_filling",
    "launch",
    "backup",
    "monitoring",
)
"""Features of this app, bottom to top: each may import those before it, and lower apps.

tests/test_layout.py checks it; `discover` imports their rules, registers and hooks in this order.
"""


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "里仁"

    def ready(self):
        from portal.access import rls, table_grants  # noqa: F401 - they declare what is installed
        from portal.audit import tracking  # noqa: F401
        from portal.crypto import key_check
        from portal.database import install
        from portal.files import deletion  # noqa: F401
        from portal.forms import messages
        from portal.hooks.discovery import discover
        from portal.published_pages import changes  # noqa: F401
        from portal.retention import functions  # noqa: F401

        messages.install()
        post_migrate.connect(install.install_after_migrations, sender=self)
        post_migrate.connect(key_check.write_canaries, sender=self)
        discover(self)
