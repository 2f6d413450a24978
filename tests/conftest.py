"""Shared fixtures: a small house with two communities, and a named cast."""

import datetime
import gc
import pickle
import subprocess

import pytest
from django.test import TransactionTestCase, override_settings
from django.utils import timezone

from portal.pdf import rendering
from portal.published_pages import changes
from portal.published_pages.store import MEMORY, STORE
from portal.sandbox import sandbox
from tests.database import copy_database, drop_database, template_name
from tests.warm_children import WARM

LONG = (
    "tests/browser/",
    "tests/test_every_form.py",
    "tests/test_matrix.py",
    "tests/test_links.py",
    "tests/community/demo/test_demo.py",
    "tests/test_two_communities.py",
    "tests/test_benchmarks.py",
    "tests/services/complaints/test_accused.py",
    "tests/test_query_counts.py",
    "tests/services/hotline/test_about_staff.py",
    "tests/test_uploads.py",
    "tests/portal/pdf/",
    "tests/portal/launch/",
    "tests/portal/backup/",
)
"""What takes longest begins first, so that both workers have something to do to the end."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep the tests of a file, which share its fixtures, on one worker, and all browser tests, which share a portal.

    xdist's own loadgroup does nothing with pytest 9.2 (pytest-xdist#1386).
    """
    from xdist.scheduler import LoadScopeScheduling

    class FileByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            browser = LONG[0]
            return browser if nodeid.startswith(browser) else nodeid.partition("::")[0]

    config.option.loadscopereorder = False  # by their number of tests
    return FileByFile(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    def place(item) -> int:
        return next((place for place, start in enumerate(LONG) if item.nodeid.startswith(start)), len(LONG))

    items.sort(key=place)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    """Keep what was imported and collected out of garbage collections: each full one took a quarter of a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """The tests' database is a copy of the migrated one (tests/database.py)."""
    from django.db import connection

    connection.settings_dict["TEST"]["TEMPLATE"] = template_name()


@pytest.fixture(scope="session", autouse=True)
def quick_settings():
    """Passwords are hashed cheaply, pages rendered without collected static files, which no client reads through."""
    from django.conf import settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STORAGES=settings.STORAGES | {"staticfiles": plain},
        # Looks for a file when it is asked for; otherwise every test client lists them all at its first request.
        WHITENOISE_AUTOREFRESH=True,
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def warm_children():
    """The portal's child processes are forked from one that has imported what they need (tests/warm_children.py)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rendering, "subprocess", WARM)
        patch.setattr(sandbox, "subprocess", WARM)
        yield


@pytest.fixture
def started_children(monkeypatch):
    """The portal's child processes are started as in production."""
    monkeypatch.setattr(rendering, "subprocess", subprocess)
    monkeypatch.setattr(sandbox, "subprocess", subprocess)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, quick_settings):
    """The worker's database with the house and the cast in it, which are given back pickled.

    After a test that commits, it is copied anew from one that was kept so.
    """
    from django.db import connection, connections, transaction

    from portal.access.user_access import Access
    from portal.todo.counts import urgent_count
    from portal.todo.models import TodoCount
    from tests.house import build_cast, build_communities

    with django_db_blocker.unblock():
        with transaction.atomic():
            house = build_communities()
            cast = build_cast(house)
            for user in cast.values():
                urgent_count(Access.of(user))  # as if each had just opened a page
            # However long the run takes: a number that is too old is counted anew by the next page.
            TodoCount.objects.update(counted_at=timezone.now() + datetime.timedelta(hours=12))
        name = connection.settings_dict["NAME"]
        kept = f"{name}_kept"

        def restore(test=None):
            connections.close_all()
            copy_database(kept, name)

        connections.close_all()
        copy_database(name, kept)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(TransactionTestCase, "_fixture_teardown", restore)
            yield pickle.dumps((house, cast))
        drop_database(kept)


@pytest.fixture(autouse=True)
def access_log_in_the_same_transaction(request, monkeypatch):
    """In tests that roll back, write the access log on the test's connection, or its rows would stay."""
    marker = request.node.get_closest_marker("django_db")
    if marker and not marker.kwargs.get("transaction"):
        monkeypatch.setattr("portal.audit.access_log.CONNECTION_ALIAS", "default")
        monkeypatch.setattr("portal.jobs.jobs.CONNECTION_ALIAS", "default")


@pytest.fixture(autouse=True)
def published_pages_are_rendered_each_time(monkeypatch):
    """What one test sees is nothing that another one has kept; tests of the store give it its memory back."""
    monkeypatch.setattr(STORE, "memory", 0)
    monkeypatch.setattr(changes, "CHECK_SECONDS", 0)


@pytest.fixture
def stored_pages(published_pages_are_rendered_each_time, monkeypatch):
    """The store of rendered pages as in production, but asked each time whether something has changed."""
    monkeypatch.setattr(STORE, "memory", MEMORY)
    monkeypatch.setattr(changes, "_known", changes._Known())
    STORE.clear()
    yield STORE
    STORE.clear()


@pytest.fixture
def no_contexts(monkeypatch):
    """Answers without `context` and `templates`, for tests that walk thousands of pages: each render copies its context."""
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *arguments, **more: None)


@pytest.fixture(autouse=True)
def no_logged_errors(caplog, request):
    """A logged error fails the test, unless it is marked as the very thing that is tested."""
    yield
    if request.node.get_closest_marker("logs_errors"):
        return
    errors = [record for record in caplog.get_records("call") if record.levelname in ("ERROR", "CRITICAL")]
    assert not errors, [record.getMessage() for record in errors]


@pytest.fixture
def _people_and_places(db, django_db_setup):
    """Objects of the test's own."""
    return pickle.loads(django_db_setup)


@pytest.fixture
def house(_people_and_places):
    """Two communities of two streets, with a building of two stairwells in the first; see tests/house.py."""
    return _people_and_places[0]


@pytest.fixture
def cast(_people_and_places):
    """The people of the demo accounts by account name, with a stranger from another street."""
    return _people_and_places[1]


@pytest.fixture
def no_house(db):
    """Neither house nor cast, nor anybody else: how a portal begins."""
    from tests.house import remove_everybody

    remove_everybody()


@pytest.fixture
def samples(house, cast):
    """Values for the parameters of URLs; see tests/addresses.py."""
    from tests.addresses import sample_arguments

    return sample_arguments(house, cast)


@pytest.fixture
def addresses(samples, house, cast):
    """Name, route and an address of every URL."""
    from tests.addresses import addresses_of

    return addresses_of(samples, house, cast)


@pytest.fixture(scope="module")
def samples_of_the_module(django_db_setup, django_db_blocker):
    """`samples` made once for a module that walks all pages; each test's own transaction is a savepoint inside this one."""
    from django.db import transaction

    from tests.addresses import sample_arguments

    with django_db_blocker.unblock(), transaction.atomic():
        yield sample_arguments(*pickle.loads(django_db_setup))
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def addresses_of_the_module(samples_of_the_module, django_db_setup, django_db_blocker):
    """`addresses` likewise."""
    from tests.addresses import addresses_of

    with django_db_blocker.unblock():
        return addresses_of(samples_of_the_module, *pickle.loads(django_db_setup))


@pytest.fixture
def today():
    return timezone.localdate()
