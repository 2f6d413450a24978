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


ROLES = ("views", "forms", "registers")


def _shows_rows(path: Path, tree: ast.AST) -> bool:
    """Whether a module shows or takes rows: by its name, by a folder of that name in a feature, or by taking a request.

    path: from its app on, such as `bulletins/views/drafts.py`.
    """
    _, *inside = path.parts
    if path.parts[0] == "templatetags" or path.stem in (*ROLES, "filters") or set(ROLES) & set(inside[:-1]):
        return True
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.args.args)
    return any(function.args.args[0].arg == "request" for function in functions)


# Sessions belong to users, not to a community.
OUTSIDE_SCOPE = {"sessions.py"}


def test_what_shows_rows_asks_for_them_only_through_the_scope():
    root = Path(settings.BASE_DIR)
    wrong = []
    for app in LAYERS:
        for path in (root / app).rglob("*.py"):
            text = path.read_text("utf-8")
            if ".objects" not in text or path.name in OUTSIDE_SCOPE:
                continue
            if _shows_rows(path.relative_to(root / app), ast.parse(text)):
                wrong.append(str(path.relative_to(root)))
    assert wrong == []


@pytest.mark.parametrize(
    ("path", "code", "expected"),
    [
        ("bulletins/views/drafts.py", "", True),
        ("bulletins/views.py", "", True),
        ("care/registers/elder.py", "", True),
        ("tasks/forms.py", "", True),
        ("registers/filters.py", "", True),
        ("templatetags/liren.py", "", True),
        ("people/reveal.py", "def reveal(request): pass", True),
        ("forms/models.py", "", False),
        ("registers/preferences.py", "def usable(access): pass", False),
        ("tasks/actions.py", "def give(*, by, request): pass", False),
    ],
)
def test_which_modules_show_rows(path, code, expected):
    assert _shows_rows(Path(path), ast.parse(code)) is expected
