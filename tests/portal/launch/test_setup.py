"""Set-up: system packages, damaged installations, and lock files."""

import errno
import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from portal.launch import inventory, setup
from portal.launch.state import ROOT, LaunchError, state_folder


@pytest.fixture
def dpkg(tmp_path, monkeypatch):
    """Machine on which dpkg reports fontconfig as installed, curl as removed, and nothing else."""
    program = tmp_path / "dpkg-query"
    program.write_text("#!/bin/sh\necho installed fontconfig\necho config-files curl\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))


def test_only_installed_packages_count(dpkg):
    assert setup.missing_system_packages(["fontconfig", "curl", "chromium"]) == ["curl", "chromium"]


def test_missing_packages_are_reported_without_root_and_sudo(dpkg, monkeypatch):
    monkeypatch.setattr(setup.os, "geteuid", lambda: 1000)
    with pytest.raises(LaunchError) as caught:
        setup.install_system_packages(["fontconfig", "chromium"])
    assert str(caught.value).endswith("apt-get install -y --no-install-recommends chromium")


def test_a_step_is_repeated_only_after_a_change_or_a_failure(tmp_path):
    source, stamp = tmp_path / "lock", tmp_path / "stamp"
    source.write_text("one")
    calls = []

    def step(fails=False):
        with setup._step_unless_done([source], stamp) as needed:
            calls.append(needed)
            if fails:
                raise LaunchError("x")

    with pytest.raises(LaunchError):
        step(fails=True)
    step()
    step()
    source.write_text("two")
    step()
    assert calls == [True, True, False, True]


def remove(path):
    path.unlink()


def truncate(path):
    path.write_text(path.read_text()[:3])


def blank_out(path):
    """Zero a file as a power cut may, keeping its size."""
    path.write_bytes(bytes(path.stat().st_size))


def remove_folder(path):
    shutil.rmtree(path.parent)


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """Clone with fake `python -m venv`, pip and npm that write two files each; returns the names of those that ran."""
    for name in ("requirements.txt", "requirements-test.txt", "package-lock.json"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup, "MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(setup, "_works", lambda python: (tmp_path / ".venv/bin/python").exists())
    monkeypatch.setattr(setup, "BROWSER_FILES", {})
    ran = []

    def run(command, **options):
        name = "npm" if "ci" in command else "pip" if "pip" in command else "venv"
        ran.append(name)
        folder = {
            "venv": ".venv/bin",
            "pip": f".venv/lib/{Path(command[-1]).stem}",
            "npm": "node_modules/htmx.org",
        }[name]
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        for file in ("python", "file.js"):
            (tmp_path / folder / file).write_text("content of a file")

    monkeypatch.setattr(setup, "run_quietly", run)
    monkeypatch.setattr(setup, "_npm", lambda folder: ["npm"])
    return tmp_path, ran


def set_up(purpose):
    setup.make_environment(setup.LOCKS[purpose])
    setup.fetch_browser_packages()


def test_second_set_up_does_nothing(clone):
    folder, ran = clone
    set_up("run")
    assert ran == ["venv", "pip", "npm"]
    set_up("test")
    assert ran[3:] == ["pip"]
    # Additional files are no damage.
    (folder / ".venv/lib/requirements/__pycache__").mkdir()
    (folder / ".venv/lib/requirements/__pycache__/file.pyc").touch()
    (folder / ".venv/lib/more.py").touch()
    for purpose in ("run", "test"):
        set_up(purpose)
    assert len(ran) == 4


@pytest.mark.parametrize("damage", [remove, truncate, remove_folder])
@pytest.mark.parametrize("name", ["requirements/file.js", "requirements-test/python"])
def test_damaged_environment_is_recreated(clone, damage, name):
    folder, ran = clone
    set_up("test")
    set_up("run")
    del ran[:]
    damage(folder / ".venv/lib" / name)
    set_up("run")
    assert ran == ["venv", "pip"]
    set_up("test")
    assert ran == ["venv", "pip", "pip"]


@pytest.mark.parametrize("damage", [remove, truncate, blank_out, remove_folder])
def test_damaged_browser_packages_are_fetched_again(clone, damage):
    folder, ran = clone
    set_up("run")
    damage(folder / "node_modules/htmx.org/file.js")
    set_up("run")
    set_up("run")
    assert ran == ["venv", "pip", "npm", "npm"]


@pytest.mark.parametrize("listing", [".venv/installed.files", "node_modules/.installed.files"])
@pytest.mark.parametrize("damage", [remove, truncate, blank_out])
def test_damaged_inventory_counts_as_damage(clone, listing, damage):
    folder, ran = clone
    set_up("run")
    before = len(ran)
    damage(folder / listing)
    set_up("run")
    assert len(ran) > before


@pytest.mark.parametrize("name", [".venv", "node_modules"])
def test_file_in_place_of_a_folder_is_replaced(clone, name):
    folder, _ = clone
    (folder / name).touch()
    set_up("run")
    assert (folder / name).is_dir()


@pytest.mark.parametrize("name", [".venv/lib/requirements/file.js", "node_modules/htmx.org/file.js"])
def test_failed_removal_is_reported_in_one_sentence(clone, monkeypatch, name):
    folder, _ = clone
    set_up("run")
    remove(folder / name)

    def refuse(path):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(inventory.shutil, "rmtree", refuse)
    with pytest.raises(LaunchError, match="不能删除（Permission denied）"):
        set_up("run")


def test_failed_installation_is_repeated(clone, monkeypatch):
    folder, ran = clone

    def fail(command, **options):
        raise subprocess.CalledProcessError(1, command)

    set_up("run")
    (folder / "requirements.txt").write_text("newer")
    with monkeypatch.context() as broken:
        broken.setattr(setup, "run_quietly", fail)
        with pytest.raises(LaunchError):
            set_up("run")
    (folder / ".venv/lib/requirements/file.js").unlink()  # what pip was at
    set_up("run")
    assert ran == ["venv", "pip", "npm", "venv", "pip"]


def test_set_up_needs_the_standard_library_only():
    code = "import sys; sys.path.insert(0, sys.argv[1]); import portal.launch.setup"
    subprocess.run([sys.executable, "-I", "-S", "-c", code, str(ROOT)], check=True)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_python_locks_hold_hashes_and_no_addresses(name):
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "--" not in text.replace("--hash=", "")
    pins = re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==\S+.* \\\n    --hash=sha256:", text, re.MULTILINE)
    assert "django" in pins
    assert len(pins) == len(re.findall(r"^[a-z]", text, re.MULTILINE))


def test_locked_packages_accept_debians_python():
    names = re.findall(r"^([a-z0-9-]+)", (ROOT / "requirements-test.txt").read_text(), re.MULTILINE)
    requirements = {name: importlib.metadata.metadata(name).get("Requires-Python") for name in names}
    assert [
        name for name, versions in requirements.items() if "3.11.2" not in SpecifierSet(versions or "")
    ] == []


def test_both_python_locks_agree():
    def pins(name):
        return set(re.findall(r"^[a-z].*==[^ ]+", (ROOT / name).read_text(), re.MULTILINE))

    assert pins("requirements.txt") < pins("requirements-test.txt")


def test_browser_lock_holds_hashes_and_no_addresses():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    fetched = {name: entry for name, entry in packages.items() if name}
    assert all(entry["integrity"] and "resolved" not in entry for entry in fetched.values())
    assert {"node_modules/@tabler/core", "node_modules/htmx.org"} <= set(fetched)


def test_state_folder_is_private(tmp_path, monkeypatch):
    monkeypatch.setenv("LIREN_VAR", str(tmp_path / "里仁" / "var"))
    assert state_folder().stat().st_mode & 0o777 == 0o700


def test_state_folder_error_is_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("LIREN_VAR", str(tmp_path / "file" / "var"))
    with pytest.raises(LaunchError, match="无法建立数据目录"):
        state_folder()
