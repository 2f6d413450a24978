"""Linking a request with a resident: only linked ones stand on the card and in what is told of a person."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from portal.access.permissions import Permission as P
from portal.access.user_access import Access
from portal.hooks.registry import Hook, call_hooks
from residents.merging.preview import merge_preview
from residents.subject_access.report import report_on
from services.requests.models import Request
from tests.services.requests.received import receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(cast):
    client = Client()
    client.force_login(cast["staff"])
    return client


@pytest.fixture
def request_of_somebody(house, cast):
    """Under the name of a resident, and not linked."""
    return receive(house.kuocang, cast["staff"], datetime.date(2026, 10, 12), name=house.person.name)


def step(request: Request, name: str) -> str:
    kwargs = {"community": "kuocang", "row": request.uuid, "step": name}
    return reverse("services:request_step", kwargs=kwargs)


def link(client, request: Request, text: str):
    return client.post(step(request, "link"), {"seen": request.version, "person": text})


def facts(house, user) -> list[str]:
    found = call_hooks(Hook.ABOUT, house.person, Access.of(user))
    return [fact.text for fact in found if fact.title == "居民诉求"]


def events(house, user) -> list[str]:
    found = call_hooks(Hook.TIMELINE, house.person, Access.of(user), house.kuocang.ref)
    return [event.title for event in found if event.kind == "诉求"]


def test_a_name_alone_links_nobody(house, cast, request_of_somebody):
    assert facts(house, cast["staff"]) == events(house, cast["staff"]) == []


def test_linked_and_unlinked_by_steps(house, cast, staff, request_of_somebody):
    request = request_of_somebody
    assert link(staff, request, house.person.name).status_code == 302
    request.refresh_from_db()
    assert request.person == house.person
    assert facts(house, cast["staff"]) == ["1件，未办结1件"]
    assert events(house, cast["staff"]) == [f"{request}，办理中"]
    url = reverse("residents:person_detail", kwargs={"community": "kuocang", "row": house.person.uuid})
    card = staff.get(url).content.decode()
    assert f"/requests/?person={house.person.uuid}" in card
    listed = staff.get(f"/c/kuocang/requests/?person={house.person.uuid}").context["page"]
    assert [row.pk for row in listed.object_list] == [request.pk]
    assert house.person.name in staff.get(f"/c/kuocang/requests/{request.uuid}/").content.decode()
    assert link(staff, request, house.person.name).status_code == 422, "linked already"
    assert house.person.name not in str([step.details for step in request.steps.all()])
    assert staff.post(step(request, "unlink"), {"seen": request.version}).status_code == 302
    request.refresh_from_db()
    assert request.person is None
    assert facts(house, cast["staff"]) == []
    refused = staff.get(step(request, "unlink"))
    assert refused.status_code == 302, "there is nothing to unlink"


def test_a_closed_request_is_linked_and_stays_closed(house, staff, request_of_somebody):
    ended = datetime.datetime(2026, 10, 20, tzinfo=datetime.UTC)
    Request.objects.filter(pk=request_of_somebody.pk).update(state="silent", ended_at=ended)
    assert link(staff, request_of_somebody, house.person.name).status_code == 302
    request_of_somebody.refresh_from_db()
    assert (request_of_somebody.state, request_of_somebody.ended_at) == ("silent", ended)


@pytest.mark.parametrize("text", ["", "不存在的人", "x" * 500])
def test_nobody_is_made_of_a_name(house, staff, request_of_somebody, text):
    assert link(staff, request_of_somebody, text).status_code == 422
    assert Request.objects.get(pk=request_of_somebody.pk).person is None


def test_private_one_is_on_the_card_of_the_director_only(house, cast, request_of_somebody):
    Request.objects.filter(pk=request_of_somebody.pk).update(
        person=house.person, required_right=P.REQUESTS_DECIDE
    )
    assert facts(house, cast["director"]) == ["1件，未办结1件"]
    for name in ("staff", "party", "supervisor"):
        assert facts(house, cast[name]) == events(house, cast[name]) == [], name


def test_subject_access_names_linked_requests_only(house, cast, request_of_somebody):
    def told() -> list[str]:
        report = report_on(house.person, Access.of(cast["staff"]), house.kuocang.ref)
        return [
            dict(entry.lines)["诉求内容"] for s in report.sections if s.title == "诉求" for entry in s.entries
        ]

    assert told() == []
    Request.objects.filter(pk=request_of_somebody.pk).update(person=house.person)
    assert told() == ["楼道灯不亮"]


def test_merging_two_people_moves_the_link(house, cast, request_of_somebody):
    from community.people.models import Person

    double = Person.objects.create(community=house.kuocang, name=house.person.name)
    Request.objects.filter(pk=request_of_somebody.pk).update(person=double)
    moves = {reference.key: keys for reference, keys in merge_preview(house.person, double).moves}
    assert moves["services.Request.person"] == (request_of_somebody.pk,)
