"""The portal's child processes, forked from one that has imported what they import, which takes most of their time.

They do the same on the same pipes, with no environment and under the same limits, but are not started anew (decision
0120). Tests of the start and of what surrounds it use `started_children` (tests/conftest.py).
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from multiprocessing.reduction import DupFd
from types import SimpleNamespace

from PIL import ImageFile

from portal.pdf.rendering import CHILD as PDF_CHILD
from portal.sandbox import child as sandbox_child

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.warm_imports", "tests.warm_children"])


class _Descriptor:
    """An open file that goes to the child; unpickled there as its number."""

    def __init__(self, number: int):
        self.number = number

    def __reduce__(self):
        return _number_of, (DupFd(self.number),)


def _number_of(duplicate) -> int:
    return duplicate.detach()


def _start(command: Sequence[str], *files: int):
    """Start the child of a command; `files` are its standard input, output and errors."""
    process = _forks.Process(target=_work, args=(command, *map(_Descriptor, files)))
    process.start()
    return process


def _work(command: Sequence[str], *files: int) -> None:
    """In the child: do what the command does."""
    os.environ.clear()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, encoding="utf-8", closefd=False) for number, mode in enumerate("rww")
    )
    if str(PDF_CHILD) in command:
        from portal.pdf import child_process

        sys.exit(child_process.main())
    # WeasyPrint sets this; it is not imported where uploads are opened.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    sys.argv = list(command[command.index("-m") + 1 :])
    sandbox_child.main()


class _Popen:
    """As much of `subprocess.Popen` as `portal.sandbox.sandbox` uses."""

    def __init__(self, command, *, stdin, stdout, stderr, cwd, env):
        theirs, ours = os.pipe()
        self.stdin = os.fdopen(ours, "wb")
        ours, output = os.pipe()
        self.stdout = os.fdopen(ours, "rb")
        errors = os.open(os.devnull, os.O_WRONLY)
        try:
            self._process = _start(command, theirs, output, errors)
        finally:
            for file in (theirs, output, errors):
                os.close(file)
        self.kill = self._process.kill

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stdout.close()
        with suppress(BrokenPipeError):
            self.stdin.close()
        self._process.join()


def _run(command, *, input, capture_output, timeout, check):
    """As much of `subprocess.run` as `portal.pdf.rendering` uses."""
    with ExitStack() as stack:
        given, output, errors = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(3))
        given.write(input)
        given.seek(0)
        process = _start(command, *(file.fileno() for file in (given, output, errors)))
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(command, timeout)
        output.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(command, process.exitcode, output.read(), errors.read())


WARM = SimpleNamespace(
    Popen=_Popen,
    run=_run,
    PIPE=subprocess.PIPE,
    DEVNULL=subprocess.DEVNULL,
    TimeoutExpired=subprocess.TimeoutExpired,
)
"""In place of the module `subprocess`."""
