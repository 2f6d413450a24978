"""The processes of `make run`, and what it says when it cannot start."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from portal.launch import ROOT, LaunchError, run
from tests.database import copy_of_template

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def environment(tmp_path, port):
    """An installation of its own: state folder, port, and an empty database on the tests' server."""
    with copy_of_template(f"liren_run_{os.getpid()}") as ours:
        inherited = {key: value for key, value in os.environ.items() if key != "LIREN_LOGIN"}
        yield inherited | ours | {"LIREN_VAR": str(tmp_path / "var"), "PORT": str(port), "DEMO": "0"}


@pytest.fixture
def start(environment):
    """Start the portal; whatever still runs at the end of the test is killed."""
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


def test_portal_answers_refuses_a_second_start_and_stops_all_it_started(start, port):
    first = start()
    lines = []
    for line in first.stdout:
        lines.append(line)
        if line.startswith("里仁已启动"):
            break
    assert f"http://127.0.0.1:{port}" in lines[-1], "".join(lines)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/")
    assert connection.getresponse().status == 200
    connection.close()

    second = start()
    said = second.communicate(timeout=30)[0]
    assert second.returncode == 1
    assert said.startswith("里仁已在运行")
    assert said.count("\n") == 1

    started = children(first.pid)
    assert len(started) == 2
    first.send_signal(signal.SIGTERM)
    assert first.communicate(timeout=30)[0].endswith("里仁已停止。\n")
    assert first.returncode == 0
    for pid in started:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_taken_port_is_named(port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(LaunchError, match=f"端口 {port} 不能使用"):
            run._refuse_taken(port)


@pytest.mark.parametrize("text", ["0", "65536", "八千", "-1", "80a", "²"])
def test_port_that_is_no_port_is_named(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(LaunchError, match="PORT"):
        run._port()


def test_stubborn_process_is_killed_with_its_children(monkeypatch):
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
    """A process that has ended but is not reaped by PID 1 does not count."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_command_without_database_is_one_sentence(environment):
    environment |= {"DATABASE_URL": "postgres://liren_web@127.0.0.1:1/liren", "DATABASE_OWNER_URL": ""}
    done = subprocess.run(
        [sys.executable, "manage.py", "clearsessions"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("无法连接数据库")
    assert done.stderr.count("\n") == 1
