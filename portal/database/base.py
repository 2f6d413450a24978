"""A statement is waited for as long as the server lives, and no longer.

A server that was stopped closes its connections, which is noticed at once. One that hangs (a frozen machine, a
dead disk, a cut line) says nothing, and neither `statement_timeout` nor `connect_timeout` helps a connection that
stands already: the former is kept by the server itself. So a statement that has waited for half a second has the
server looked at: does it let anybody in? If it does not within `connect_timeout`, the connection is given up.

For another half second nobody tries again: requests that queued up meanwhile fail at once instead of each waiting
its own two seconds.
"""

import time

import psycopg
from django.db.backends.postgresql import base

PATIENCE = 0.5
"""Seconds without an answer until the server is looked at; then twice as long each time."""
SILENT_SECONDS = 0.5
"""How long a server that did not answer is left alone."""

_left_alone_until = 0.0


class ServerSilent(psycopg.OperationalError):
    """The server accepts no connection in time."""

    def __init__(self):
        super().__init__("the database server does not answer")


def _is_left_alone() -> bool:
    return time.monotonic() < _left_alone_until


def _connect(factory, parameters: dict):
    """Connect, or raise ServerSilent and have the server left alone for a moment."""
    global _left_alone_until
    if _is_left_alone():
        raise ServerSilent
    try:
        return factory.connect(**parameters)
    except psycopg.errors.ConnectionTimeout as problem:
        _left_alone_until = time.monotonic() + SILENT_SECONDS
        raise ServerSilent from problem


class WatchedConnection(psycopg.Connection):
    """A connection whose server is looked at while it makes one wait."""

    parameters: dict

    def wait(self, gen, *args, **kwargs):
        return super().wait(self._watched(gen), *args, **kwargs)

    def _watched(self, gen):
        """Pass `gen` on; psycopg resumes it every tenth of a second, with nothing where nothing came."""
        patience = PATIENCE
        look_at = time.monotonic() + patience
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                now = time.monotonic()
                if not ready and now > look_at:
                    self._look()
                    patience *= 2
                    look_at = time.monotonic() + patience
                elif ready:
                    look_at = now + patience
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value

    def _look(self) -> None:
        """Raise ServerSilent, with this connection closed, if the server lets nobody in."""
        try:
            _connect(psycopg.Connection, self.parameters).close()
        except ServerSilent:
            self.pgconn.finish()
            raise
        except psycopg.OperationalError:
            pass  # it answers: that it is full, say, or that it is going down


class _Driver:
    """psycopg as Django's backend sees it, but for how it connects."""

    def __getattr__(self, name):
        return getattr(psycopg, name)

    @staticmethod
    def connect(**parameters):
        connection = _connect(WatchedConnection, parameters)
        connection.parameters = parameters
        return connection


class DatabaseWrapper(base.DatabaseWrapper):
    Database = _Driver()

    def is_usable(self):
        return not _is_left_alone() and super().is_usable()
