"""The page of the monthly statement at the edges of its month, and the counts that outlive people."""

import datetime

import pytest
from django.db import ProgrammingError, transaction

from portal.access.db_scope import APP, scope
from residents.event_log.models import PastResidence, PopulationEvent
from residents.events.actions.moves import PlannedResidence, move_in, move_out
from residents.people.actions import add_person

pytestmark = pytest.mark.django_db
URL = "/c/kuocang/population/"


@pytest.fixture
def page(client, cast):
    client.force_login(cast["staff"])
    return lambda month: client.get(URL, {"month": month})


def arrive(house, cast, name: str, on: datetime.date):
    person = add_person(by=cast["staff"], community_id=house.kuocang.id, name=name)
    stays = [PlannedResidence("living")]
    move_in(by=cast["staff"], person=person, dwelling=house.dwelling, on=on, stays=stays)
    return person


def test_first_and_last_day_belong_to_the_month_and_the_next_first_day_does_not(house, cast, page):
    first, last, next_first = (datetime.date(2026, *day) for day in ((3, 1), (3, 31), (4, 1)))
    for name, on in (("初一", first), ("月末", last), ("晚到", next_first)):
        arrive(house, cast, name, on)
    text = page("2026-03").content.decode()
    assert [name in text for name in ("初一", "月末", "晚到")] == [True, True, False]


def test_counts_below_are_those_of_the_last_day(house, cast, page):
    person = arrive(house, cast, "短住", datetime.date(2026, 3, 5))
    before = page("2026-02").context["counts"].residents
    move_out(by=cast["staff"], person=person, on=datetime.date(2026, 4, 1), kinds=["living"])
    assert page("2026-03").context["counts"].residents == before + 1
    assert page("2026-04").context["counts"].residents == before


@pytest.mark.parametrize("month", ["2099-01", "x", "2026-13", ""])
def test_another_month_than_there_is_shows_this_one_whole(house, cast, page, month, monkeypatch):
    today = datetime.date(2026, 3, 20)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: today)
    arrive(house, cast, "初一", today.replace(day=1))
    response = page(month)
    assert response.context["month"] == today.replace(day=1)
    assert "初一" in response.content.decode()


def test_counts_of_purged_people_are_only_added(house):
    """Nobody of the community changes a month that was stated."""
    PastResidence.objects.create(
        community=house.kuocang, kind="living", people=2, ended=datetime.date(2020, 1, 1)
    )
    ids = [house.kuocang.id]
    for change in (lambda rows: rows.update(people=1), lambda rows: rows.delete()):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            scope(APP, communities=ids, write=ids),
        ):
            change(PastResidence.objects.of(house.kuocang))
    assert PopulationEvent.objects.of(house.kuocang).exists()
