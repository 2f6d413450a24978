"""Refused pages (403): each is written to the access log exactly once."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import resolve, reverse

from portal.audit.models import AccessLog

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "journal"])


@pytest.fixture
def url(house):
    return lambda name: reverse(name, kwargs={"community": house.kuocang.code})


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "name",
    [
        "residents:person_create",  # a class-based view
        "residents:person_import",  # a class-based view that asks the register for its right
        "residents:data_quality",  # a function view
    ],
)
def test_refusal_is_logged_once(client, cast, house, url, name, method):
    client.force_login(cast["party"])
    assert getattr(client, method)(url(name)).status_code == 403
    entry = AccessLog.objects.get()
    assert (entry.action, entry.subject) == (AccessLog.Action.DENIED, url(name))
    assert (entry.community_id, entry.user_id) == (house.kuocang.id, cast["party"].pk)


def test_refusal_raised_by_a_view_itself_is_logged_once(client, cast, url, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionDenied

    monkeypatch.setattr(resolve(url("residents:person_list")).func.view_class, "dispatch", refuse)
    client.force_login(cast["director"])
    assert client.get(url("residents:person_list")).status_code == 403
    assert AccessLog.objects.get().action == AccessLog.Action.DENIED


def test_strangers_get_404_and_no_log_entry(client, cast, url):
    client.force_login(cast["stranger"])
    assert client.get(url("residents:person_list")).status_code == 404
    assert not AccessLog.objects.exists()


def test_refusal_outside_a_community_is_not_logged(client, cast):
    client.force_login(cast["staff"])
    assert client.get("/street/").status_code == 403
    assert not AccessLog.objects.exists()
