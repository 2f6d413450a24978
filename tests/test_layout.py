"""The layout of the apps: features import one another in one direction, and nothing stands loose.

An app is a row of features, listed bottom to top in `FEATURES` of its `apps.py`. A module belongs to the feature in
whose package it stands; a feature imports only those before it in the list, and the apps below its own. Imports count
wherever they stand: at the top of a module, inside a function, under TYPE_CHECKING. So do models named as text, and
dotted paths in strings. Not seen: URL names, template names, reverse relations, SQL.

Each check is a function from a `Tree` to a list of sentences, so that it can be tried on a small tree with the mistake.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from django.conf import settings

from tests.test_layers import LAYERS, NAMES_EVERY_APP

TOP_FILES = {"__init__.py", "apps.py", "models.py", "urls.py"}
TOP_FILES_OF = {"portal": {"settings.py", "wsgi.py", "middleware.py"}}
TOP_FOLDERS = {"migrations", "management", "templatetags", "__pycache__"}
SHARED_TEMPLATES = {"base.html", "public.html", "skeleton.html", "components", "errors", "django", "print"}
TESTS_OF_ALL = {"test_layers.py", "test_layout.py", "test_discovery.py"}
"""Tests that are about no single feature, directly in the folder of an app."""
STORED_KEYS = {
    "community.heads", "community.heads.began", "community.heads.ended", "community.media", "community.venues",
    "residents.population", "residents.change", "residents.reports", "residents.doors",
}  # fmt: skip
"""Keys of bulletin sections, stored in the database; they only look like modules."""


@dataclass(frozen=True, slots=True)
class Use:
    """That one module uses another. kind: module, function, typing, relation, label or string."""

    path: str
    line: int
    target: str
    kind: str

    def __str__(self):
        return f"{self.path}:{self.line} → {self.target} ({self.kind})"

    @property
    def runs(self) -> bool:
        """Whether the import is executed."""
        return self.kind in ("module", "function")


class Tree:
    """The modules of the apps below `root`, without migrations, and what each of them uses. Nothing is executed."""

    def __init__(self, root: Path):
        self.root = root
        self.apps = [app for app in LAYERS if (root / app).is_dir()]
        self.trees = {
            path.relative_to(root).as_posix(): ast.parse(path.read_text("utf-8"))
            for app in self.apps
            for path in sorted((root / app).rglob("*.py"))
            if "migrations" not in path.parts
        }
        self.features = {app: self._features(app) for app in self.apps}

    def _features(self, app: str) -> tuple[str, ...]:
        for statement in self.trees.get(f"{app}/apps.py", ast.Module([], [])).body:
            if isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", "") == "FEATURES":
                return tuple(ast.literal_eval(statement.value))
        return ()

    @cached_property
    def models(self) -> dict[str, str]:
        """Module of each model by its label in small letters."""
        return {
            f"{path.partition('/')[0]}.{node.name}".lower(): path
            for path, tree in self.trees.items()
            if re.search(r"/models(\.py|/)", path)
            for node in tree.body
            if isinstance(node, ast.ClassDef)
        }

    @cached_property
    def uses(self) -> list[Use]:
        uses = (use for path in self.trees for use in self._uses_of(path) if use.target != path)
        return list(dict.fromkeys(uses))

    def feature_of(self, path: str) -> tuple[str, str]:
        """App and feature; the feature is empty for what stands at the top of the app."""
        app, _, below = path.partition("/")
        folder, slash, _ = below.partition("/")
        return app, folder if slash and folder not in TOP_FOLDERS else ""

    def module(self, dotted: str) -> str | None:
        path = dotted.replace(".", "/")
        return next((each for each in (f"{path}.py", f"{path}/__init__.py") if each in self.trees), None)

    def _uses_of(self, path: str) -> Iterator[Use]:
        tree = self.trees[path]
        inner, typing = set(), set()
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inner |= {id(child) for child in ast.walk(node)}
            elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
                typing |= {id(child) for child in ast.walk(node)}
        for node in ast.walk(tree):
            kind = "function" if id(node) in inner else "typing" if id(node) in typing else "module"
            for target in self._imported(path, node):
                yield Use(path, node.lineno, target, kind)
        yield from self._named(path)

    def _imported(self, path: str, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if target := self.module(alias.name):
                    yield target
        elif isinstance(node, ast.ImportFrom):
            package = path.split("/")[: -node.level] if node.level else []
            base = ".".join([*package, *filter(None, [node.module])])
            for alias in node.names:
                if target := self.module(f"{base}.{alias.name}") or self.module(base):
                    yield target

    def _named(self, path: str) -> Iterator[Use]:
        """Models and modules that stand in strings."""
        app = path.partition("/")[0]
        relations = set()
        for node in ast.walk(self.trees[path]):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            texts = [arg.value for arg in node.args[:2] if isinstance(arg, ast.Constant)]
            if called.endswith(("ForeignKey", "OneToOneField", "ManyToManyField")):
                label = str(texts[0]) if texts and isinstance(node.args[0], ast.Constant) else ""
                label, kind = label if "." in label else f"{app}.{label}", "relation"
                relations.add(id(node.args[0]))
            elif called == "get_model" and len(texts) == 2:
                label, kind = f"{texts[0]}.{texts[1]}", "label"
            else:
                continue
            if target := self.models.get(label.lower()):
                yield Use(path, node.lineno, target, kind)
        for node in ast.walk(self.trees[path]):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in relations:
                continue
            if target := self.models.get(node.value.lower()):
                yield Use(path, node.lineno, target, "label")
            elif target := self._module_in(node.value):
                yield Use(path, node.lineno, target, "string")

    def _module_in(self, text: str) -> str | None:
        """The module that a dotted path leads into."""
        if text in STORED_KEYS or not re.fullmatch(rf"({'|'.join(self.apps)})(\.\w+)+", text):
            return None
        parts = text.split(".")
        modules = (self.module(".".join(parts[:length])) for length in range(len(parts), 1, -1))
        return next(filter(None, modules), None)


def loose(tree: Tree) -> list[str]:
    """Files and folders at the top of an app that are neither Django's own names nor features."""
    return [
        f"{app}/{entry.name}"
        for app in tree.apps
        for entry in sorted((tree.root / app).iterdir())
        if entry.name not in TOP_FILES | TOP_FOLDERS | TOP_FILES_OF.get(app, set())
        and not (entry.is_dir() and entry.name in tree.features[app])
    ]


def listed_wrongly(tree: Tree) -> list[str]:
    """Features that are listed twice, or listed and hidden by a module of their name."""
    return sorted(
        f"{app}/{feature}"
        for app, features in tree.features.items()
        for feature in set(features)
        if features.count(feature) > 1 or (tree.root / app / f"{feature}.py").exists()
    )


def unknown_features(tree: Tree) -> list[str]:
    places = {tree.feature_of(path) for path in tree.trees}
    return sorted(f"{app}/{name}" for app, name in places if name and name not in tree.features[app])


def upward_arrows(tree: Tree) -> list[str]:
    """Uses of a later feature of the same app, and of the top of an app by a feature; a process may be told its settings."""
    wrong = []
    for use in tree.uses:
        if use.kind == "string" and use.target in ("portal/settings.py", "portal/wsgi.py"):
            continue
        (app, feature), (other, target) = tree.feature_of(use.path), tree.feature_of(use.target)
        features = tree.features[app]
        if app != other or not feature or feature == target or feature not in features:
            continue
        if not target or (target in features and features.index(target) > features.index(feature)):
            wrong.append(str(use))
    return wrong


def arrows_to_upper_apps(tree: Tree) -> list[str]:
    """Uses of an app that is not below; only the settings and the root URLs name every app."""
    return [
        str(use)
        for use in tree.uses
        for app, other in [(use.path.partition("/")[0], use.target.partition("/")[0])]
        if other != app and other not in LAYERS[app] and Path(use.path) not in NAMES_EVERY_APP
    ]


def imports_of_gathered_models(tree: Tree) -> list[str]:
    """Uses of `<app>/models.py`, which gathers the models of all features for Django."""
    gathered = {f"{app}/models.py" for app in tree.apps} | {f"{app}/models/__init__.py" for app in tree.apps}
    return [str(use) for use in tree.uses if use.target in gathered]


def filled_packages(tree: Tree) -> list[str]:
    """Features whose `__init__.py` is missing or has more than a docstring: importing on entry makes import cycles."""
    wrong = []
    for app, features in tree.features.items():
        for feature in features:
            path = f"{app}/{feature}/__init__.py"
            if (tree.root / app / feature).is_dir() and (
                path not in tree.trees or not _is_bare(tree.trees[path])
            ):
                wrong.append(path)
    return wrong


def _is_bare(tree: ast.Module) -> bool:
    return len(tree.body) == (ast.get_docstring(tree) is not None)


def import_cycles(tree: Tree) -> list[str]:
    """Groups of modules that import one another, also by imports inside functions."""
    edges = defaultdict(set)
    for use in tree.uses:
        if use.runs:
            edges[use.path].add(use.target)
    return sorted(", ".join(sorted(group)) for group in _components(edges) if len(group) > 1)


def _components(edges: dict[str, set[str]]) -> list[list[str]]:
    """Strongly connected components (Tarjan), without recursion."""
    index, low, stack, components = {}, {}, [], []
    for root in list(edges):
        work = [(root, iter(edges[root]))] if root not in index else []
        if work:
            index[root] = low[root] = len(index)
            stack.append(root)
        while work:
            node, following = work[-1]
            child = next(following, None)
            if child is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    start = stack.index(node)
                    components.append(stack[start:])
                    del stack[start:]
            elif child not in index:
                index[child] = low[child] = len(index)
                stack.append(child)
                work.append((child, iter(edges.get(child, ()))))
            elif child in stack:
                low[node] = min(low[node], index[child])
    return components


def misplaced_templates(tree: Tree) -> list[str]:
    """Templates outside `templates/<app>/<feature>/`, except the shared ones."""
    templates = tree.root / "templates"
    wrong = [
        f"templates/{entry.name}"
        for entry in sorted(templates.iterdir())
        if entry.name not in {*tree.apps, *SHARED_TEMPLATES}
    ]
    for app in tree.apps:
        wrong += [
            f"templates/{app}/{entry.name}"
            for entry in sorted((templates / app).glob("*"))
            if not (entry.is_dir() and entry.name in tree.features[app])
        ]
    return wrong


def misplaced_tests(tree: Tree) -> list[str]:
    """Tests outside `tests/<app>/<feature>/`, except those about all apps."""
    wrong = []
    for app in tree.apps:
        folder = tree.root / "tests" / app
        for path in sorted(folder.rglob("test_*.py")):
            feature, *below = path.relative_to(folder).parts
            is_right = feature in tree.features[app] if below else app == "portal" and feature in TESTS_OF_ALL
            if not is_right:
                wrong.append(path.relative_to(tree.root).as_posix())
    return wrong


CHECKS = (
    loose,
    listed_wrongly,
    unknown_features,
    upward_arrows,
    arrows_to_upper_apps,
    imports_of_gathered_models,
    filled_packages,
    import_cycles,
    misplaced_templates,
    misplaced_tests,
)


@pytest.fixture(scope="module")
def project() -> Tree:
    return Tree(Path(settings.BASE_DIR))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_layout(project, check):
    assert check(project) == []


def test_the_whole_project_is_seen(project):
    """A check that looks at nothing finds nothing."""
    assert project.apps == list(LAYERS)
    assert all(project.features[app] for app in ("portal", "community", "residents"))
    assert len(project.trees) > 400
    assert {use.kind for use in project.uses} >= {"module", "function", "relation", "label", "string"}


SOUND = {
    "portal/__init__.py": "",
    "portal/apps.py": 'FEATURES = ("low", "high")\n"""Bottom to top."""\n',
    "portal/models.py": "from portal.low.models import Thing as Thing",
    "portal/urls.py": 'from portal.high import views\nPAGES = "community.first.views"',
    "portal/low/__init__.py": "",
    "portal/low/models.py": "class Thing:\n    pass",
    "portal/high/__init__.py": '"""What high is for."""',
    "portal/high/views.py": "from portal.low.models import Thing",
    "portal/settings.py": "",
    "portal/high/run.py": 'SETTINGS = "portal.settings"',
    "community/__init__.py": "",
    "community/apps.py": 'FEATURES = ("first", "second")',
    "community/first/__init__.py": "",
    "community/first/models.py": 'class Person:\n    thing = ForeignKey("portal.Thing")',
    "community/first/views.py": 'KEY = "community.media"',
    "community/second/__init__.py": "",
    "community/second/views.py": "def view():\n    from community.first import models",
    "templates/base.html": "",
    "templates/portal/high/page.html": "",
    "tests/portal/test_layers.py": "",
    "tests/portal/high/test_views.py": "",
    "tests/community/conftest.py": "",
}

MISTAKES = {
    "a module at the top": (loose, {"portal/helpers.py": ""}),
    "a package at the top": (loose, {"portal/views/pages.py": ""}),
    "a folder without Python": (loose, {"community/sql/functions.sql": ""}),
    "settings of another app": (loose, {"community/settings.py": ""}),
    "a feature twice": (listed_wrongly, {"portal/apps.py": 'FEATURES = ("low", "high", "low")'}),
    "a feature beside a module of its name": (listed_wrongly, {"portal/low.py": ""}),
    "a feature that is not listed": (unknown_features, {"portal/new/views.py": ""}),
    "an import upward": (upward_arrows, {"portal/low/views.py": "from portal.high import views"}),
    "an import of a name upward": (upward_arrows, {"portal/low/views.py": "from portal.high.views import a"}),
    "a plain import upward": (upward_arrows, {"portal/low/views.py": "import portal.high.views"}),
    "a relative import upward": (upward_arrows, {"portal/low/views.py": "from ..high import views"}),
    "an import in a function": (
        upward_arrows,
        {"portal/low/views.py": "def f():\n    from portal.high import views"},
    ),
    "an import for typing": (
        upward_arrows,
        {"portal/low/views.py": "if TYPE_CHECKING:\n    from portal.high.views import a"},
    ),
    "a relation upward": (
        upward_arrows,
        {
            "portal/high/models.py": "class Other:\n    pass",
            "portal/low/models.py": 'class Thing:\n    other = ForeignKey("Other")',
        },
    ),
    "a label upward": (
        upward_arrows,
        {"portal/high/models.py": "class Other:\n    pass", "portal/low/views.py": 'LABEL = "portal.other"'},
    ),
    "a model asked for by name": (
        upward_arrows,
        {
            "portal/high/models.py": "class Other:\n    pass",
            "portal/low/views.py": 'get_model("portal", "Other")',
        },
    ),
    "a dotted path upward": (upward_arrows, {"portal/low/views.py": 'NAME = "portal.high.views.a"'}),
    "an import of the top": (upward_arrows, {"portal/low/views.py": "from portal import urls"}),
    "an import of an upper app": (
        arrows_to_upper_apps,
        {"portal/low/views.py": "from community.first import models"},
    ),
    "a relation to an upper app": (
        arrows_to_upper_apps,
        {"portal/low/models.py": 'class Thing:\n    person = ForeignKey("community.Person")'},
    ),
    "the top of an app names an upper one": (
        arrows_to_upper_apps,
        {"portal/management/commands/go.py": "import community.first.models"},
    ),
    "an app beside": (
        arrows_to_upper_apps,
        {"services/requests/views.py": "", "security/patrol/views.py": "from services.requests import views"},
    ),
    "models from where they are gathered": (
        imports_of_gathered_models,
        {"portal/high/views.py": "from portal.models import Thing"},
    ),
    "gathered models of another app": (
        imports_of_gathered_models,
        {"community/first/views.py": "def f():\n    from portal import models"},
    ),
    "code in a package": (filled_packages, {"portal/low/__init__.py": "X = 1"}),
    "code below the docstring of a package": (
        filled_packages,
        {"portal/low/__init__.py": '"""Low."""\nX = 1'},
    ),
    "a folder that is no package": (
        filled_packages,
        {"community/apps.py": 'FEATURES = ("first", "second", "third")', "community/third/views.py": ""},
    ),
    "two modules that import one another": (
        import_cycles,
        {"portal/low/a.py": "from portal.low import b", "portal/low/b.py": "from portal.low.a import x"},
    ),
    "three, one inside a function": (
        import_cycles,
        {
            "portal/low/a.py": "from portal.low import b",
            "portal/low/b.py": "from portal.low import c",
            "portal/low/c.py": "def f():\n    from portal.low import a",
        },
    ),
    "a loose template": (misplaced_templates, {"templates/portal/page.html": ""}),
    "a folder of templates for no feature": (misplaced_templates, {"templates/portal/other/page.html": ""}),
    "a folder of templates for no app": (misplaced_templates, {"templates/generic/page.html": ""}),
    "a loose test": (misplaced_tests, {"tests/portal/test_views.py": ""}),
    "a test of all apps elsewhere": (misplaced_tests, {"tests/community/test_layers.py": ""}),
    "a folder of tests for no feature": (misplaced_tests, {"tests/community/other/test_views.py": ""}),
}


def write_tree(root: Path, *layers: dict[str, str]) -> Tree:
    for files in layers:
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    return Tree(root)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_sound_tree_passes(tmp_path, check):
    assert check(write_tree(tmp_path, SOUND)) == []


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found(tmp_path, mistake):
    check, files = MISTAKES[mistake]
    assert len(check(write_tree(tmp_path, SOUND, files))) == 1


def test_every_check_is_tried_on_a_mistake():
    assert {check for check, _ in MISTAKES.values()} == set(CHECKS)
