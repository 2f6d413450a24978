"""Requests of the demo: a complete year, all answered, and every state."""

import random
from itertools import pairwise

import pytest
from django.utils import timezone

from community.demo.numbers import NumberGenerator
from community.demo.parts import Demo, DemoCommunity
from community.demo.plans import PLANS
from community.places.models import Building, Stairwell
from portal.cases.declaration import Clock
from services.requests.course import COURSE
from services.requests.demo import load_requests
from services.requests.models import Request

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(house, cast) -> list[str]:
    """The demo's part, run with the small house's communities and cast."""
    building = Building.objects.create(community=house.xizhigou, label="1幢", key="1")
    Stairwell.objects.create(community=house.xizhigou, building=building, name="1单元")
    lines: list[str] = []
    demo = Demo(timezone.localdate(), "", lines.append, users=cast)
    plans = {plan.code: plan for plan in PLANS}
    for community in (house.kuocang, house.xizhigou):
        rng = random.Random(1)
        load_requests(DemoCommunity(demo, plans[community.code], community, True, rng, NumberGenerator(rng)))
    return lines


def test_last_year_is_answered_and_every_state_is_there(said, house):
    year = timezone.localdate().year - 1
    of_demo = Request.objects.filter(community=house.kuocang).exclude(clock_start=None)
    last = of_demo.filter(year=year, received_at__lt=f"{year}-12-16T00:00+08:00")
    assert last.count() >= 120
    assert not last.filter(answered_at=None).exists()
    assert len(set(last.values_list("text", flat=True))) >= 40
    states = set(of_demo.values_list("state", flat=True))
    handed_over_later = {"handed"}  # with the complaints of the demo
    assert states == {state.value for state in COURSE.states} - handed_over_later
    assert of_demo.overdue(timezone.now()).count() == 1
    assert of_demo.filter(is_private=True, required_right="requests.decide").count() == 1
    assert of_demo.filter(state="merged", merged_into__isnull=False).count() == 1
    assert not of_demo.filter(received_at__gt=timezone.now()).exists()


def test_numbers_and_steps_are_as_actions_write_them(said, house):
    of_demo = Request.objects.filter(community=house.kuocang).exclude(clock_start=None)
    for year in set(of_demo.values_list("year", flat=True)):
        numbers = list(
            of_demo.filter(year=year).order_by("received_at", "id").values_list("number", flat=True)
        )
        assert numbers == sorted(numbers)
    for request in of_demo.prefetch_related("steps"):
        steps = list(request.steps.all())
        assert [step.number for step in steps] == list(range(1, request.version + 1)), request
        assert steps[-1].after == request.state
        assert all(step.after == later.before for step, later in pairwise(steps))
        assert all(step.at <= later.at for step, later in pairwise(steps)), request
        assert {step.required_right for step in steps} == {request.required_right}
        assert bool(request.ended_at) == (not request.is_open)
        ends = [step.at for step in steps if COURSE.by_name[step.name].clock is Clock.END]
        if request.answered_at:
            assert request.answered_at == ends[-1]


def test_the_other_community_has_a_few(said, house):
    assert Request.objects.filter(community=house.xizhigou).exclude(clock_start=None).count() == 9
    assert len(said) == 2
