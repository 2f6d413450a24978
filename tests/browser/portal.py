"""`make run`'s own processes on a state folder of their own, with fresh demo communities."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from portal.launch import ROOT, run
from portal.launch.postgres import DATABASE, embedded_server

START_SECONDS = 600
STOP_SECONDS = 30
# What the tests' own database or a shell has set; the portal is to start as `make run` starts it.
NOT_INHERITED = "DATABASE_URL DATABASE_OWNER_URL LIREN_LOGIN LIREN_URL DEMO DEMO_PASSWORD".split()


@dataclass(frozen=True)
class Portal:
    """A running portal: where it answers, and how commands reach the same state."""

    url: str
    environment: dict[str, str]
    log: Path

    def command(self, *arguments: str) -> subprocess.CompletedProcess:
        """Run a management command beside the portal."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def errors(self) -> list[str]:
        """What web and worker have logged as an error so far."""
        lines = self.log.read_text().splitlines()
        return [line for line in lines if _level(line) in ("ERROR", "CRITICAL") or "Traceback" in line]


@contextmanager
def running_portal(var: Path) -> Iterator[Portal]:
    """Start the portal, wait until it answers, stop it with SIGTERM. The state stays until the next start."""
    port = _free_port()
    environment = {key: value for key, value in os.environ.items() if key not in NOT_INHERITED}
    environment |= {"LIREN_VAR": str(var), "PORT": str(port)}
    _forget_data(var)
    portal = Portal(f"http://127.0.0.1:{port}", environment, var / "portal.log")
    with portal.log.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "portal.launch.run"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=run._die_with_parent,  # a killed test run leaves no portal behind
        )
    try:
        _wait_for_start(process, portal.log)
        yield portal
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _forget_data(var: Path) -> None:
    """Drop what an earlier run left; the cluster and the collected static files may serve again."""
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.rmtree(var / "media", ignore_errors=True)
    with pytest.MonkeyPatch.context() as environment:
        for name in NOT_INHERITED:
            environment.delenv(name, raising=False)
        with (
            embedded_server(var) as urls,
            psycopg.connect(urls.owner, dbname="postgres", autocommit=True) as connection,
        ):
            connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def _wait_for_start(process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while "里仁已启动" not in log.read_text():
        if process.poll() is not None or time.monotonic() > end:
            pytest.fail(f"the portal did not start:\n{log.read_text()}")
        time.sleep(0.1)


def _level(line: str) -> str:
    try:
        return json.loads(line)["level"]
    except (ValueError, TypeError, KeyError):  # what the launcher says to the operator
        return ""
