"""A thousand requests posted in a minute, and what other pages take meanwhile; against a portal that runs.

`python -m tests.benchmarks.flood http://127.0.0.1:8000 --community kuocang --user staff --password liren-demo`

All posts come from one address, each from a page opened four seconds before it, with a text of its own: what a program
does that knows of the traps. In the middle of them one is sent from another address, as a proxy would name it; the
portal must take 127.0.0.1 for a proxy (LIREN_TRUSTED_PROXIES).
"""

import argparse
import itertools
import multiprocessing
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

BAR = 2.0
"""At most so many times what it takes idle may the 95th percentile of other pages take."""
PAUSE = 0.02
"""Seconds between two pages."""
FILLED_IN = 4.0
"""Seconds between opening the form and sending it."""
IN_FLIGHT = 100
"""Posts at a time, enough for twenty a second."""
NEIGHBOUR = "203.0.113.77"
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')


class Visitor:
    """A browser without scripts: cookies, and forms sent with the hidden fields of their page."""

    def __init__(self, base: str, address: str = ""):
        self.base = urlsplit(base)
        self.cookies = SimpleCookie()
        self.headers = {"X-Forwarded-For": address} if address else {}

    def open(self, path: str, data: dict | None = None) -> tuple[int, str]:
        """Status and text of a page; with `data` it is posted."""
        headers = {"Cookie": "; ".join(f"{c.key}={c.value}" for c in self.cookies.values()), **self.headers}
        body = None
        if data is not None:
            body = urlencode(data)
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        connection = HTTPConnection(self.base.hostname, self.base.port, timeout=60)
        with closing(connection):
            connection.request("GET" if data is None else "POST", path, body, headers)
            response = connection.getresponse()
            for cookie in response.headers.get_all("Set-Cookie", ()):
                self.cookies.load(cookie)
            return response.status, response.read().decode()

    def send(self, path: str, *, after: float = 0, **fields: str) -> int:
        """Open a form and send it after some seconds."""
        page = self.open(path)[1]
        time.sleep(after)
        return self.open(path, dict(_HIDDEN.findall(page)) | fields)[0]


@dataclass(frozen=True)
class Flood:
    """The posts: to which form, how many, in how many seconds."""

    base: str
    path: str
    posts: int
    seconds: float

    def run(self, results) -> None:
        """Send all of them at an even pace; their status codes, that of the neighbour and the seconds."""
        started, run = (
            time.monotonic(),
            int(time.time()),
        )  # an earlier run's texts would be the same ones again

        def post(number: int) -> int:
            time.sleep(max(0, started + number * self.seconds / self.posts - time.monotonic()))
            text = f"第{number}次反映楼道里堆放的杂物，请来处理。{run}"
            return Visitor(self.base).send(self.path, after=FILLED_IN, text=text)

        with ThreadPoolExecutor(IN_FLIGHT) as pool, ThreadPoolExecutor(1) as other:
            neighbour = other.submit(self._neighbour)
            codes = Counter(pool.map(post, range(self.posts)))
            results.put((dict(codes), neighbour.result(), time.monotonic() - started))

    def _neighbour(self) -> int:
        time.sleep(self.seconds / 2)
        return Visitor(self.base, NEIGHBOUR).send(
            self.path, after=FILLED_IN, text="压测中的真实诉求：三十幢的路灯坏了。"
        )


def load(pages: list[tuple[Visitor, str]], is_over: Callable[[], bool]) -> list[float]:
    """Milliseconds of one page after the other, until it is over."""
    times = []
    turns = itertools.cycle(pages)
    while not is_over():
        visitor, path = next(turns)
        started = time.perf_counter()
        code, _ = visitor.open(path)
        times.append((time.perf_counter() - started) * 1000)
        if code != 200:
            raise SystemExit(f"{path}: {code}")
        time.sleep(PAUSE)
    return times


def measure(pages, flood: Flood) -> None:
    load(pages, _after(3))
    idle = _p95("idle", load(pages, _after(flood.seconds / 2)))
    results = multiprocessing.Queue()
    process = multiprocessing.Process(target=flood.run, args=(results,))
    process.start()
    flooded = _p95("flooded", load(pages, lambda: not process.is_alive() or not results.empty()))
    codes, neighbour, seconds = results.get()
    process.join()
    _say(f"{sum(codes.values())} posts in {seconds:.0f} s: {codes}; from another address: {neighbour}")
    ratio = flooded / idle
    _say(
        f"{'ok  ' if ratio <= BAR else 'MISS'} {ratio:.2f} ≤ {BAR}  95th percentile of other pages, flooded / idle"
    )


def _after(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def _p95(name: str, times: list[float]) -> float:
    p95 = statistics.quantiles(times, n=20)[-1]
    _say(
        f"{name}: {len(times)} pages, median {statistics.median(times):.1f} ms, 95th percentile {p95:.1f} ms"
    )
    return p95


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:8000")
    parser.add_argument("--community", default="kuocang")
    parser.add_argument("--path", help="of the form, in place of that of requests")
    parser.add_argument("--user", help="whose pages are loaded besides the public ones")
    parser.add_argument("--password", default="")
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60)
    chosen = parser.parse_args()
    visitor = Visitor(chosen.url)
    pages = [(visitor, "/"), (visitor, f"/p/{chosen.community}/"), (visitor, "/accounts/login/")]
    if chosen.user:
        member = Visitor(chosen.url)
        member.send("/accounts/login/", username=chosen.user, password=chosen.password)
        pages += [(member, f"/c/{chosen.community}/{page}/") for page in ("requests", "people")]
    path = chosen.path or f"/p/{chosen.community}/requests/new/"
    measure(pages, Flood(chosen.url, path, chosen.posts, chosen.seconds))


if __name__ == "__main__":
    main()
