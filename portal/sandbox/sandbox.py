"""Sandbox: child processes that open uploaded files, the only place where untrusted bytes are parsed.

A child has no environment and limited memory and time, and returns bytes only, so that a hostile file can at worst
end the child. Each portal process limits the number of concurrent children, because the threads of one web process
could otherwise use all memory: later threads wait, and fail with `Busy` after a while.
"""

import resource
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from portal.sandbox import limits as sandbox_limits

WAIT_SECONDS = 20
"""How long a thread waits for a free slot."""
PICTURE_SECONDS = 20
"""Time limit of one picture; the slowest legitimate one takes a tenth of it."""

PICTURES = threading.BoundedSemaphore(1)
DOCUMENTS = threading.BoundedSemaphore(2)
"""As many slots as the worker runs jobs concurrently, so that no job ever waits (portal.launch.run.WORKER)."""

_ROOT = Path(__file__).resolve().parents[2]


class ChildError(Exception):
    """The child process gave no answer."""


class Busy(ChildError):
    """No slot became free in time. The text is the sentence to show."""

    def __init__(self):
        super().__init__("现在上传的人较多，系统忙不过来，文件没有保存。请等一分钟再提交一次。")


class TimedOut(ChildError):
    """The child exceeded its time limit and was killed."""


class Crashed(ChildError):
    """The child ended with an error, usually at its memory limit."""


def confine() -> None:
    """Apply the resource limits to this process, a child."""
    memory = sandbox_limits.MEMORY_MB * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (sandbox_limits.SECONDS, sandbox_limits.SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run_in_child(
    module: str,
    *arguments: str,
    content: bytes,
    read: Callable[[BinaryIO], Any] = lambda output: output.read(),
    slots: threading.Semaphore = DOCUMENTS,
    seconds: float | None = None,
) -> Any:
    """Run ``python -m module arguments`` with `content` as input and return `read` of its output.

    The child must read all input before it writes. Raises Busy, TimedOut or Crashed, or what `read` raises. `seconds`
    defaults to `limits.SECONDS`.
    """
    with _slot(slots):
        child = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=_ROOT,
            env={},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        late = threading.Event()
        timer = threading.Timer(
            sandbox_limits.SECONDS if seconds is None else seconds, lambda: (late.set(), child.kill())
        )
        timer.start()
        try:
            with child:
                try:
                    # A child that has ended stops reading; its output and return code tell why.
                    with suppress(BrokenPipeError):
                        child.stdin.write(content)
                    with suppress(BrokenPipeError):
                        child.stdin.close()
                    answer = read(child.stdout)
                except BaseException:
                    child.kill()
                    raise
        finally:
            timer.cancel()
    if late.is_set():
        raise TimedOut
    if child.returncode != 0:
        raise Crashed
    return answer


@contextmanager
def _slot(slots: threading.Semaphore):
    if not slots.acquire(timeout=WAIT_SECONDS):
        raise Busy
    try:
        yield
    finally:
        slots.release()
