from django.apps import AppConfig

from portal.hooks.discovery import discover

FEATURES = (
    "homes",
    "event_log",
    "people",
    "importing",
    "verification",
    "events",
    "head_reports",
    "correction_requests",
    "handover",
    "care",
    "building_chart",
    "visits",
    "health",
    "merging",
    "data_quality",
    "statistics",
    "form_filling",
    "subject_access",
)
"""Packages of this app, bottom to top: each may import those that stand before it, and the apps below this one.

tests/test_layout.py checks it; `discover` imports their rules, registers and hooks in this order.
"""


class ResidentsConfig(AppConfig):
    name = "residents"
    verbose_name = "居民"

    def ready(self):
        discover(self)
