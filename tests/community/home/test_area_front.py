"""Front pages of areas: what waits there, figures with their change, and acts."""

import datetime

import pytest
from django.utils import timezone

from community.people.models import Person
from portal.hooks.figures import Figure
from residents.homes.models import Household, Residence

pytestmark = pytest.mark.django_db


@pytest.fixture
def director(client, cast):
    client.force_login(cast["director"])
    return client


def figures(client, area: str = "people") -> dict:
    answer = client.get(f"/c/kuocang/desk/{area}/")
    return {figure.key: figure for figure in answer.context["figures"]}


def titles(client, area: str) -> list[str]:
    groups = client.get(f"/c/kuocang/desk/{area}/").context["groups"]
    return [item.due.title for group in groups for line in group.lines for item in line.items]


def test_what_waits_stands_in_its_area_only(director, house):
    Household.objects.create(community=house.kuocang, kind="living", dwelling=house.dwelling)
    person = Person.objects.create(community=house.kuocang, name="李四", name_key="li si")
    household = Household.objects.create(community=house.kuocang, kind="registered", dwelling=house.dwelling)
    Residence.objects.create(community=house.kuocang, person=person, household=household, kind="registered")
    assert "户主空缺 1户" in titles(director, "people")
    assert "户主空缺 1户" not in titles(director, "publicity") + titles(director, "welfare")


def test_figures_say_how_they_changed_since_last_month(director, house):
    today = timezone.localdate()
    newborn = Person.objects.create(community=house.kuocang, name="张小", name_key="zhang xiao")
    Residence.objects.create(
        community=house.kuocang, person=newborn, household=house.household, kind="living", start=today
    )
    # Who moved in in an earlier month was counted then.
    Residence.objects.filter(pk=house.residence.pk).update(start=datetime.date(2024, 1, 1))
    shown = figures(director)
    assert (shown["residents"].value, shown["residents"].change) == (2, 1)
    assert (shown["households"].value, shown["households"].change) == (1, 0)
    assert [figure.change for figure in shown.values() if figure.compute_before is None][:1] == [None]
    page = director.get("/c/kuocang/desk/people/").content.decode()
    assert "比上月末多1" in page
    assert "与上月末相同" in page


def test_change_of_a_figure():
    def change(now, before):
        return Figure("key", "数", lambda: now, "人", "", before and (lambda: before[0])).change

    assert change(5, (7,)) == -2
    assert change(5, None) is None
    assert change(None, (3,)) is None
    assert change(5, (None,)) is None


def test_figures_need_the_right_and_their_list(client, cast):
    client.force_login(cast["health"])
    assert figures(client, "welfare") == {}
    client.force_login(cast["finance"])
    assert "low_income_households" not in figures(client)


def test_acts_are_those_the_user_may_do(director, client, cast):
    def acts(area: str) -> list[str]:
        return [act.label for act in client.get(f"/c/kuocang/desk/{area}/").context["acts"]]

    assert "新增低保户" in acts("welfare")
    assert acts("publicity")[0] == "上月公开"
    client.force_login(cast["supervisor"])
    assert acts("people") == []
    assert acts("publicity") == ["上月公开"]


def test_areas_that_do_not_exist_or_hold_nothing_for_the_user(director, client, cast):
    assert client.get("/c/kuocang/desk/nonsense/").status_code == 404
    assert client.get("/c/kuocang/desk/safety/").status_code == 403
    assert client.get("/c/kuocang/desk/today/").url == "/c/kuocang/"
    client.force_login(cast["staff"])
    assert client.get("/c/kuocang/desk/welfare/").status_code == 403


def test_last_months_bulletin_or_the_list_where_it_is_started(director, house):
    assert director.get("/c/kuocang/bulletins/last/").url == "/c/kuocang/bulletins/"
    month = (timezone.localdate().replace(day=1) - datetime.timedelta(days=1)).replace(day=1)
    director.post("/c/kuocang/bulletins/start/", {"month": f"{month:%Y-%m}"})
    assert director.get("/c/kuocang/bulletins/last/").url == f"/c/kuocang/bulletins/{month:%Y-%m}/"
