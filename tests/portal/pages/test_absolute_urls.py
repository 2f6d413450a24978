"""Absolute URLs on paper, in QR codes and on the terminal."""

import re
from pathlib import Path

import pytest

from portal.launch.state import ADDRESS, ROOT, portal_address

APPS = ("portal", "community", "residents", "partybuilding", "services", "security")
READS_THE_ADDRESS = {
    "portal/launch/state.py",
    "portal/launch/run.py",
    "portal/launch/variables.py",
    "portal/settings.py",
    "portal/pages/absolute_urls.py",
    "portal/access/checks.py",  # says that it is not https
    "portal/pdf/rendering.py",  # where a document finds our style sheets
}


@pytest.mark.parametrize(
    ("environment", "recorded", "address"),
    [
        ({}, None, "http://127.0.0.1:8000"),
        ({}, "http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ({}, "https://liren.example\n", "https://liren.example"),
        ({"PORT": "9100"}, "http://127.0.0.1:9000", "http://127.0.0.1:9100"),
        ({"PORT": "9100", "LIREN_URL": "https://a.example"}, None, "https://a.example"),
        ({"LIREN_URL": ""}, "", "http://127.0.0.1:8000"),
    ],
)
def test_url_from_environment_or_last_start(tmp_path, monkeypatch, environment, recorded, address):
    for name in ("PORT", "LIREN_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    if recorded is not None:
        (tmp_path / ADDRESS).write_text(recorded)
    assert portal_address(tmp_path) == address


def test_absolute_urls_are_built_in_one_place():
    """Only `portal.pages.absolute_urls.absolute_url` builds absolute URLs; no other code knows host or port."""
    knows = re.compile(r"LIREN_URL|127\.0\.0\.1|localhost|:8000")
    names = {
        path.relative_to(ROOT).as_posix()
        for app in APPS
        for path in Path(ROOT, app).rglob("*.py")
        if knows.search(path.read_text("utf-8"))
    }
    assert names - READS_THE_ADDRESS == set()
