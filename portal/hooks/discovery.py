"""Discovery of what features declare: dated rules, registers, retention, hook implementations, checks and tasks."""

from collections.abc import Collection
from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

DECLARING = ("rules", "registers", "retention", "hooks", "checks", "tasks")
"""Modules of a feature that declare something when they are imported, in the order in which they are imported."""


def discover(app_config: AppConfig, modules: Collection[str] = DECLARING) -> None:
    """Import these modules of every feature, in the order of the app's `FEATURES`.

    A feature has those it needs, an app without features none. An error inside a module is raised: a declaration
    must not vanish without a word.
    """
    for feature in getattr(import_module(type(app_config).__module__), "FEATURES", ()):
        for module in modules:
            dotted = f"{app_config.name}.{feature}.{module}"
            if find_spec(dotted):
                import_module(dotted)
