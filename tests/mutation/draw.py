"""The draw: which modules are mutated, which of their mutants are tried, and which tests are nearest to each."""

import ast
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.mutation.operators import Mutation, mutations

SUBJECTS = {
    "scope": (
        *(
            f"portal/access/{name}.py"
            for name in ("querysets", "user_access", "db_scope", "rls", "table_grants", "views")
        ),
        "portal/middleware.py",
    ),
    "rights": (
        *(f"portal/access/{name}.py" for name in ("roles", "permissions", "url_spaces", "checks")),
        "portal/accounts/recent_password.py",
        "community/accounts/models.py",
        "*/*/views.py: decorator permission",
        "*/*/views/*.py: decorator permission",
        "*/*/registers.py: permission",
        "*/*/registers/*.py: permission",
    ),
    "undo": ("residents/events/*/undo.py", "residents/merging/actions/undo.py", "portal/*/undo.py"),
    "purge": ("portal/retention/*.py", "*/*/retention.py", "community/management/commands/purge.py"),
    "events": ("residents/events/**/*.py", "residents/event_log/*.py"),
    "publication": ("community/bulletins/**/*.py",),
    "import": ("portal/importing/*.py", "residents/importing/*.py"),
}
"""Subject -> its files, after a colon the operators that are tried there. A file of two is of the one named first."""
NOT_MUTATED = ("/demo.py", "/urls.py", "/apps.py")
MATRIX, RIGHTS = "tests/test_matrix.py", ("decorator", "permission")
WIDE_TESTS = (
    "tests/portal/hooks/test_discovery.py",
    "tests/test_models.py",
    "tests/test_layers.py",
    "tests/portal/access/test_scope.py",
    MATRIX,
    "tests/test_two_communities.py",
    "tests/test_every_form.py",
)
"""Tests of all pages, for what the nearer ones let live."""
SLOW = re.compile(r"tests/browser/|test_outage|test_benchmarks|test_query_counts")
"""Never run: each takes long, and is about something else."""
FEW, NEAR = 3, 8
"""Users of a module are near to it if they are few features; and so many test files are near at most."""
FEATURES_OF = {
    "portal/middleware.py": (
        "portal/access",
        "portal/accounts",
        "portal/audit",
        "community/phones",
        "portal/monitoring",
        "portal/forms",
    ),
    "retention.py": ("portal/retention",),
}
"""Where a module of no feature is tested, and those of a name."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mutation of the module at `path`, below the root."""

    subject: str
    path: str
    mutation: Mutation

    @property
    def key(self) -> str:
        """Stable name: it changes only if the same function loses or gains a mutation of the same kind."""
        m = self.mutation
        return f"{self.path.removesuffix('.py').replace('/', '.')}:{m.scope}:{m.operator}:{m.ordinal}"


def candidates(root: Path) -> dict[str, list[Mutant]]:
    """Every mutant of each subject."""
    exchanges = _exchanges(root)
    by_key: dict[str, Mutant] = {}
    for subject, patterns in SUBJECTS.items():
        for pattern, _, operators in (pattern.partition(": ") for pattern in patterns):
            for path in sorted(root.glob(pattern)):
                name = path.relative_to(root).as_posix()
                if name.startswith("tests/") or name.endswith(NOT_MUTATED):
                    continue
                for mutation in mutations(path.read_bytes(), exchanges):
                    if not operators or mutation.operator in operators.split():
                        mutant = Mutant(subject, name, mutation)
                        by_key.setdefault(mutant.key, mutant)
    return {subject: [m for m in by_key.values() if m.subject == subject] for subject in SUBJECTS}


def _exchanges(root: Path) -> dict[str, str]:
    """Each right → the next one that other roles hold: for one that the same roles hold, nobody would notice."""
    path = root / "portal/access/permissions.py"
    if not path.exists():
        return {}
    from portal.access.permissions import Permission
    from portal.access.roles import ROLES

    holders = {
        right: frozenset(code for code, role in ROLES.items() if right in role.permissions)
        for right in Permission
    }
    rights = list(Permission)
    exchanges = {}
    for place, right in enumerate(rights):
        others = (other for other in rights[place + 1 :] + rights[:place] if holders[other] != holders[right])
        exchanges[right.name] = next(others).name
    return exchanges


def draw(mutants: dict[str, list[Mutant]], size: int, seed: int) -> list[Mutant]:
    """`size` mutants, as many of each subject as there are, up to an equal share.

    Each key has a place of its own in the order of the draw, so that an edit changes the few mutants it touches.
    """

    def place(mutant: Mutant) -> bytes:
        return hashlib.sha256(f"{seed} {mutant.key}".encode()).digest()

    drawn: list[Mutant] = []
    for i, subject in enumerate(sorted(mutants, key=lambda subject: len(mutants[subject]))):
        share = (size - len(drawn)) // (len(mutants) - i)
        drawn += sorted(mutants[subject], key=place)[:share]
    order = list(mutants)
    return sorted(drawn, key=lambda mutant: (order.index(mutant.subject), mutant.path, mutant.mutation.start))


@cache
def imports(root: Path) -> dict[str, set[str]]:
    """Module -> files of the apps and of the tests that import it, or a name out of it."""
    importers: dict[str, set[str]] = {}
    for app in ("portal", "community", "residents", "partybuilding", "services", "tests"):
        for path in (root / app).rglob("*.py"):
            for name in _imported(path.read_text("utf-8")):
                importers.setdefault(name, set()).add(path.relative_to(root).as_posix())
    return importers


def _imported(source: str) -> set[str]:
    names = set(re.findall(r"^\s*import ([\w.]+)", source, re.MULTILINE))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def near_tests(root: Path, mutant: Mutant) -> list[str]:
    """The test files asked first about a mutant: the nearest, NEAR of them at most.

    Rights of pages are the subject of the matrix, which comes first for them.
    """
    of_a_page = mutant.mutation.operator in RIGHTS and re.search(r"/(views|registers)\b", mutant.path)
    return [MATRIX, *_by_nearness(root, mutant)][not of_a_page :][:NEAR]


def wide_tests(root: Path, mutant: Mutant) -> list[str]:
    """The test files asked about those that lived: the less near ones, then the tests of all pages."""
    asked = near_tests(root, mutant)
    return [test for test in [*_by_nearness(root, mutant), *WIDE_TESTS] if test not in asked]


def _by_nearness(root: Path, mutant: Mutant) -> list[str]:
    """Test files for a mutant, those first that speak of its function most.

    They are the tests of its feature, those that import the module, and those of its users where these are few.
    """
    path = mutant.path
    importers = imports(root).get(path.removesuffix(".py").replace("/", "."), set())
    features = FEATURES_OF.get(path) or FEATURES_OF.get(Path(path).name) or (_feature(path),)
    direct = sorted(name for name in importers if re.search(r"/test_\w+\.py$", name))
    users = sorted({_feature(name) for name in importers if not name.startswith("tests/")} - {*features})
    near = [test for feature in features for test in _tests_of(root, feature)] + direct
    if len(users) <= FEW:
        near += [test for user in users for test in _tests_of(root, user)]
    words = words_of(f"{Path(path).stem} {mutant.mutation.scope}")

    def relevance(test: str) -> int:
        text = f"{test * 5} {(root / test).read_text('utf-8')}".lower()
        return sum(text.count(word) for word in words)

    near = [test for test in dict.fromkeys(near) if test not in WIDE_TESTS and not SLOW.search(test)]
    return sorted(near, key=lambda test: (Path(path).stem in Path(test).stem, relevance(test)), reverse=True)


def words_of(text: str) -> set[str]:
    """English words of names, and Chinese ones of sentences."""
    return set(re.findall("[a-z]{4,}|[\u4e00-\u9fff]{2,}", text.lower()))


def words_near(root: Path, mutant: Mutant) -> set[str]:
    """Words by which to find the tests of a mutant: of module, function and the lines around it."""
    lines = (root / mutant.path).read_text("utf-8").splitlines()
    around = lines[max(mutant.mutation.line - 3, 0) : mutant.mutation.line + 2]
    return words_of(" ".join([Path(mutant.path).stem, mutant.mutation.scope, *around]))


def _feature(path: str) -> str:
    return "/".join(path.split("/")[:2])


def _tests_of(root: Path, feature: str) -> list[str]:
    folder = root / "tests" / feature
    return [test.relative_to(root).as_posix() for test in sorted(folder.glob("test_*.py"))]
