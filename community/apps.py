from django.apps import AppConfig

from portal.hooks.discovery import discover

FEATURES = (
    "communities",
    "demo",
    "people",
    "places",
    "units",
    "bodies",
    "accounts",
    "dated_rules",
    "phones",
    "profile",
    "venues",
    "stock",
    "media",
    "notices",
    "objections",
    "tasks",
    "activities",
    "resolutions",
    "ballots",
    "checkins",
    "agreements",
    "finance",
    "forwarded",
    "bulletins",
    "street_office",
    "figures",
    "organisation",
    "setup",
    "public_pages",
    "venue_requests",
    "home",
)
"""Packages of this app, bottom to top: each may import those that stand before it, and the apps below this one.

tests/test_layout.py checks it; `discover` imports their rules, registers and hooks in this order.
"""


class CommunityConfig(AppConfig):
    name = "community"
    verbose_name = "社区"

    def ready(self):
        discover(self)
