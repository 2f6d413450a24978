"""Requests that follow something else: the hourly task, and the departure of their owner."""

import datetime

import pytest
from django.utils import timezone

from portal.cases.actions import take_step
from portal.hooks.departure import Departure
from residents.events.actions.moves import endings, record_death
from residents.events.actions.undo import undo
from services.requests.actions import assign, take_request
from services.requests.models import Request
from services.requests.tasks import end_request_periods

pytestmark = pytest.mark.django_db


@pytest.fixture
def make(house, cast):
    def make(owner: str, community=None, at=None) -> Request:
        case = take_request(
            by=cast["staff"],
            community_id=(community or house.kuocang).id,
            channel="phone",
            text="垃圾没人收",
            code="",
            at=at,
        )
        assign(request=case, by=cast["staff"], owner=cast[owner], category="sanitation", at=at)
        return case

    return make


def test_the_hourly_task_goes_through_all_communities(house, cast, make):
    long_ago = timezone.now() - datetime.timedelta(days=60)
    cases = [make("staff", community, long_ago) for community in (house.kuocang, house.xizhigou)]
    for case in cases:
        take_step(case, "answer", by=cast["staff"], text="已清运", changes={"outcome": "solved"}, at=long_ago)
    end_request_periods.func(0)
    end_request_periods.func(0)
    for case in cases:
        case.refresh_from_db()
        assert (case.state, case.steps.filter(name="silent").count()) == ("silent", 1)


def test_death_of_the_owner_returns_cases_and_its_undo_gives_them_back(house, cast, make):
    cast["civil"].person = house.person
    cast["civil"].save()
    case = make("civil")
    confirmed = [each.key for each in endings(house.person, Departure(timezone.localdate(), died=True))]
    assert any(key.startswith("role-") for key in confirmed)
    (event,) = record_death(
        by=cast["staff"], person=house.person, on=timezone.localdate(), confirmed=confirmed
    )
    case.refresh_from_db()
    assert (case.state, case.owner) == ("new", None)
    undo(by=cast["staff"], event=event, reason="登记错人")
    case.refresh_from_db()
    assert (case.state, case.owner) == ("in_hand", cast["civil"])
    assert list(case.steps.order_by("number").values_list("name", flat=True)) == [
        "receive", "assign", "owner_left", "owner_back"
    ]  # fmt: skip
