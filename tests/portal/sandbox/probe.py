"""Tasks that the tests of the sandbox run in its child process."""

import os
import resource

from portal.sandbox.errors import UploadRefused

LIMITS = [
    resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE)
]
"""Limits at the time of the import."""


class Unusable(UploadRefused):
    code = "unusable"


class Torn(Unusable):
    code = "torn"


def limits(content: bytes):
    return [{"limits": LIMITS, "environment": sorted(set(os.environ) - {"LC_CTYPE"})}]


def echo(content: bytes, words: list[str]):
    return [words, content]


def numbers(content: bytes, count: int):
    yield from range(count)


def refuse(content: bytes, code: str):
    raise Torn("撕坏了") if code == "torn" else Unusable("不要")


def hoard(content: bytes):
    return [len(bytearray(600_000_000))]


def end(content: bytes):
    os._exit(1)


def late(content: bytes, name: str, **request):
    """Another task, after some lines."""
    yield from range(5_000)
    yield globals()[name](content, **request)
