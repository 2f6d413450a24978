"""The child process in which an uploaded file is opened: ``python -m portal.sandbox.child MODULE:FUNCTION``.

Standard input is a line of JSON, the request, and then the file. Standard output is lines of JSON, the answer, and then
the bytes of the file that the task makes, if any. A refusal is a line with ``error``, its code, and ``message``.
"""

import datetime
import json
import resource
import sys
from importlib import import_module
from typing import BinaryIO

from portal.sandbox import limits
from portal.sandbox.errors import UploadRefused


def main() -> None:
    """Answer the portal. An unknown error ends the child."""
    _confine()
    request, content = json.loads(sys.stdin.buffer.readline()), sys.stdin.buffer.read()
    answer(sys.argv[1], request, content, sys.stdout.buffer)


def answer(function: str, request: dict, content: bytes, out: BinaryIO) -> None:
    """Perform the function of a task (`portal.sandbox.sandbox.Task`) on a file, and write what it gives."""
    encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), default=_encode_value).encode
    try:
        module, _, name = function.partition(":")
        perform = getattr(import_module(module), name)  # only now, under the limits
        for part in perform(content, **request):
            out.write(part if isinstance(part, bytes) else encode(part).encode() + b"\n")
    except MemoryError:
        out.write(b'{"error":"memory"}\n')
    except UploadRefused as refused:
        out.write(encode({"error": refused.code, "message": str(refused)}).encode() + b"\n")
    out.flush()


def _confine() -> None:
    memory = limits.MEMORY_MB * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.SECONDS, limits.SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _encode_value(value) -> dict[str, str] | str:
    """A date with its type; anything else, such as a duration, as the text it shows."""
    if isinstance(value, datetime.datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, datetime.date):
        return {"date": value.isoformat()}
    if isinstance(value, datetime.time):
        return {"time": value.isoformat()}
    return str(value)


if __name__ == "__main__":
    main()
