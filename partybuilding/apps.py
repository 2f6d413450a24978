from django.apps import AppConfig

from portal.hooks.discovery import discover

FEATURES = (
    "members",
    "organisations",
    "duties",
    "branch_life",
    "elections",
    "appraisal",
    "donations",
    "goods",
    "member_phone",
    "public_board",
)
"""Packages of this app, bottom to top: each may import those that stand before it, and the apps below this one.

tests/test_layout.py checks it; `discover` imports their rules, registers and hooks in this order.
"""


class PartybuildingConfig(AppConfig):
    name = "partybuilding"
    verbose_name = "党建"

    def ready(self):
        discover(self)
