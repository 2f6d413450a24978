"""PostgreSQL backend that detects a hanging server while a statement runs, and then gives the connection up.

A server that was stopped closes its connections, which is noticed at once. One that hangs (a frozen machine, a dead
disk, a cut line) sends nothing, and neither `statement_timeout`, which the server itself enforces, nor
`connect_timeout` helps an open connection. So when a statement has waited for half a second, a second connection is
tried as a probe; if it fails within `connect_timeout`, the first connection is closed.

For another half second all new connections fail at once (circuit breaker): otherwise each request that queued up
meanwhile would wait its own two seconds.
"""

import time

import psycopg
from django.db.backends.postgresql import base

PROBE_AFTER_SECONDS = 0.5
"""Seconds without an answer until the first probe; doubled for each further probe."""
BREAKER_SECONDS = 0.5
"""How long no new connection is tried after a failed probe."""

_silent_until = 0.0


class ServerNotResponding(psycopg.OperationalError):
    """The server accepted no connection in time."""

    def __init__(self):
        super().__init__("the database server does not answer")


def _is_silent() -> bool:
    return time.monotonic() < _silent_until


def _connect(factory, parameters: dict):
    """Connect, or raise ServerNotResponding and open the circuit breaker for a moment."""
    global _silent_until
    if _is_silent():
        raise ServerNotResponding
    try:
        return factory.connect(**parameters)
    except psycopg.errors.ConnectionTimeout as problem:
        _silent_until = time.monotonic() + BREAKER_SECONDS
        raise ServerNotResponding from problem


class WatchedConnection(psycopg.Connection):
    """Connection that probes its server while a statement waits."""

    parameters: dict

    def wait(self, gen, *args, **kwargs):
        return super().wait(self._watched(gen), *args, **kwargs)

    def _watched(self, gen):
        """Wrap the generator `gen`; psycopg resumes it every tenth of a second, with 0 if nothing arrived."""
        patience = PROBE_AFTER_SECONDS
        probe_at = time.monotonic() + patience
        try:
            awaited_state = next(gen)
            while True:
                ready = yield awaited_state
                now = time.monotonic()
                if not ready and now > probe_at:
                    self._probe()
                    patience *= 2
                    probe_at = time.monotonic() + patience
                elif ready:
                    probe_at = now + patience
                awaited_state = gen.send(ready)
        except StopIteration as end:
            return end.value

    def _probe(self) -> None:
        """Probe the server; if it accepts no connection, close this one and raise ServerNotResponding."""
        try:
            _connect(psycopg.Connection, self.parameters).close()
        except ServerNotResponding:
            self.pgconn.finish()
            raise
        except psycopg.OperationalError:
            pass  # the server answers, for example that it has no free connections or is shutting down


class _Driver:
    """psycopg for Django's backend, with a `connect` of our own."""

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
        return not _is_silent() and super().is_usable()
