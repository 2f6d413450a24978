"""The mutation tool itself, on a module of a few lines."""

import ast
import tomllib
from pathlib import Path
from types import MappingProxyType

import pytest

from portal.access.permissions import Permission
from portal.access.roles import ROLES
from tests.mutation.__main__ import JUDGED, ROOT, report, run_tests
from tests.mutation.draw import SUBJECTS, WIDE_TESTS, Mutant, candidates, draw, near_tests
from tests.mutation.operators import mutations

TOY = '''"""Doors."""
import logging

logger = logging.getLogger(__name__)

def may_open(age: int, keys: int = 0) -> bool:
    """Whether somebody of this age may open a door."""
    logger.info("asked %s", 1)
    if age >= 18 and keys:
        return True
    return False
'''
TESTS = """
from toy import may_open

def test_only_adults_with_a_key_open():
    assert may_open(30, 1)
    assert not may_open(30)
    assert not may_open(17, 1)
"""
PLAIN = ["-x", "-q", "-p", "no:django", "-p", "no:randomly", "-p", "no:cacheprovider", "-c", "toy.ini"]


def texts(source: str, exchanges=MappingProxyType({})) -> dict[str, list[str]]:
    """Operator -> the mutated sources."""
    by_operator: dict[str, list[str]] = {}
    for mutation in mutations(source.encode(), exchanges):
        mutated = mutation.applied_to(source.encode()).decode()
        ast.parse(mutated)
        by_operator.setdefault(mutation.operator, []).append(mutated)
    return by_operator


@pytest.mark.parametrize(
    ("operator", "source", "expected"),
    [
        ("compare", "x = a < b", ["x = (a <= b)"]),
        ("compare", "x = a in b", ["x = (a not in b)"]),
        ("boolean", "x = a and b", ["x = (a or b)"]),
        ("not", "x = not a", ["x = (a)"]),
        ("condition", "x = 1 if a else 2", ["x = 1 if (not a) else 2"]),
        ("constant", "x = 5", ["x = 6", "x = 4"]),
        ("constant", "x = True", ["x = False"]),
        ("arithmetic", "x = a + b", ["x = (a - b)"]),
        ("arithmetic", 'x = "甲" + b', []),
        ("lookup", "f(day__lt=a)", ["f(day__lte=a)"]),
        ("argument", "x = q.filter(a, b=c)", ["x = q.filter(b=c)", "x = q.filter(a)"]),
        ("argument", "x = rows(M, access, P.A, place)", ["x = rows(M, access, P.A)"]),
        ("permission", "x = P.A", ["x = P.B"]),
        ("permission", "x = Permission.C", ["x = Permission.A"]),
        ("statement", "f(a)", ["pass"]),
        ("statement", "raise Refused", ["pass"]),
        ("decorator", "@needs(a)\ndef f(): pass", ["\ndef f(): pass"]),
        ("decorator", "@property\ndef f(self): pass", []),
        ("return", "def f(): return a", ["def f(): return None"]),
        ("return", "def f(): return False", []),
        ("return", "def f(): return []", []),
        ("sql", 'x = "甲 WHERE a < b AND c"', ['x = "甲 WHERE a < b OR c"', 'x = "甲 WHERE a <= b AND c"']),
        ("sql", 'x = "a < b AND"', []),
    ],
)
def test_operators(operator, source, expected):
    assert texts(source, {"A": "B", "C": "A"}).get(operator, []) == expected


@pytest.mark.parametrize(
    "source",
    [
        '"""Docstring of 5 words."""',
        "logger.info(1)",
        "messages.success(request, 1)",
        "x: Literal[5]",
        "x = 5  # pragma: no mutation",
        "x = f(max_length=5)",
        "raise NotImplementedError",
        "day = models.DateField(null=True)",
        "class Meta:\n    ordering = f(1)",
        "if TYPE_CHECKING:\n    from a import b",
    ],
)
def test_nothing_else_is_mutated(source):
    assert texts(source) == {}


@pytest.fixture
def toy(tmp_path) -> Path:
    """A tree with one module and its tests."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "toy.py").write_text(TOY)
    (tree / "test_toy.py").write_text(TESTS)
    (tree / "toy.ini").write_text("[pytest]\n")
    return tree


def toy_mutant(operator: str) -> Mutant:
    return next(Mutant("toy", "toy.py", m) for m in mutations(TOY.encode()) if m.operator == operator)


def test_mutants_are_killed_or_survive(toy):
    before = (toy / "toy.py").stat().st_mtime_ns
    assert run_tests(None, toy, ["test_toy.py"], PLAIN) == (0, "")
    killed = run_tests(toy_mutant("boolean"), toy, ["test_toy.py"], PLAIN)
    assert killed == (1, "test_toy.py::test_only_adults_with_a_key_open")
    # Nobody asks about the age of 18.
    assert run_tests(toy_mutant("compare"), toy, ["test_toy.py"], PLAIN) == (0, "")
    assert (toy / "toy.py").read_text() == TOY
    assert (toy / "toy.py").stat().st_mtime_ns == before


@pytest.fixture(scope="module")
def all_mutants() -> dict[str, list[Mutant]]:
    return candidates(ROOT)


def test_draws_are_repeatable_and_stable(all_mutants):
    mutants = {subject: [*of_subject] for subject, of_subject in all_mutants.items()}
    drawn = [mutant.key for mutant in draw(mutants, 100, 1)]
    assert len(set(drawn)) == 100
    assert drawn == [mutant.key for mutant in draw(mutants, 100, 1)]
    assert drawn != [mutant.key for mutant in draw(mutants, 100, 2)]
    gone = mutants["import"].pop(0)
    assert len(set(drawn) - {gone.key} - {mutant.key for mutant in draw(mutants, 100, 1)}) == 0


def test_every_subject_and_test_is_there(all_mutants):
    for subject, mutants in all_mutants.items():
        assert len(mutants) > 100, subject
    for patterns in SUBJECTS.values():
        for pattern in patterns:
            assert list(ROOT.glob(pattern.partition(":")[0])), pattern
    assert all((ROOT / test).is_file() for test in WIDE_TESTS)


def test_nearest_tests_come_first(all_mutants):
    mutants = {mutant.key: mutant for of_subject in all_mutants.values() for mutant in of_subject}

    def nearest(beginning: str) -> list[str]:
        return near_tests(ROOT, next(mutant for key, mutant in mutants.items() if key.startswith(beginning)))

    assert nearest("residents.events.actions.undo:")[0] == "tests/residents/events/test_undo.py"
    assert nearest("residents.event_log.consequences:")[0] == "tests/residents/events/test_undo.py"
    assert nearest("portal.middleware:ScopeMiddleware")[0].startswith("tests/portal/")
    assert nearest("residents.health.views:record_list:decorator")[0] == "tests/test_matrix.py"


def test_a_judgement_that_does_not_hold_is_an_error(toy, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("tests.mutation.__main__.TREE", toy)
    monkeypatch.setattr("tests.mutation.__main__.JUDGED", tmp_path / "judged.toml")
    mutant = toy_mutant("compare")
    survivor = Mutant("toy", "toy.py", mutant.mutation)

    def outcome(judged: str, killed: bool) -> int:
        (tmp_path / "judged.toml").write_text(
            f'[[survivor]]\nkey = "{judged}"\nwhy = "nobody is 18"\n' if judged else ""
        )
        return report([survivor], {survivor.key: {"killed": killed}}, {"toy": [survivor]}, complete=True)

    assert outcome("", killed=True) == 0
    assert outcome("", killed=False) == 1
    assert outcome(survivor.key, killed=False) == 0
    assert outcome(survivor.key, killed=True) == 1
    assert f"judged, but killed: {survivor.key}" in capsys.readouterr().out
    assert outcome("toy:may_open:compare:7", killed=True) == 1


def test_the_judged_are_there(all_mutants):
    keys = {mutant.key for mutants in all_mutants.values() for mutant in mutants}
    for row in tomllib.loads(JUDGED.read_text("utf-8")).get("survivor", []):
        assert row["key"] in keys
        assert row["why"]


def test_a_right_is_exchanged_for_one_that_others_hold(all_mutants):
    """Otherwise the mutant would be equivalent."""
    holders = {
        right.name: {code for code, role in ROLES.items() if right in role.permissions}
        for right in Permission
    }
    mutants = [m for m in all_mutants["rights"] if m.mutation.operator == "permission"]
    sources = {m.path: (ROOT / m.path).read_bytes() for m in mutants}
    pairs = [
        (
            sources[m.path][m.mutation.start : m.mutation.end].decode().split(".")[1],
            m.mutation.text.split(".")[1],
        )
        for m in mutants
    ]
    assert len(pairs) > 100
    assert [pair for pair in pairs if holders[pair[0]] == holders[pair[1]]] == []
