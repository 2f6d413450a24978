"""`make run`'s own processes on a state folder and a database of their own, with fresh demo communities."""

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

import pytest

from portal.launch import own_database, run
from portal.launch.state import ROOT
from tests.database import copy_of_template

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
    """Start the portal, wait until it answers, stop it with SIGTERM. Its log stays until the next start."""
    port = _free_port()
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.rmtree(var / "media", ignore_errors=True)
    own_database.forget(var)  # each run has a database of its own
    inherited = {key: value for key, value in os.environ.items() if key not in NOT_INHERITED}
    with copy_of_template("liren_browser") as database_urls:
        yield from _run(var, inherited | database_urls | {"LIREN_VAR": str(var), "PORT": str(port)}, port)


def _run(var: Path, environment: dict[str, str], port: int) -> Iterator[Portal]:
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
