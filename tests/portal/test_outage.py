"""The database goes away in the middle of work, and comes back: a page says so, and the next request is answered."""

import os
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, close_old_connections, connection
from django.test import Client

from portal.database import base
from portal.launch.postgres import embedded_server

pytestmark = pytest.mark.logs_errors
VARIABLES = ("DATABASE_URL", "DATABASE_OWNER_URL")


class Server:
    """A cluster of its own beside the tests' one, that may be stopped and frozen."""

    def __init__(self):
        self.urls = None
        self._named = {}

    @contextmanager
    def running(self):
        named = {name: os.environ.pop(name) for name in VARIABLES}
        try:
            with embedded_server(Path(os.environ["LIREN_VAR"]), name="pg-outage", fsync=False) as self.urls:
                yield self
        finally:
            os.environ.update(named)

    def stop(self) -> None:
        """As `pg_ctl -m immediate stop` does; every process of it is gone afterwards."""
        found = self._processes()
        os.kill(found[0], signal.SIGQUIT)
        while any(_lives(pid) for pid in found):
            time.sleep(0.02)

    @contextmanager
    def frozen(self):
        """All processes stand still, as on a machine that hangs."""
        found = self._processes()
        try:
            self._send(found, signal.SIGSTOP)
            yield
        finally:
            self._send(found, signal.SIGCONT)

    @staticmethod
    def _send(pids: list[int], what: signal.Signals) -> None:
        """To those that are still there: the backend that was asked may have ended since."""
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, what)

    def _processes(self) -> list[int]:
        with psycopg.connect(self.urls.owner) as asking:
            data = Path(asking.info.host).parent
        postmaster = (data / "postmaster.pid").read_text().split()[0]
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", postmaster], stdout=subprocess.PIPE, check=True
        )
        return [int(postmaster), *map(int, listed.stdout.split())]


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def server(django_db_blocker):
    """The portal's connection is turned to it for the time of the test; it holds sessions and nothing else."""
    server = Server()
    with server.running(), django_db_blocker.unblock():
        here = dict(connection.settings_dict)
        there = psycopg.conninfo.conninfo_to_dict(server.urls.owner)
        connection.close()
        connection.settings_dict |= {"HOST": there["host"], "PORT": there["port"], "NAME": there["dbname"]}
        connection.settings_dict["OPTIONS"] = here["OPTIONS"] | {"connect_timeout": 2}
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = on")  # the tables outlive the stop
            # Of the communities the sign-in page asks whether they are a demo's.
            cursor.execute("CREATE TABLE IF NOT EXISTS community_community (is_demo boolean)")
        if Session._meta.db_table not in connection.introspection.table_names():
            with connection.schema_editor() as editor:
                editor.create_model(Session)
        yield server
        connection.close()
        connection.settings_dict |= here


def _open_page():
    """A page for whoever brings a session to look up, as every signed-in user does."""
    close_old_connections()  # as at the begin of each request; the test client leaves it out
    client = Client(raise_request_exception=False)
    client.cookies["liren"] = "x" * 32
    return client.get("/accounts/login/")


def _answers_again() -> bool:
    """Whether pages come again. On a busy machine a thawed server may take longer than one is waited for."""
    for _ in range(10):
        base._silent_until = 0.0
        if _open_page().status_code == 200:
            return True
    return False


def test_a_stopped_server_is_a_page_and_the_next_request_is_answered(server):
    assert _open_page().status_code == 200
    server.stop()
    for _ in range(2):  # over the connection that stood, and over a new one
        answer = _open_page()
        assert answer.status_code == 503
        assert answer["Retry-After"]
    assert Client().get("/healthz/ready").json()["what"]["database"] is False
    with server.running():
        assert _open_page().status_code == 200


def test_a_server_that_hangs_is_given_up(server):
    """Without an end to the waiting this test would not end either."""
    assert _open_page().status_code == 200
    with server.frozen():
        assert _open_page().status_code == 503
        # Those who queued up meanwhile do not wait as long again; nothing is even tried.
        with pytest.raises(base.ServerSilent):
            base._connect(None, {})
    assert _answers_again()


def test_a_statement_is_waited_for_as_long_as_the_server_lets_others_in(server):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_sleep(1.1)")
        assert cursor.fetchone() == (1,)
        with server.frozen(), pytest.raises(OperationalError):
            cursor.execute("SELECT 1")
    assert connection.connection.closed
    base._silent_until = 0.0
