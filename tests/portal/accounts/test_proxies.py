"""Addresses of visitors behind a reverse proxy: X-Forwarded-For counts from trusted proxies only."""

from ipaddress import ip_network

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from portal.launch.variables import trusted_proxies
from portal.middleware import ProxyMiddleware
from tests.house import PASSWORD

PROXY = "127.0.0.1"


@pytest.fixture
def trusted(settings):
    settings.TRUSTED_PROXIES = (ip_network(PROXY), ip_network("10.9.0.0/16"), ip_network("::1"))


def address_of(peer: str, forwarded: str | None) -> str:
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    request = RequestFactory(REMOTE_ADDR=peer).get("/", headers=headers)
    return ProxyMiddleware(lambda request: request.META["REMOTE_ADDR"])(request)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        (PROXY, "203.0.113.5", "203.0.113.5"),
        ("::1", "2001:db8::5", "2001:db8::5"),
        (PROXY, "198.51.100.1, 203.0.113.5", "203.0.113.5"),  # the first one was sent by the visitor
        (PROXY, "198.51.100.1, 203.0.113.5, 10.9.3.1", "203.0.113.5"),  # two proxies in a row
        (PROXY, "10.9.3.1", "10.9.3.1"),
        (PROXY, None, PROXY),
        (PROXY, "", PROXY),
        (PROXY, "unknown", PROXY),
        (PROXY, "203.0.113.5, <script>", PROXY),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("", "198.51.100.1", ""),  # a Unix socket
    ],
)
def test_address_of_the_visitor(trusted, peer, forwarded, address):
    assert address_of(peer, forwarded) == address


def test_without_a_trusted_proxy_the_header_is_ignored(settings):
    assert settings.TRUSTED_PROXIES == ()
    assert address_of(PROXY, "203.0.113.5") == PROXY


def test_addresses_and_networks_are_read(monkeypatch):
    monkeypatch.setenv("LIREN_TRUSTED_PROXIES", "127.0.0.1, 10.9.0.0/16,")
    assert trusted_proxies() == (ip_network("127.0.0.1/32"), ip_network("10.9.0.0/16"))


def _fail(peer: str, forwarded: str) -> int:
    client = Client(REMOTE_ADDR=peer, headers={"x-forwarded-for": forwarded})
    data = {"username": "staff", "password": "falsch-falsch"}
    return [client.post(reverse("portal:login"), data).status_code for _ in range(5)][-1]


def _sign_in(peer: str, forwarded: str) -> int:
    client = Client(REMOTE_ADDR=peer, headers={"x-forwarded-for": forwarded})
    return client.post(reverse("portal:login"), {"username": "staff", "password": PASSWORD}).status_code


@pytest.mark.django_db
def test_failures_behind_a_trusted_proxy_lock_only_the_visitor_who_made_them(trusted, cast):
    assert _fail(PROXY, "203.0.113.5") == 429
    assert _sign_in(PROXY, "203.0.113.5") == 429
    assert _sign_in(PROXY, "203.0.113.6") == 302


@pytest.mark.django_db
def test_a_visitor_does_not_escape_the_lock_by_a_header(trusted, cast):
    assert _fail("203.0.113.5", "198.51.100.1") == 429
    assert _sign_in("203.0.113.5", "198.51.100.2") == 429
    assert _fail(PROXY, "198.51.100.1, 203.0.113.7") == 429
    assert _sign_in(PROXY, "198.51.100.2, 203.0.113.7") == 429


@pytest.mark.django_db
def test_the_list_of_sessions_shows_the_address(trusted, client, cast, house):
    client.post(
        reverse("portal:login"),
        {"username": "staff", "password": PASSWORD},
        headers={"x-forwarded-for": "203.0.113.5"},
        REMOTE_ADDR=PROXY,
    )
    (session,) = client.get(reverse("portal:sessions")).context["sessions"]
    assert session.address == "203.0.113.5"
