"""Embedded server: start, stop, data folder, and recovery after kills."""

import os
import shutil
import signal
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from portal.launch import postgres
from portal.launch.postgres import embedded_server
from portal.launch.state import LaunchError


@pytest.fixture
def var(tmp_path, monkeypatch):
    """State folder with a space and Chinese characters, in an environment without a database URL."""
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("DATABASE_OWNER_URL")
    folder = tmp_path / "里仁 数据"
    folder.mkdir()
    yield folder
    record = folder / "pg-home"
    if record.exists():
        shutil.rmtree(record.read_text())


def served(var):
    return embedded_server(var, fsync=False)


def can_connect(url):
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def postmaster_record(var):
    home = Path((var / "pg-home").read_text()) if (var / "pg-home").exists() else var
    return home / "pg" / "postmaster.pid"


def test_server_stops_at_the_end_and_keeps_the_data(var):
    with served(var) as urls:
        assert os.environ["DATABASE_URL"] == urls.web
        with psycopg.connect(urls.owner) as connection:
            connection.execute("CREATE TABLE kept AS SELECT '里仁' AS word")
    assert not can_connect(urls.web)
    assert "DATABASE_URL" not in os.environ
    with served(var) as urls, psycopg.connect(urls.owner) as connection:
        assert connection.execute("SELECT word FROM kept").fetchall() == [("里仁",)]


def test_last_one_to_leave_stops_the_server(var, monkeypatch):
    with ExitStack() as first:
        urls = first.enter_context(served(var))
        monkeypatch.delenv("DATABASE_URL")
        monkeypatch.delenv("DATABASE_OWNER_URL")
        with served(var) as joined:
            assert joined == urls
            first.close()
            assert can_connect(urls.web)
    assert not can_connect(urls.web)


def test_killed_server_is_started_again(var, monkeypatch):
    with served(var) as urls:
        os.kill(int(postmaster_record(var).read_text().split()[0]), signal.SIGKILL)
        monkeypatch.delenv("DATABASE_URL")
        monkeypatch.delenv("DATABASE_OWNER_URL")
        with served(var):
            assert can_connect(urls.web)


def test_stale_pid_file_is_ignored(var):
    with served(var):
        pass
    # After a container's restart the pid in a stale file may belong to any process.
    record = postmaster_record(var)
    record.write_text(f"{os.getpid()}\n{record.parent}\n0\n5432\n{record.parent}/sock\n\n0 0\nready\n")
    with served(var) as urls:
        assert can_connect(urls.web)


def test_incomplete_cluster_is_recreated(var):
    with served(var):
        pass
    data = postmaster_record(var).parent
    data.rename(data.with_name("pg.new"))  # what an interrupted initdb leaves
    (data.with_name("pg.new") / "global" / "pg_control").unlink()
    with served(var) as urls:
        assert can_connect(urls.web)


@pytest.mark.parametrize("variables", [{"DATABASE_OWNER_URL": "postgres://x@127.0.0.1:1/x"}])
def test_owner_without_runtime_login_is_refused(var, monkeypatch, variables):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(LaunchError, match="DATABASE_URL"), served(var):
        pass


def test_unreachable_server_is_reported_in_one_sentence(var, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"postgres://x@/x?host={var.parent}&port=1")
    with pytest.raises(LaunchError, match="无法连接数据库") as caught, served(var):
        pass
    assert "\n" not in str(caught.value)


def test_socket_folder_is_short_private_and_per_data(tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    folders = []
    for name in ("里仁 小区", "a" * 120):
        data = tmp_path / name
        data.mkdir()
        folder = Path(postgres._socket_folder(data, {}))
        folders.append(folder)
        assert len(str(folder)) < 90
        assert str(folder).isascii()
        assert folder.stat().st_mode & 0o777 == 0o700
    assert folders[0] != folders[1]
    folders[0].chmod(0o755)
    with pytest.raises(LaunchError, match="属于其他用户"):
        postgres._socket_folder(tmp_path / "里仁 小区", {})
    for folder in folders:
        folder.rmdir()


def test_short_path_has_its_socket_in_the_data_folder(tmp_path):
    data = Path("/tmp") / f"liren-test-{os.getpid()}"
    data.mkdir()
    assert postgres._socket_folder(data, {}) == f"{data}/sock"
    shutil.rmtree(data)


def test_copied_clone_gets_a_database_of_its_own_and_a_moved_one_keeps_it(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres, "ROOT_HOMES", tmp_path / "homes")
    first = tmp_path / "first"
    first.mkdir()
    home = postgres._root_home(first)
    assert postgres._root_home(first) == home
    shutil.copytree(first, tmp_path / "copy")
    assert postgres._root_home(tmp_path / "copy") != home
    first.rename(tmp_path / "moved")
    assert postgres._root_home(tmp_path / "moved") == home
