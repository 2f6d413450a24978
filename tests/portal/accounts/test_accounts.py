"""Sign-in: throttling, unknown users, cookies, and role changes that take effect on the next request."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.accounts.models import RoleAssignment
from tests.house import PASSWORD

pytestmark = pytest.mark.django_db


def _sign_in(client, username, password):
    return client.post(reverse("portal:login"), {"username": username, "password": password})


def test_sign_in_leads_to_the_desk_and_out_again(client, house, cast):
    answer = _sign_in(client, "civil", PASSWORD)
    assert answer.url == "/home/"
    assert client.get("/home/").url == "/c/kuocang/"
    assert client.post(reverse("portal:logout")).status_code == 302
    assert client.get("/c/kuocang/").status_code == 302


def test_five_failures_lock_user_name_and_address_together(client, cast):
    for _ in range(5):
        answer = _sign_in(client, "staff", "falsch-falsch")
    assert answer.status_code == 429
    assert "十五分钟" in answer.content.decode()
    assert _sign_in(client, "staff", PASSWORD).status_code == 429
    assert _sign_in(client, "civil", PASSWORD).status_code == 302
    assert _sign_in(Client(REMOTE_ADDR="10.0.0.9"), "staff", PASSWORD).status_code == 302


def test_unknown_user_names_are_not_revealed(client, cast):
    known_page = _sign_in(client, "staff", "falsch-falsch").content.decode()
    unknown = _sign_in(Client(), "niemand", "falsch-falsch").content.decode()
    strip = lambda page: [line for line in page.splitlines() if "csrf" not in line and "username" not in line]  # noqa: E731
    assert strip(known_page) == strip(unknown)


def test_an_ended_role_has_no_rights_on_the_next_request(client, cast, house):
    client.force_login(cast["civil"])
    assert client.get("/c/kuocang/people/").status_code == 200
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    RoleAssignment.objects.filter(user=cast["civil"]).update(end=yesterday)
    assert client.get("/c/kuocang/people/").status_code == 404


def test_session_cookie_is_http_only(client, cast):
    _sign_in(client, "staff", PASSWORD)
    cookie = client.cookies["liren"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_signed_in_pages_are_not_cached(client, cast, house):
    client.force_login(cast["staff"])
    assert client.get("/c/kuocang/people/")["Cache-Control"] == "no-store"


def test_content_security_policy_forbids_inline_script_and_style(client):
    policy = client.get("/")["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy


def test_users_without_a_role_see_no_community(client, cast, house):
    client.force_login(cast["nobody"])
    assert client.get("/home/", follow=True).status_code == 200
    assert client.get("/c/kuocang/").status_code == 404


def test_a_user_sees_and_ends_own_sessions_only(client, cast):
    office, phone, other = client, Client(headers={"user-agent": "Mobile"}), Client()
    _sign_in(office, "staff", PASSWORD)
    _sign_in(phone, "staff", PASSWORD)
    _sign_in(other, "civil", PASSWORD)
    sessions = office.get(reverse("portal:sessions")).context["sessions"]
    assert sorted((s.device, s.is_current) for s in sessions) == [("手机", False), ("电脑", True)]
    foreign = other.get(reverse("portal:sessions")).context["sessions"][0].name
    other_session = next(s.name for s in sessions if not s.is_current)
    for name in (other_session, foreign):
        office.post(reverse("portal:session_end", kwargs={"session": name}))
    assert phone.get("/home/").status_code == 302
    assert other.get("/home/").url == "/c/kuocang/"
