"""A client that asks a server for the same few pages as fast as it answers, over connections that stay open.

It has one thread and reads no more of an answer than its length, so that it takes little of the processors that it
shares with the server: what it takes, it takes from the reference and from ours alike.
"""

import math
import selectors
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

CONNECTIONS = 16
"""Twice the threads of two workers, so that a worker always finds another request waiting."""
PATIENCE = 30


class WrongAnswer(Exception):
    """The server answered otherwise than was measured for."""


class Closed(Exception):
    """The server closed an idle connection before it saw the request; a browser would open another one."""


@dataclass
class _Connection:
    """An open connection, with what it has read of the answer that it waits for."""

    address: tuple[str, int]
    asked: bytes = b""
    read: bytearray = field(default_factory=bytearray)
    length: int = 0
    """Of the whole answer; 0 before its head has come."""

    def __post_init__(self):
        self.open()

    def open(self) -> None:
        self.socket = socket.create_connection(self.address, PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> None:
        self.asked = request
        self.read.clear()
        self.length = 0
        self.socket.sendall(request)

    def receive(self) -> bytes | None:
        """The whole answer once it has come."""
        try:
            piece = self.socket.recv(262_144)
        except ConnectionResetError:
            piece = b""
        if not piece and self.read:
            raise WrongAnswer("the server closed the connection within an answer")
        if not piece:
            raise Closed
        self.read += piece
        if not self.length and (end := self.read.find(b"\r\n\r\n")) > 0:
            self.length = end + 4 + _content_length(bytes(self.read[:end]))
        return bytes(self.read) if self.length and len(self.read) >= self.length else None


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    raise WrongAnswer(f"no length: {head!r}")


@contextmanager
def _connections(address: tuple[str, int]) -> Iterator[list[_Connection]]:
    opened = [_Connection(address) for _ in range(CONNECTIONS)]
    try:
        yield opened
    finally:
        for connection in opened:
            with suppress(OSError):
                connection.socket.close()


def get(path: str, host: str) -> bytes:
    """A request for a page as a browser sends it."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Mozilla/5.0\r\nAccept: text/html\r\n"
        "Accept-Language: zh-CN\r\nAccept-Encoding: gzip, deflate, br\r\n\r\n"
    ).encode("ascii")


def once(address: tuple[str, int], request: bytes) -> bytes:
    """The answer to one request."""
    connection = _Connection(address)
    try:
        connection.ask(request)
        while (answer := connection.receive()) is None:
            pass
        return answer
    finally:
        connection.socket.close()


def requests_per_second(
    address: tuple[str, int], requests: Iterable[bytes], seconds: float = math.inf
) -> float:
    """How many of these requests the server answers in a second, until they or the time are at an end; each with 200."""
    following = iter(requests)
    with _connections(address) as opened, selectors.DefaultSelector() as selector:
        waiting = 0
        for connection, request in zip(opened, following, strict=False):
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask(request)
            waiting += 1
        answered, started = 0, time.perf_counter()
        while waiting:
            ready = selector.select(PATIENCE)
            if not ready:
                raise WrongAnswer("no answer")
            passed = time.perf_counter() - started
            for key, _ in ready:
                try:
                    answer = key.data.receive()
                except Closed:
                    _ask_again(selector, key.data)
                    continue
                if answer is None:
                    continue
                if not answer.startswith(b"HTTP/1.1 200 "):
                    raise WrongAnswer(answer[:500].decode("latin-1"))
                answered += 1
                request = next(following, None) if passed < seconds else None
                if request is None:
                    waiting -= 1
                else:
                    key.data.ask(request)
        return answered / (time.perf_counter() - started)


def _ask_again(selector: selectors.BaseSelector, connection: _Connection) -> None:
    selector.unregister(connection.socket)
    connection.socket.close()
    connection.open()
    selector.register(connection.socket, selectors.EVENT_READ, connection)
    connection.ask(connection.asked)
