"""Set-up: what it asks the machine for, and the lock files it follows."""

import importlib.metadata
import json
import re
import subprocess
import sys

import pytest
from packaging.specifiers import SpecifierSet

from portal.launch import ROOT, LaunchError, setup, state_folder


@pytest.fixture
def dpkg(tmp_path, monkeypatch):
    """A machine on which dpkg knows fontconfig as installed, curl as removed, and nothing else."""
    program = tmp_path / "dpkg-query"
    program.write_text("#!/bin/sh\necho installed fontconfig\necho config-files curl\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))


def test_only_installed_packages_count(dpkg):
    assert setup.missing_system_packages(["fontconfig", "curl", "chromium"]) == ["curl", "chromium"]


def test_without_root_and_sudo_the_missing_packages_are_named(dpkg, monkeypatch):
    monkeypatch.setattr(setup.os, "geteuid", lambda: 1000)
    with pytest.raises(LaunchError) as caught:
        setup.install_system_packages(["fontconfig", "chromium"])
    assert str(caught.value).endswith("apt-get install -y --no-install-recommends chromium")


def test_a_step_is_repeated_only_after_a_change_or_a_failure(tmp_path):
    source, stamp = tmp_path / "lock", tmp_path / "stamp"
    source.write_text("one")
    asked = []

    def step(fails=False):
        with setup._once([source], stamp) as needed:
            asked.append(needed)
            if fails:
                raise LaunchError("x")

    with pytest.raises(LaunchError):
        step(fails=True)
    step()
    step()
    source.write_text("two")
    step()
    assert asked == [True, True, False, True]


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
    wanted = {name: importlib.metadata.metadata(name).get("Requires-Python") for name in names}
    assert [name for name, versions in wanted.items() if "3.11.2" not in SpecifierSet(versions or "")] == []


def test_both_python_locks_agree():
    def pins(name):
        return set(re.findall(r"^[a-z].*==[^ ]+", (ROOT / name).read_text(), re.MULTILINE))

    assert pins("requirements.txt") < pins("requirements-test.txt")


def test_browser_lock_holds_hashes_and_no_addresses():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    fetched = {name: entry for name, entry in packages.items() if name}
    assert all(entry["integrity"] and "resolved" not in entry for entry in fetched.values())
    assert {"node_modules/@tabler/core", "node_modules/htmx.org"} <= set(fetched)


def test_state_folder_is_closed_to_others(tmp_path, monkeypatch):
    monkeypatch.setenv("LIREN_VAR", str(tmp_path / "里仁" / "var"))
    assert state_folder().stat().st_mode & 0o777 == 0o700


def test_state_folder_that_cannot_be_made_is_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("LIREN_VAR", str(tmp_path / "file" / "var"))
    with pytest.raises(LaunchError, match="无法建立数据目录"):
        state_folder()
