"""Processes of `make run`, and its messages when it cannot start."""

import http.client
import http.server
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest
from django.urls import reverse

from portal.database.compatibility import OLD_DATABASE
from portal.launch import own_database, run, variables
from portal.launch.state import ROOT, LaunchError
from tests.database import copy_of_template

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def environment(tmp_path, port):
    """Separate installation: state folder, port, and an empty database on the tests' server."""
    with copy_of_template(f"liren_run_{os.getpid()}") as url:
        inherited = {key: value for key, value in os.environ.items() if key != "LIREN_LOGIN"}
        yield inherited | url | {"LIREN_VAR": str(tmp_path / "var"), "PORT": str(port), "DEMO": "0"}


@pytest.fixture
def start(environment):
    """Start the portal; processes that still run at the end of the test are killed."""
    processes = []

    def start():
        command = [sys.executable, "-m", "portal.launch.run"]
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        processes.append(subprocess.Popen(command, cwd=ROOT, env=environment, **output))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def children(pid):
    listing = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], stdout=subprocess.PIPE, check=False)
    return [int(number) for number in listing.stdout.split()]


def fetch(port, path) -> tuple[int, str]:
    """The status of a page and its text."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_start_lock_and_orderly_stop(start, port, environment):
    first = start()
    lines = []
    for line in first.stdout:
        lines.append(line)
        if line.startswith("里仁已启动"):
            break
    assert f"http://127.0.0.1:{port}" in lines[-1], "".join(lines)
    assert "还没有账号" in "".join(lines)
    assert "/liren_run_" in Path(environment["LIREN_VAR"], own_database.RECORD).read_text()
    assert fetch(port, "/")[0] == 200

    # Other commands read the recorded port.
    beside = {key: value for key, value in environment.items() if key not in ("PORT", "LIREN_URL")}
    command = [sys.executable, "manage.py", "create_account", "王立", "--admin"]
    command_run = subprocess.run(command, cwd=ROOT, env=beside, capture_output=True, text=True)
    link = re.search(
        rf"http://127.0.0.1:{port}(/accounts/setup/\w+/)", command_run.stdout + command_run.stderr
    )
    status, page = fetch(port, link[1])
    assert (status, "wangli" in page) == (200, True)

    second = start()
    output = second.communicate(timeout=30)[0]
    assert second.returncode == 1
    assert output.startswith("里仁已在运行")
    assert output.count("\n") == 1

    started = children(first.pid)
    assert len(started) == 2
    first.send_signal(signal.SIGTERM)
    assert first.communicate(timeout=30)[0].endswith("里仁已停止。\n")
    assert first.returncode == 0
    for pid in started:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


OLD_MIGRATIONS = {
    "portal": ("0001_tables", "0002_protect", "0018_accounts_in_log"),
    "community": ("0001_territory_people_bulletins", "0019_roles_of_ended_appointments"),
    "residents": ("0001_dwellings_households", "0012_retention"),
}


@pytest.fixture
def old_database(environment):
    """A database whose migrations were recorded by the portal of before there was one initial migration an app."""
    with psycopg.connect(environment["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("DELETE FROM django_migrations WHERE app = ANY (%s)", [list(OLD_MIGRATIONS)])
        for app, names in OLD_MIGRATIONS.items():
            for name in names:
                owner.execute(
                    "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", [app, name]
                )
        owner.execute("DROP FUNCTION portal_installed_fingerprint()")
        yield owner


def _catalogue(owner) -> list[tuple]:
    return owner.execute(
        "SELECT oid::regclass::text, xmin::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " UNION ALL SELECT oid::regprocedure::text, xmin::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " UNION ALL SELECT app || name, xmin::text FROM django_migrations"
        " UNION ALL SELECT count(*)::text, '' FROM community_user"
        " ORDER BY 1, 2"
    ).fetchall()


def test_an_old_database_is_left_alone_with_a_sentence(start, old_database, environment):
    before = _catalogue(old_database)
    portal = start()
    lines = portal.communicate(timeout=60)[0].splitlines()
    assert portal.returncode == 1
    assert lines[-2:] == [OLD_DATABASE, "里仁未能启动，原因见上文。"]
    command = [sys.executable, "manage.py", "migrate"]
    migrated = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (migrated.returncode, migrated.stderr) == (1, f"CommandError: {OLD_DATABASE}\n")
    assert _catalogue(old_database) == before


def test_a_changed_declaration_is_installed_at_a_start_without_a_migration(start, environment):
    with psycopg.connect(environment["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("DROP FUNCTION portal_failed_jobs(timestamptz)")
        owner.execute(
            "CREATE OR REPLACE FUNCTION portal_installed_fingerprint() RETURNS text LANGUAGE sql AS $$SELECT 'old'$$"
        )
        for line in start().stdout:
            if line.startswith("里仁已启动"):
                break
        assert owner.execute("SELECT portal_failed_jobs(now())").fetchone() == (0,)
        assert owner.execute("SELECT portal_installed_fingerprint()").fetchone() != ("old",)


@pytest.fixture
def web(port):
    """Web server that answers with `statuses` in turn, repeating the last one; `asked` are the requests."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            server.asked.append((self.path, self.headers["Host"], self.headers["X-Forwarded-Proto"]))
            self.send_response(server.statuses.pop(0) if len(server.statuses) > 1 else server.statuses[0])
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Answer)
    server.asked = []
    server.poll = lambda: None  # as of a process that runs
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_start_is_reported_when_the_sign_in_page_answers(web, port):
    web.statuses = [503, 503, 200]
    assert run.wait_until_ready(web, port, "https://liren.example")
    assert web.asked == [(reverse("portal:login"), "liren.example", "https")] * 3


@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_other_status_of_the_sign_in_page_is_an_error(web, port, status):
    web.statuses = [status]
    with pytest.raises(LaunchError, match=f"登录页打不开（HTTP {status}）"):
        run.wait_until_ready(web, port, f"http://127.0.0.1:{port}")


def test_lasting_503_is_an_error(web, port, monkeypatch):
    monkeypatch.setattr(run, "BUSY_SECONDS", 0)
    web.statuses = [503]
    with pytest.raises(LaunchError, match="HTTP 503"):
        run.wait_until_ready(web, port, f"http://127.0.0.1:{port}")


def test_ended_web_server_is_not_started(port):
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert not run.wait_until_ready(process, port, f"http://127.0.0.1:{port}")


def test_taken_port_is_reported(port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(LaunchError, match=f"端口 {port} 不能使用"):
            run._refuse_taken(port)


@pytest.mark.parametrize("text", ["0", "65536", "八千", "-1", "80a", "²"])
def test_invalid_port_is_reported(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(LaunchError, match="PORT"):
        variables.port()


def test_process_that_ignores_sigterm_is_killed_with_its_children(monkeypatch):
    monkeypatch.setattr(run, "STOP_SECONDS", 0.5)
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)
    process.stdout.readline()
    run.stop([process])
    assert process.returncode == -signal.SIGKILL
    process.stdout.close()


def test_children_end_with_a_killed_parent():
    code = (
        "import os, time; from portal.launch import run;"
        "child = run._start(['-c', 'import time; time.sleep(60)'], dict(os.environ));"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and _alive(child):
        time.sleep(0.05)
    assert not _alive(child)


def _alive(pid):
    """Whether a process runs; zombies that PID 1 does not reap do not count."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_command_without_database_fails_with_one_sentence(environment):
    environment |= {"DATABASE_URL": "postgres://liren_web@127.0.0.1:1/liren", "DATABASE_OWNER_URL": ""}
    process = subprocess.run(
        [sys.executable, "manage.py", "clearsessions"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert process.returncode == 1
    assert process.stderr.startswith("无法连接数据库")
    assert process.stderr.count("\n") == 1
