"""Run the portal with database, web server and worker: `python -m portal.launch.run`, after set-up in `make run`.

Reads LIREN_VAR, PORT, LIREN_URL, DEMO, DATABASE_URL and DATABASE_OWNER_URL. SIGINT, SIGTERM or SIGHUP stops all
processes, the database last.
"""

import ctypes
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from portal.launch import own_database, roles, variables
from portal.launch.postgres import Database, embedded_server
from portal.launch.state import (
    ADDRESS,
    HOST,
    ROOT,
    RUN_LOCK,
    LaunchError,
    cause_of,
    refuse_unfinished,
    state_folder,
    state_path,
)

SIGN_IN = "/accounts/login/"
BUSY_SECONDS = 60
"""How long the portal may answer 503 (database unavailable) before the start counts as failed."""
STOP_SECONDS = (
    10  # then a process that has not ended is killed; its jobs are detected by their missing heartbeat
)
RESTART_SECONDS = 5
PR_SET_PDEATHSIG = 1


class Stopped(BaseException):
    """A signal asked the portal to stop."""


def main() -> None:
    port = variables.port()
    url = os.environ.get("LIREN_URL") or f"http://{HOST}:{port}"
    # For all processes started from here; other commands read the recorded address.
    os.environ.update(PORT=str(port), LIREN_URL=url)
    _refuse_unusable(port)
    with start_lock(state_folder(), url) as var:
        refuse_unfinished(var)
        _refuse_taken(port)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _stop)
        try:
            print("正在启动数据库", flush=True)
            with embedded_server(var) as database:
                prepare()
                own_database.record(var, database.owner, embedded=database.server is not None)
                (var / ADDRESS).write_text(url, encoding="utf-8")
                supervise(port, url, database)
        except Stopped:
            with suppress(OSError):  # the terminal may be gone
                print("里仁已停止。", flush=True)


def _refuse_unusable(port: int) -> None:
    """Refuse settings with which no start can succeed, before the first start makes its data folder."""
    variables.check_variables()
    variables.require_owner()
    web, owner = variables.database_urls()
    if owner:
        roles.check_external(owner, web, state_path())
    if not state_path().exists():
        _refuse_taken(port)


@contextmanager
def start_lock(var: Path, url: str) -> Iterator[Path]:
    """Lock against a second start of the same installation; the error says where the first one runs."""
    with open(var / RUN_LOCK, "a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise LaunchError(f"里仁已在运行（{lock.read() or '正在启动'}），无需再次启动。") from None
        lock.truncate(0)
        lock.write(f"{url}，进程 {os.getpid()}")
        lock.flush()
        try:
            yield var
        finally:
            lock.truncate(0)


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise LaunchError(
                f"端口 {port} 不能使用（{error.strerror}），可换一个：PORT=8001 make run"
            ) from error


def _stop(number: int, _frame) -> None:
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)  # a second Ctrl-C must not break the orderly end
    raise Stopped


def prepare() -> None:
    """Run `portal.launch.prepare` (static files, migrations, demo) in a process of its own, which frees its memory."""
    process = _start(["-m", "portal.launch.prepare"], dict(os.environ))
    try:
        process.wait()
    finally:
        stop([process])
    if process.returncode:
        raise LaunchError("里仁未能启动，原因见上文。")


def supervise(port: int, url: str, database: Database) -> None:
    """Run web server and worker until a signal comes or the web server ends.

    A worker that ends is restarted, and so is the embedded database; meanwhile pages answer 503.
    """
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
    environment |= {"XDG_CACHE_HOME": f"{environment['LIREN_VAR']}/cache"}
    commands = {
        "web": ["-m", "gunicorn", "portal.wsgi", f"--bind={HOST}:{port}", *GUNICORN],
        "worker": ["manage.py", "procrastinate", "worker", *WORKER],
    }
    running: dict[str, subprocess.Popen] = {}
    try:
        for name, command in commands.items():
            running[name] = _start(command, environment)
        if wait_until_ready(running["web"], port, url):
            print(f"里仁已启动：{url} （按 Ctrl-C 停止）", flush=True)
        while running["web"].poll() is None:
            time.sleep(0.2)
            if database.has_ended():
                restart_database(database)
            if running["worker"].poll() is not None:
                print(f"后台任务进程已退出，{RESTART_SECONDS} 秒后重新启动。", flush=True)
                time.sleep(RESTART_SECONDS)
                running["worker"] = _start(commands["worker"], environment)
        raise LaunchError("网页服务进程已退出，原因见上文。")
    finally:
        stop(list(running.values()))


def restart_database(database: Database) -> None:
    """Start the embedded database again; if that fails, say why, and have the caller try once more after a while."""
    print("内置数据库已退出，正在重新启动。", flush=True)
    try:
        database.restart()
        print("内置数据库已恢复。", flush=True)
    except LaunchError as problem:
        print(f"{problem}{RESTART_SECONDS} 秒后再试。", flush=True)
        time.sleep(RESTART_SECONDS)


# No control socket: it would be in HOME. gunicorn chooses the temporary folder of its heartbeats.
GUNICORN = (
    "--worker-class=gthread",
    f"--workers={max(2, min(os.cpu_count() or 1, 4))}",
    "--threads=4",
    "--graceful-timeout=5",
    "--no-control-socket",
    "--log-level=warning",
)
WORKER = ("--concurrency=2", "--shutdown-graceful-timeout=5", "--delete-jobs=successful")


def _start(command: list[str], environment: dict[str, str]) -> subprocess.Popen:
    # A session of its own: Ctrl-C reaches only the main process, which stops the others in order.
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        start_new_session=True,
        preexec_fn=_die_with_parent,
    )


def _die_with_parent() -> None:
    """Have the kernel end the child if this process is killed, so that the port becomes free again."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def wait_until_ready(web: subprocess.Popen, port: int, url: str) -> bool:
    """Wait until the sign-in page answers; False if the web server ends before.

    Raises LaunchError for any other status than 200, or 503 for too long.
    """
    end = time.monotonic() + BUSY_SECONDS
    while web.poll() is None:
        status = _status(port, url)
        if status == http.client.OK:
            return True
        is_busy = status == http.client.SERVICE_UNAVAILABLE and time.monotonic() < end
        if status and not is_busy:
            raise LaunchError(f"里仁未能启动：登录页打不开（HTTP {status}），原因见上文。")
        time.sleep(0.1)
    return False


def _status(port: int, url: str) -> int | None:
    """HTTP status of the sign-in page, requested as a reverse proxy would; None without an answer."""
    address = urlsplit(url)
    headers = {"Host": address.netloc, "X-Forwarded-Proto": address.scheme}
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request("GET", SIGN_IN, headers=headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def stop(processes: list[subprocess.Popen]) -> None:
    for process in processes:
        process.terminate()
    end = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


if __name__ == "__main__":
    try:
        main()
    except LaunchError as problem:
        sys.exit(str(problem))
    except OSError as problem:
        sys.exit(f"里仁未能启动：{problem.filename or '数据目录'} 不能使用（{cause_of(problem)}）。")
