"""When things go wrong: pages that say what to do, and nothing half written."""

import pytest
from django.db import OperationalError, connections
from django.test import Client
from django.urls import reverse

from community.models import Unit
from portal.registers import get_register


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
def test_an_error_after_writing_leaves_nothing(house, cast, monkeypatch):
    """A template that fails after the row was written: the whole request is rolled back (traps.md T2)."""
    client = Client(raise_request_exception=False)
    client.force_login(cast["staff"])
    register = get_register("community:unit")
    url = register.url("create", house.kuocang.ref)
    form = client.get(url).context["form"]
    values = {name: form[name].value() or "" for name in form.fields} | {"name": "半截", "kind": "located"}

    def fail(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("portal.views.editing.redirect", fail)
    assert client.post(url, values).status_code == 500
    assert not Unit.objects.filter(name="半截").exists()


@pytest.mark.django_db
def test_an_expired_form_token_keeps_nothing_and_says_so(house, cast):
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
def test_nothing_stays_open_after_a_request(house, cast):
    """Outside the scope the connection has the login's role again and no settings."""
    client = Client()
    client.force_login(cast["staff"])
    client.get("/c/kuocang/people/")
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_user = session_user, current_setting('liren.communities', true)")
        same, communities = cursor.fetchone()
    assert same
    assert not communities
