"""Imports and relations point one way: portal ← community ← residents ← the three apps above."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

LAYERS = {
    "portal": set(),
    "community": {"portal"},
    "residents": {"portal", "community"},
    "partybuilding": {"portal", "community", "residents"},
    "services": {"portal", "community", "residents"},
    "security": {"portal", "community", "residents"},
}
# The root URL configuration and the settings name every app; that is their purpose.
NAMES_EVERY_APP = {Path("portal/urls.py"), Path("portal/settings.py")}


def _imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found & LAYERS.keys()


@pytest.mark.parametrize("app", LAYERS)
def test_imports_point_downward(app):
    root = Path(settings.BASE_DIR)
    wrong = {}
    for path in (root / app).rglob("*.py"):
        upward = _imported(path) - LAYERS[app] - {app}
        if upward and path.relative_to(root) not in NAMES_EVERY_APP:
            wrong[str(path.relative_to(root))] = sorted(upward)
    assert wrong == {}


@pytest.mark.parametrize("app", LAYERS)
def test_relations_point_downward(app):
    wrong = []
    for model in apps.get_app_config(app).get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            if not (field.is_relation and field.concrete and field.related_model):
                continue
            target = field.related_model._meta.app_label
            if target in LAYERS and target != app and target not in LAYERS[app]:
                wrong.append(f"{model._meta.label}.{field.name} → {target}")
    assert wrong == []


def test_pages_name_no_app_above_them():
    """Templates and code of a lower app must not know URL names of an upper one by heart."""
    root = Path(settings.BASE_DIR)
    wrong = []
    for app, below in LAYERS.items():
        upper = LAYERS.keys() - below - {app}
        for path in (root / app).rglob("*.py"):
            if path.relative_to(root) in NAMES_EVERY_APP:
                continue
            text = path.read_text("utf-8")
            wrong += [
                f"{path.relative_to(root)}: {other}"
                for other in upper
                if other != "community" and f'"{other}:' in text  # portal leads home, see LOGIN_REDIRECT_URL
            ]
    assert wrong == []


def test_views_forms_and_registers_ask_for_rows_only_through_the_scope():
    root = Path(settings.BASE_DIR)
    wrong = []
    for app in LAYERS:
        for path in (root / app).rglob("*.py"):
            part = path.relative_to(root / app)
            watched = {"views", "forms", "registers", "templatetags"} & set(part.parts) or part.name in (
                "forms.py",
                "registers.py",
                "filters.py",
            )
            if watched and ".objects" in path.read_text("utf-8"):
                wrong.append(str(path.relative_to(root)))
    assert wrong == []
