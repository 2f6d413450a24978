"""`make mutants`: SIZE mutants drawn with SEED, each tried in a copy of the tree.

ONLY=<key> tries one, drawn or not; ONLY=<beginning of keys> those of the draw.

A warm process has imported Django and what else is slow, but no module of ours. For each mutant it writes the mutated
module into the copy and forks; the child runs pytest there. Survivors of the near tests are asked the wide ones at the
end, unless WIDE=0. Results go to `var/mutants/results.jsonl`, one line a mutant; a run goes on where the last one
stopped: what was killed stays so until its module changes, what survived until its tests change.
"""

import gc
import hashlib
import importlib
import inspect
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import traceback
import zlib
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.mutation.draw import Mutant, candidates, draw, near_tests, wide_tests, words_near, words_of

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "var" / "mutants"
TREE = OUT / "tree"
JUDGED = Path(__file__).with_name("judged.toml")
SIZE, SEED, LEAST = 300, 11, 95
"""Mutants of a draw, seed of the draw, and the share in percent of those not judged that must be killed."""
SOUND = "tests/portal/access/test_scope.py"
"""A few tests with the database, which pass before anything is mutated."""
HANGS_SECONDS = 180
"""A child that finishes no test for so long hangs, which counts as killed."""
WARM = (
    "django.test django.contrib.admin.utils django.views.generic django.template.loader django.db.migrations.loader"
    " django.db.backends.postgresql.base psycopg.sql lxml.etree openpyxl pypinyin cryptography.fernet pyrage PIL.Image"
    " weasyprint pypdf segno python_calamine xlsxwriter import_export.widgets environ"
).split()
ARGUMENTS = ["-x", "-q", "-n", "0", "-p", "no:randomly", "-p", "no:cacheprovider", "--tb=line", "--no-header"]


class Recorder:
    """Pytest plugin that begins with the tests that share most words with the mutant, and remembers who failed first."""

    killer = ""

    def __init__(self, words: set[str]):
        self.words = words

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items) -> None:
        def order(item) -> tuple:
            marker = item.get_closest_marker("django_db")
            empties_tables = bool(marker and marker.kwargs.get("transaction"))
            text = f"{item.name} {inspect.getsource(item.function)}"
            return empties_tables, -len(self.words & words_of(text))

        items.sort(key=order)

    def pytest_runtest_logreport(self, report) -> None:
        if report.failed and not self.killer:
            self.killer = report.nodeid

    def pytest_collectreport(self, report) -> None:
        if report.failed and not self.killer:
            self.killer = f"collecting {report.nodeid}"


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def copy_tree(source: Path, target: Path) -> None:
    """Copy what git knows of the working tree; .venv and node_modules are linked."""
    shutil.rmtree(target, ignore_errors=True)
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=source, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (source / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / name, target / name)
    for name in (".venv", "node_modules"):
        (target / name).symlink_to(source / name)
    subprocess.run(
        [sys.executable, "-m", "compileall", "-q", "."], cwd=target, check=False, stdout=subprocess.DEVNULL
    )


@contextmanager
def mutated(mutant: Mutant | None, tree: Path):
    """The copy with the mutated module in it."""
    if mutant is None:
        yield
        return
    path = tree / mutant.path
    source, times = path.read_bytes(), path.stat()
    path.write_bytes(mutant.mutation.applied_to(source))
    os.utime(
        path, (0, zlib.crc32(path.read_bytes()))
    )  # or Python could take the module compiled for another mutant
    try:
        yield
    finally:
        path.write_bytes(source)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def run_tests(
    mutant: Mutant | None, tree: Path, tests: list[str], arguments: list[str] = ARGUMENTS
) -> tuple[int, str]:
    """Run the tests in a forked child: exit status of pytest and the test that failed first."""
    words = words_near(tree, mutant) if mutant else set()
    log, result = tree.parent / "child.log", tree.parent / "child.json"
    result.unlink(missing_ok=True)
    with mutated(mutant, tree):
        log.write_bytes(b"")
        child = os.fork()
        if not child:
            _be_child(tree, tests, words, arguments, log, result)
        while os.waitpid(child, os.WNOHANG) == (0, 0):
            time.sleep(0.05)
            if time.time() - log.stat().st_mtime > HANGS_SECONDS:
                os.killpg(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return -1, "hangs"
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # whatever the tests left running
    return tuple(json.loads(result.read_text())) if result.exists() else (-1, "crashes")


def _be_child(
    tree: Path, tests: list[str], words: set[str], arguments: list[str], log: Path, result: Path
) -> None:
    os.setpgid(0, 0)
    gc.set_threshold(100_000, 50, 50)  # importing Django is a quarter faster
    with open(log, "wb", buffering=0) as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    for name in list(sys.modules):
        if name.partition(".")[0] in ("portal", "tests"):
            del sys.modules[name]
    os.chdir(tree)
    sys.path[0] = str(tree)
    recorder, status = Recorder(words), 3
    try:
        status = int(pytest.main([*arguments, *tests], plugins=[recorder]))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        result.write_text(json.dumps([status, recorder.killer]))
        os._exit(0)


def try_mutant(mutant: Mutant, tests: list[str]) -> dict:
    """One line of the results."""
    begun = time.monotonic()
    status, killer = run_tests(mutant, TREE, tests)
    if status == pytest.ExitCode.NO_TESTS_COLLECTED:
        raise SystemExit(f"no tests for {mutant.key}: {tests}")
    seconds = round(time.monotonic() - begun, 1)
    return {
        "killed": status != 0,
        "killer": killer or (f"exit {status}" if status else ""),
        "seconds": seconds,
    }


def digest(names: list[str]) -> str:
    """Digest of files of the copy."""
    return hashlib.sha256(b"".join((TREE / name).read_bytes() for name in names)).hexdigest()[:16]


def main() -> int:
    size, seed = int(os.environ.get("SIZE") or SIZE), int(os.environ.get("SEED") or SEED)
    only, wide = os.environ.get("ONLY", ""), os.environ.get("WIDE") != "0"
    OUT.mkdir(parents=True, exist_ok=True)
    copy_tree(ROOT, TREE)
    mutants = candidates(TREE)
    drawn = draw(mutants, size, seed)
    one = [mutant for all_of in mutants.values() for mutant in all_of if mutant.key == only]
    drawn = one or [mutant for mutant in drawn if mutant.key.startswith(only)]
    if os.environ.get("LIST"):
        say("\n".join(mutant.key for mutant in drawn))
        return 0
    for name in WARM:
        importlib.import_module(name)
    gc.freeze()
    os.environ |= {"LIREN_VAR": str(OUT), "LIREN_LOGIN": "owner"}
    sys.path[0] = str(TREE)
    from portal.launch.postgres import embedded_server

    with embedded_server(OUT, name="pg-test", fsync=False):
        results = run_all(drawn, wide, again=bool(one))
    return report(drawn, results, mutants, complete=wide and not only)


def run_all(drawn: list[Mutant], wide: bool, again: bool) -> dict[str, dict]:
    """Try those mutants that have no result yet; a test, and afterwards all killers, are run without any mutation."""
    if (status := run_tests(None, TREE, [SOUND])[0]) != 0:
        raise SystemExit(
            f"nothing runs in the copy (exit {status}):\n{(OUT / 'child.log').read_text()[-2000:]}"
        )
    path = OUT / "results.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    known = {(line["key"], line["module"], line["wide"]): line for line in map(json.loads, lines)}
    results, killers = {}, set()
    for is_wide in (False, True)[: 1 + wide]:
        for mutant in drawn:
            if is_wide and results[mutant.key]["killed"]:
                continue
            tests = (wide_tests if is_wide else near_tests)(TREE, mutant)
            identity = {"key": mutant.key, "module": digest([mutant.path]), "wide": is_wide}
            line = known.get(tuple(identity.values()))
            if again or line is None or not (line["killed"] or line["tests"] == digest(tests)):
                tried = try_mutant(mutant, tests) if tests else {"killed": False, "killer": "", "seconds": 0}
                line = identity | {"subject": mutant.subject, "tests": digest(tests)} | tried
                with open(path, "a") as file:
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")
                outcome = "killed  " if line["killed"] else "SURVIVED"
                say(f"{outcome} {line['seconds']:6} {mutant.key} {line['killer']}")
                if "::" in line["killer"]:
                    killers.add(line["killer"])
            results[mutant.key] = line
    status, broken = run_tests(None, TREE, sorted(killers)) if killers else (0, "")
    if status:
        kept = [line for line in path.read_text().splitlines(True) if json.loads(line)["killer"] != broken]
        path.write_text("".join(kept))
        raise SystemExit(f"fails without any mutation, so its kills are forgotten: {broken}")
    return results


def report(
    drawn: list[Mutant], results: dict[str, dict], mutants: dict[str, list[Mutant]], complete: bool
) -> int:
    """Print survivors and shares; 1 if too few are killed or the list of the judged is out of date."""
    judged = {row["key"]: row["why"] for row in tomllib.loads(JUDGED.read_text("utf-8")).get("survivor", [])}
    killed = {key for key, line in results.items() if line["killed"]}
    survivors = [mutant for mutant in drawn if mutant.key not in killed and mutant.key not in judged]
    for mutant in survivors:
        line = (TREE / mutant.path).read_text("utf-8").splitlines()[mutant.mutation.line - 1].strip()
        say(f"\n{mutant.key}\n  {mutant.path}:{mutant.mutation.line}: {line}")
        say(f"  -> {mutant.mutation.text or '(removed)'}")
    drawn_of, killed_of, judged_of = Counter(), Counter(), Counter()
    for mutant in drawn:
        for subject in (mutant.subject, "all"):
            drawn_of[subject] += 1
            killed_of[subject] += mutant.key in killed
            judged_of[subject] += mutant.key in judged
    say(f"\n{'subject':12} mutants killed judged  percent")
    for subject, count in drawn_of.items():
        percent = 100 * killed_of[subject] / max(count - judged_of[subject], 1)
        say(f"{subject:12} {count:7} {killed_of[subject]:6} {judged_of[subject]:6} {percent:8.1f}")
    stale = (
        judged.keys() - {mutant.key for all_of in mutants.values() for mutant in all_of}
        | judged.keys() & killed
    )
    for key in sorted(stale):
        say(f"judged, but {'killed' if key in killed else 'no longer there'}: {key}")
    total = drawn_of["all"] - judged_of["all"]
    return int(bool(stale) or (complete and 100 * killed_of["all"] < LEAST * total))


if __name__ == "__main__":
    sys.exit(main())
