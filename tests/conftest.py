"""Shared fixtures: a small house with two communities, and a named cast."""

import pytest
from django.utils import timezone

from tests.database import template_name


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep tests that share a costly fixture on one worker; distribute the others freely.

    The browser tests share a running portal, and come first; those of the demo share its communities, those of
    an outage the server that they stop.

    xdist's own loadgroup does nothing with pytest 9.2 (pytest-xdist#1386).
    """
    from xdist.scheduler import LoadScopeScheduling

    together = (
        "tests/browser/",
        "tests/community/demo/test_demo.py",
        "tests/portal/monitoring/test_outage.py",
    )

    class CostlyTogether(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return next((start for start in together if nodeid.startswith(start)), nodeid)

    return CostlyTogether(config, log)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """The tests' database is a copy of the migrated one (tests/database.py)."""
    from django.db import connection

    connection.settings_dict["TEST"]["TEMPLATE"] = template_name()


@pytest.fixture(autouse=True)
def access_log_in_the_same_transaction(request, monkeypatch):
    """In tests that roll back, write the access log on the test's connection, or its rows would stay."""
    marker = request.node.get_closest_marker("django_db")
    if marker and not marker.kwargs.get("transaction"):
        monkeypatch.setattr("portal.audit.access_log.CONNECTION_ALIAS", "default")
        monkeypatch.setattr("portal.jobs.jobs.CONNECTION_ALIAS", "default")


@pytest.fixture(autouse=True)
def no_logged_errors(caplog, request):
    """A logged error fails the test, unless it is marked as the very thing that is tested."""
    yield
    if request.node.get_closest_marker("logs_errors"):
        return
    errors = [record for record in caplog.get_records("call") if record.levelname in ("ERROR", "CRITICAL")]
    assert not errors, [record.getMessage() for record in errors]


@pytest.fixture(autouse=True)
def cheap_passwords(settings):
    """The cast has twenty accounts; hashing their passwords well would be most of the tests' time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Tests render pages without collected files."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def house(db):
    """Two communities of two streets, with a building of two stairwells in the first; see tests/house.py."""
    from tests.house import build_communities

    return build_communities()


@pytest.fixture
def cast(house):
    """The people of the demo accounts by account name, with a stranger from another street."""
    from tests.house import build_cast

    return build_cast(house)


@pytest.fixture
def samples(house, cast):
    """Values for the parameters of URLs; see tests/addresses.py."""
    from tests.addresses import sample_arguments

    return sample_arguments(house, cast)


@pytest.fixture
def addresses(house, cast):
    """Name, route and an address of every URL."""
    from tests.addresses import sample_addresses

    return sample_addresses(house, cast)


@pytest.fixture
def today():
    return timezone.localdate()
