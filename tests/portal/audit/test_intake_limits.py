"""Limits of public forms: by network, by community, and what is left for others behind a flooded address."""

import datetime

import pytest
from django.test import RequestFactory
from django.utils import timezone

from portal.audit.hooks import delete_old_counters
from portal.audit.intake_limits import Excess, IntakeLimitExceeded, IntakeLimits
from portal.audit.models import RateCounter
from portal.audit.visitor import network_of

pytestmark = pytest.mark.django_db
LIMITS = IntakeLimits("test", network=(2, 3), community=(4, 100), beyond=(3, 5))


def count(address: str, community: int = 1, *, suspicious: bool = False) -> str:
    """What becomes of a submission from an address; 'refused' if it is not taken."""
    request = RequestFactory(REMOTE_ADDR=address).post("/")
    try:
        return LIMITS.count(request, community, is_suspicious=lambda: suspicious).name
    except IntakeLimitExceeded:
        return "refused"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.5", "203.0.113.5"),  # IPv4 on a socket of both
        ("", ""),
        ("unix:", ""),
    ],
)
def test_network_of_an_address(address, network):
    assert network_of(address) == network


def test_an_ipv6_visitor_has_one_limit_for_all_addresses_of_the_household():
    taken = [count(f"2001:db8::{number}") for number in range(1, 5)]
    assert taken == ["NONE", "NONE", "NETWORK", "NETWORK"]
    assert count("2001:db8:0:1::1") == "NONE"


def test_a_flooded_address_leaves_room_behind_it_and_takes_none_elsewhere():
    flood = [count("203.0.113.5", suspicious=number > 2) for number in range(50)]
    assert flood == ["NONE", "NONE", "NETWORK", *["refused"] * 47]
    assert count("203.0.113.5") == "NETWORK"  # a neighbour behind the same address
    assert count("203.0.113.6") == "NONE"  # somebody elsewhere
    assert [count("203.0.113.5") for _ in range(2)] == ["NETWORK", "refused"]
    assert count("203.0.113.6") == "NONE"


def test_a_community_has_a_limit_of_its_own():
    taken = [count(f"203.0.113.{number}") for number in range(9)]
    assert taken == [*["NONE"] * 4, *["COMMUNITY"] * 3, "refused", "refused"]
    assert count("203.0.113.200", community=2) == "NONE"


def test_a_day_has_a_limit_besides_the_hour():
    assert [count("203.0.113.5") for _ in range(2)] == ["NONE", "NONE"]
    in_the_past = timezone.now() - datetime.timedelta(hours=2)
    RateCounter.objects.update(window_start=in_the_past)
    assert [count("203.0.113.5") for _ in range(2)] == ["NONE", "NETWORK"]


def test_the_sentence_says_when_to_try_again():
    request = RequestFactory().post("/")
    for _ in range(5):
        assert LIMITS.count(request, 1) in (Excess.NONE, Excess.NETWORK)
    with pytest.raises(IntakeLimitExceeded, match=r"^提交过于频繁，请在(明天)?\d\d:\d\d以后再试；"):
        LIMITS.count(request, 1)


def test_counters_are_deleted_after_their_windows():
    count("203.0.113.5")
    delete_old_counters()
    assert RateCounter.objects.exists()
    RateCounter.objects.update(window_start=timezone.now() - datetime.timedelta(days=2, minutes=1))
    delete_old_counters()
    assert not RateCounter.objects.exists()
