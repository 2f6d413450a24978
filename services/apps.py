from django.apps import AppConfig

from portal.hooks.discovery import discover

FEATURES = ("requests", "public_site", "head_requests", "complaints", "proposals", "hotline")
"""Packages of this app, bottom to top: each may import those that stand before it, and the apps below this one.

tests/test_layout.py checks it; `discover` imports their rules, registers and hooks in this order.
"""


class ServicesConfig(AppConfig):
    name = "services"
    verbose_name = "服务"

    def ready(self):
        discover(self)
