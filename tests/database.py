"""Early pytest plugin: the tests' own database server, there before Django reads its settings."""

import os
from pathlib import Path

from portal.launch.postgres import embedded_server

os.environ.setdefault("LIREN_VAR", str(Path(__file__).resolve().parent.parent / "var" / "test"))
os.environ["LIREN_LOGIN"] = "owner"
os.environ["LIREN_CONNECT_SECONDS"] = "10"

_server = None


def pytest_load_initial_conftests():
    """Needed so that pytest takes this module for a plugin; the work is done at import."""


def pytest_unconfigure():
    """Leave the server; the last process to leave stops it."""
    if _server is not None:
        _server.__exit__(None, None, None)


_var = Path(os.environ["LIREN_VAR"])
(_var / "static").mkdir(parents=True, exist_ok=True)  # whitenoise warns without it, and warnings fail
if "DATABASE_OWNER_URL" not in os.environ:
    _server = embedded_server(_var, name="pg-test", fsync=False)
    _server.__enter__()
