"""Preparation in `make run` before the processes start: static files, the demo, and printed accounts."""

import psycopg
import pytest
from django.core.management import call_command
from django.db import OperationalError

from community.accounts.models import User
from portal.launch import inventory, prepare


def remove(path):
    path.unlink()


def truncate(path):
    path.write_text(path.read_text()[:-10])


def blank_out(path):
    path.write_bytes(bytes(path.stat().st_size))


@pytest.fixture
def collect(tmp_path):
    """Collect static files into a state folder and return how often they were collected so far."""
    times = []

    def collectstatic(*arguments, **options):
        times.append(arguments)
        manifest = tmp_path / "static/staticfiles.json"
        if manifest.exists() and manifest.read_text() != "content of this file":
            raise ValueError("Couldn't load manifest")  # as Django does
        (tmp_path / "static/css").mkdir(parents=True, exist_ok=True)
        for name in ("css/liren.css", "staticfiles.json"):
            (tmp_path / "static" / name).write_text("content of this file")

    def collect() -> int:
        prepare.collect_static(tmp_path, collectstatic)
        return len(times)

    return collect


@pytest.mark.parametrize("damage", [remove, truncate, blank_out])
@pytest.mark.parametrize(
    "name", ["static/css/liren.css", "static/staticfiles.json", "static.files", "static.collected"]
)
def test_damaged_static_files_are_collected_again(collect, tmp_path, damage, name):
    assert [collect(), collect()] == [1, 1]
    damage(tmp_path / name)
    assert [collect(), collect()] == [2, 2]


def test_changed_static_files_are_collected_again(collect, monkeypatch):
    collect()
    monkeypatch.setattr(prepare, "_static_fingerprint", lambda: "another")
    assert [collect(), collect()] == [2, 2]


def test_a_collection_that_failed_is_repeated(collect, tmp_path):
    def fail(*arguments, **options):
        raise OSError("no space")

    collect()
    (tmp_path / "static/css/liren.css").unlink()
    with pytest.raises(OSError, match="no space"):
        prepare.collect_static(tmp_path, fail)
    assert collect() == 2


def test_a_full_disk_ends_the_start_with_a_sentence(monkeypatch):
    def fail():
        raise OperationalError("could not extend file") from psycopg.errors.DiskFull()

    monkeypatch.setattr(prepare, "main", fail)
    with pytest.raises(SystemExit, match="磁盘空间不足"):
        prepare.main_or_sentence()


def test_inventory_ignores_bytecode(tmp_path):
    (tmp_path / "a/__pycache__").mkdir(parents=True)
    for name in ("a/x.py", "a/__pycache__/x.pyc"):
        (tmp_path / name).write_text(name)
    inventory.write_inventory(tmp_path, tmp_path / "files")
    (tmp_path / "a/__pycache__/x.pyc").unlink()
    (tmp_path / "a/y.py").touch()
    assert inventory.is_intact(tmp_path, tmp_path / "files")
    (tmp_path / "a/x.py").unlink()
    assert not inventory.is_intact(tmp_path, tmp_path / "files")


@pytest.mark.parametrize(
    ("only_here", "demo", "loaded"), [(True, "", True), (True, "0", False), (False, "", False)]
)
def test_demo_is_loaded_automatically_on_local_addresses_only(settings, monkeypatch, only_here, demo, loaded):
    settings.ONLY_HERE = only_here
    monkeypatch.setenv("DEMO", demo)
    commands = []
    prepare.load_demo(lambda *arguments, **options: commands.append((arguments, options)))
    assert commands == ([(("load_demo",), {"if_empty": True})] if loaded else [])


def test_demo_is_not_loaded_where_accounts_exist(no_house):
    User.objects.create_user("wangli", "王立")
    call_command("load_demo", if_empty=True, verbosity=0)
    assert User.objects.count() == 1


def test_without_accounts_the_start_explains_how_to_create_one(no_house, capsys):
    prepare.print_accounts()
    assert "manage.py create_account" in capsys.readouterr().out
    User.objects.create_user("wangli", "王立")
    prepare.print_accounts()
    assert capsys.readouterr().out == ""
