"""Child processes that open uploaded files: the only place where the bytes of a stranger are parsed.

A child gets no environment, a limit on memory and on time, and gives back bytes only, so that a hostile file can at
worst end the child. Each process of the portal runs so many children at once and no more: threads that come later
wait, and are told to come again when it takes too long. Without that, the threads of one web process together took
as much memory as there was.
"""

import resource
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from portal.spreadsheets import limits

WAIT_SECONDS = 20
"""How long a thread waits for its turn."""
PICTURE_SECONDS = 20
"""How long one picture may take; the slowest honest one takes a tenth of it."""

PICTURES = threading.BoundedSemaphore(1)
DOCUMENTS = threading.BoundedSemaphore(2)
"""As many as the worker has jobs at once, so that no job ever waits (portal.launch.run.WORKER)."""

_ROOT = Path(__file__).resolve().parents[1]


class ChildError(Exception):
    """A child gave no answer."""


class Busy(ChildError):
    """There was no turn. The text is the sentence to show."""

    def __init__(self):
        super().__init__("现在上传的人较多，系统忙不过来，文件没有保存。请等一分钟再提交一次。")


class TimedOut(ChildError):
    """The child took longer than it may and was ended."""


class Crashed(ChildError):
    """The child ended by an error, most often at its limit of memory."""


def confine() -> None:
    """Put this process, a child, under the limits."""
    memory = limits.MEMORY_MB * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.SECONDS, limits.SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run_in_child(
    module: str,
    *arguments: str,
    content: bytes,
    read: Callable[[BinaryIO], Any] = lambda output: output.read(),
    slots: threading.Semaphore = DOCUMENTS,
    seconds: float | None = None,
) -> Any:
    """What `read` makes of the output of ``python -m module arguments``, which reads `content` before it writes.

    Raises Busy, TimedOut or Crashed, or what `read` raises. `seconds` is `limits.SECONDS` unless said otherwise.
    """
    with _turn(slots):
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
            limits.SECONDS if seconds is None else seconds, lambda: (late.set(), child.kill())
        )
        timer.start()
        try:
            with child:
                try:
                    # A child that has ended does not read on; its output and return code say why.
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
def _turn(slots: threading.Semaphore):
    if not slots.acquire(timeout=WAIT_SECONDS):
        raise Busy
    try:
        yield
    finally:
        slots.release()
