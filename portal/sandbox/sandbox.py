"""Sandbox: child processes that open uploaded files, the only place where untrusted bytes are parsed.

A child (`portal.sandbox.child`) has no environment and limited memory and time, and returns bytes only, so that a
hostile file can at worst end the child. Each portal process limits the number of concurrent children, because the
threads of one web process could otherwise use all memory: later threads wait, and fail after a while.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from portal.sandbox import limits
from portal.sandbox.errors import Busy, UploadRefused

WAIT_SECONDS = 20
"""How long a thread waits for a free slot."""
BUSY = "当前上传的人较多，文件没有保存。请等一分钟再提交一次。"

_ROOT = Path(__file__).resolve().parents[2]
_ERROR = b'{"error":'


class Slots(threading.BoundedSemaphore):
    """Slots for concurrent children, and the time limit of each in seconds."""

    def __init__(self, count: int, seconds: float):
        super().__init__(count)
        self.seconds = seconds


PICTURES = Slots(1, limits.PICTURE_SECONDS)
DOCUMENTS = Slots(2, limits.SECONDS)
"""As many slots as the worker runs jobs concurrently, so that no job ever waits (portal.launch.run.WORKER)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a child process does with a file, and the sentences where it cannot.

    function: `module:name`, imported by the child under its limits; (content, **request) -> for `run` an answer and the
    file it makes, if any, for `stream` an iterator of lines, all JSON values. It raises `error` or a subclass, which is
    raised here again by its code.
    late: sentence where the time limit was exceeded; `{seconds}` stands for it.
    too_large: sentence where the memory did not suffice, or the child broke off.
    busy: error class if no slot becomes free.
    """

    function: str
    error: type[UploadRefused]
    late: str
    too_large: str
    busy: type[Exception] = Busy
    slots: Slots = DOCUMENTS

    def refusal(self, code: str, message: str = "") -> UploadRefused:
        """The error for a line of the child."""
        if code == "memory":
            code, message = "over_limit", self.too_large
        return self.error.of_code(code, message)


def run(task: Task, content: bytes, **request) -> tuple[Any, bytes]:
    """Answer of the task and the file that it made. Raises `task.error`, `task.busy`."""

    def read(output: BinaryIO) -> tuple[Any, bytes]:
        # No answer when the child broke off.
        answer = next(_lines(task, output), b"null")
        return json.loads(answer), output.read()

    return run_in_child(task, content, request, read)


def stream(task: Task, content: bytes, read: Callable[[Iterator[bytes]], Any], **request) -> Any:
    """`read` of the task's lines of JSON, while it works. Raises as `run` does, also if `read` saw a part of the lines."""
    return run_in_child(task, content, request, lambda output: read(_lines(task, output)))


def _lines(task: Task, output: BinaryIO) -> Iterator[bytes]:
    for line in output:
        if line.startswith(_ERROR) and line.endswith(b"\n"):
            refusal = json.loads(line)
            raise task.refusal(refusal["error"], refusal.get("message", ""))
        if line.endswith(b"\n"):  # not when the child was killed while it wrote
            yield line


def run_in_child(task: Task, content: bytes, request: dict, read: Callable[[BinaryIO], Any]) -> Any:
    """Run the child with request and content as input, and return `read` of its output. Raises as `run` does.

    The child must read all input before it writes.
    """
    with _slot(task):
        child = subprocess.Popen(
            [sys.executable, "-m", "portal.sandbox.child", task.function],
            cwd=_ROOT,
            env={},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        late = threading.Event()
        timer = threading.Timer(task.slots.seconds, lambda: (late.set(), child.kill()))
        timer.start()
        try:
            with child:
                try:
                    # A child that has ended stops reading; its output and return code tell why.
                    with suppress(BrokenPipeError):
                        child.stdin.write(json.dumps(request).encode() + b"\n")
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
        raise task.refusal("over_limit", task.late.format(seconds=task.slots.seconds))
    if child.returncode != 0:
        raise task.refusal("memory")
    return answer


@contextmanager
def _slot(task: Task):
    if not task.slots.acquire(timeout=WAIT_SECONDS):
        raise task.busy(BUSY)
    try:
        yield
    finally:
        task.slots.release()
