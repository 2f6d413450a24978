"""Database outages: requests get an error page, and the next request after recovery is answered."""

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
    """Separate cluster that can be stopped and frozen."""

    def __init__(self):
        self.urls = None
        self._named = {}

    @contextmanager
    def running(self):
        environment = {name: os.environ.pop(name) for name in VARIABLES}
        try:
            with embedded_server(Path(os.environ["LIREN_VAR"]), name="pg-outage", fsync=False) as self.urls:
                yield self
        finally:
            os.environ.update(environment)

    def stop(self) -> None:
        """Stop like `pg_ctl -m immediate stop` and wait until every process has ended."""
        pids = self._processes()
        os.kill(pids[0], signal.SIGQUIT)
        while any(_lives(pid) for pid in pids):
            time.sleep(0.02)

    @contextmanager
    def frozen(self):
        """Suspend all processes, as on a machine that hangs."""
        pids = self._processes()
        try:
            self._send(pids, signal.SIGSTOP)
            yield
        finally:
            self._send(pids, signal.SIGCONT)

    @staticmethod
    def _send(pids: list[int], signal_number: signal.Signals) -> None:
        """Signal the processes that still exist; a backend may have ended since."""
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal_number)

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
    """Connect the portal to the separate cluster during the test; it contains sessions only."""
    server = Server()
    with server.running(), django_db_blocker.unblock():
        original_settings = dict(connection.settings_dict)
        parameters = psycopg.conninfo.conninfo_to_dict(server.urls.owner)
        connection.close()
        connection.settings_dict |= {
            "HOST": parameters["host"],
            "PORT": parameters["port"],
            "NAME": parameters["dbname"],
        }
        connection.settings_dict["OPTIONS"] = original_settings["OPTIONS"] | {"connect_timeout": 2}
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = on")  # the tables outlive the stop
            # Of the communities the sign-in page asks whether they are a demo's.
            cursor.execute("CREATE TABLE IF NOT EXISTS community_community (is_demo boolean)")
        if Session._meta.db_table not in connection.introspection.table_names():
            with connection.schema_editor() as editor:
                editor.create_model(Session)
        yield server
        connection.close()
        connection.settings_dict |= original_settings


def _open_page():
    """Request a page with a session cookie, so that the session is looked up."""
    close_old_connections()  # as at the begin of each request; the test client leaves it out
    client = Client(raise_request_exception=False)
    client.cookies["liren"] = "x" * 32
    return client.get("/accounts/login/")


def _answers_again() -> bool:
    """Whether pages are answered again. On a busy machine a resumed server may take a while."""
    for _ in range(10):
        base._silent_until = 0.0
        if _open_page().status_code == 200:
            return True
    return False


def test_stopped_server_gives_an_error_page_until_it_is_back(server):
    assert _open_page().status_code == 200
    server.stop()
    for _ in range(2):  # over the connection that stood, and over a new one
        answer = _open_page()
        assert answer.status_code == 503
        assert answer["Retry-After"]
    assert Client().get("/healthz/ready").json()["what"]["database"] is False
    with server.running():
        assert _open_page().status_code == 200


def test_hanging_server_is_abandoned(server):
    """Without the timeout this test would never end."""
    assert _open_page().status_code == 200
    with server.frozen():
        assert _open_page().status_code == 503
        # Circuit breaker: requests that queued up meanwhile fail without another attempt.
        with pytest.raises(base.ServerNotResponding):
            base._connect(None, {})
    assert _answers_again()


def test_slow_statement_is_not_aborted_while_the_server_answers(server):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_sleep(1.1)")
        assert cursor.fetchone() == (1,)
        with server.frozen(), pytest.raises(OperationalError):
            cursor.execute("SELECT 1")
    assert connection.connection.closed
    base._silent_until = 0.0
