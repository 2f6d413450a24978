"""Errors: helpful pages, complete rollback, and logs without personal data."""

import logging
import sys

import pytest
from django.db import DatabaseError, OperationalError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from community.units.models import Unit
from portal.monitoring.logs import JSONFormatter
from portal.registers.registry import get_register


@pytest.mark.django_db
@pytest.mark.logs_errors
def test_database_away_gives_503_with_a_sentence(client, monkeypatch):
    """The session's own query already fails, before any view."""
    client.raise_request_exception = False

    def away(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", away)
    client.cookies["liren"] = "x" * 32
    answer = client.get("/home/")
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "数据库暂时连接不上" in answer.content.decode()
    assert "connection refused" not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.logs_errors
def test_error_after_writing_is_rolled_back(house, cast, monkeypatch):
    """A template fails after the row was written: the whole request is rolled back (decision 0003)."""
    client = Client(raise_request_exception=False)
    client.force_login(cast["staff"])
    register = get_register("community:unit")
    url = register.url("create", house.kuocang.ref)
    form = client.get(url).context["form"]
    values = {name: form[name].value() or "" for name in form.fields} | {"name": "半截", "kinds": ["located"]}

    def fail(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("portal.form_pages.pages.redirect", fail)
    assert client.post(url, values).status_code == 500
    assert not Unit.objects.filter(name="半截").exists()


@pytest.mark.django_db
def test_expired_csrf_token_saves_nothing_and_explains(house, cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast["staff"])
    answer = client.post(reverse("community:unit_create", kwargs={"community": "kuocang"}), {"name": "x"})
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


@pytest.mark.django_db
def test_idle_session_ends_and_leads_back(client, cast, house):
    client.force_login(cast["staff"])
    client.get("/c/kuocang/")
    session = client.session
    session["seen_at"] -= 31 * 60
    session.save()
    answer = client.get("/c/kuocang/units/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=/c/kuocang/units/")
    assert "已自动退出" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_no_scope_remains_after_a_request(house, cast):
    """After the scope the connection has the login's role again and no settings."""
    client = Client()
    client.force_login(cast["staff"])
    client.get("/c/kuocang/people/")
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_user = session_user, current_setting('liren.communities', true)")
        same, communities = cursor.fetchone()
    assert same
    assert not communities


def _logged(problem: type[Exception], act) -> str:
    """Log line about the error that `act` raises."""
    try:
        act()
    except problem:
        record = logging.LogRecord("django.request", logging.ERROR, "", 0, "failed", (), sys.exc_info())
        return JSONFormatter().format(record)
    raise AssertionError("nothing was raised")


@pytest.mark.django_db
def test_database_errors_are_logged_without_values(house):
    """PostgreSQL repeats the whole row, or the value, in its message."""
    value = "秘密\n单位"  # not written where a traceback shows the line

    def incomplete_row():
        Unit.objects.create(community=house.kuocang, name=value, kinds=None)

    def no_number():
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::int", [value])

    for act, expected in (
        (incomplete_row, "SQLSTATE 23502 community_unit kinds"),
        (no_number, "SQLSTATE 22P02"),
    ):
        with transaction.atomic():
            line = _logged(DatabaseError, act)
            transaction.set_rollback(True)
        assert expected in line
        assert "Traceback" in line
        assert "秘密" not in line
        assert "单位" not in line


def test_unreachable_database_is_logged_in_one_line():
    def away():
        raise OperationalError("connection refused\nIs the server running?")

    line = _logged(OperationalError, away)
    assert "connection refused" in line
    assert "Traceback" not in line
