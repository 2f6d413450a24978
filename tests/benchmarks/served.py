"""Pages of the public as the web server serves them: its gunicorn and all middleware, against an empty view behind the same.

Client and server share the machine. The reference and ours are asked in turn by the same client, so that both give it
the same share; its own work makes the ratios milder for whoever is faster.
"""

import itertools
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from community.objections.tracking_codes import new_code
from portal.launch.run import GUNICORN
from portal.launch.state import ROOT
from services.requests.models import Request
from tests.benchmarks import data, load
from tests.benchmarks.measures import Measure, at_least
from tests.benchmarks.sizes import SIZES

EMPTY = "/accounts/empty/"
TRACK = "/track/"
ROUNDS = 3
START_SECONDS = 60
_HOST = "127.0.0.1"


def measures() -> list[Measure]:
    """Public pages with all the requests and bulletins in the database."""
    bulletins = data.grow_bulletins(SIZES.bulletins)
    code = new_code()
    data.objection(code)
    number = Request.objects.using("owner").count()
    with _server() as address:
        get = partial(load.get, host=_host(address))
        pages = {
            "front page": itertools.repeat(get("/")),
            "community page": itertools.repeat(get("/p/bench0/")),
            "bulletin page": itertools.repeat(get(bulletins[0])),
            f"{len(bulletins):,} bulletin pages in turn": itertools.cycle([get(path) for path in bulletins]),
            "tracking page": _tracking(address, code),
        }
        # Each process renders each page for whoever comes first; six times, and nearly all have met both of them.
        load.requests_per_second(address, [get(path) for path in bulletins] * 6)
        rates = _rates(address, [itertools.repeat(get(EMPTY)), *pages.values()])
    empty, *ours = rates
    bars = [0.5] * (len(pages) - 1) + [0.15]
    return [
        at_least(f"{name}, {number:,} requests / empty view", rate, empty, bar, "a second")
        for name, rate, bar in zip(pages, ours, bars, strict=True)
    ]


def _rates(address, asked: list[Iterable[bytes]]) -> list[float]:
    """The best rate of each in a few rounds through all of them: other load on the machine only takes."""
    best = [0.0] * len(asked)
    for _ in range(1 + min(ROUNDS, SIZES.rounds)):
        for number, requests in enumerate(asked):
            best[number] = max(best[number], load.requests_per_second(address, requests, SIZES.seconds))
    return best


def _tracking(address, code: str) -> Iterator[bytes]:
    """Posts of the code, each by another visitor behind the proxy: the limits count every one, and refuse none."""
    page = load.once(
        address, load.get(TRACK, _host(address)).replace(b"gzip, deflate, br", b"identity")
    ).decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    cookie = re.search(r"Set-Cookie:\s*(csrf=[^;]+)", page)[1]
    body = f"csrfmiddlewaretoken={token}&code={code}"
    for number in itertools.count():
        visitor = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        yield (
            f"POST {TRACK} HTTP/1.1\r\nHost: {_host(address)}\r\nX-Forwarded-For: {visitor}\r\nCookie: {cookie}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode("ascii")


def _host(address: tuple[str, int]) -> str:
    return f"{address[0]}:{address[1]}"


@contextmanager
def _server() -> Iterator[tuple[str, int]]:
    """The web server as `portal.launch.run` starts it; it believes the client what address it comes from."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        address = probe.getsockname()
    url = f"http://{_host(address)}"
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "portal.wsgi", f"--bind={_host(address)}", *GUNICORN],
        cwd=ROOT,
        env=os.environ | {"LIREN_URL": url, "LIREN_TRUSTED_PROXIES": _HOST},
    )
    try:
        _wait(process, address)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: subprocess.Popen, address: tuple[str, int]) -> None:
    end = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            if load.once(address, load.get(EMPTY, _host(address))).startswith(b"HTTP/1.1 200 "):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the web server did not start")
