"""Every offer, asked for every one of the cast: it stays in its scope and asks little of the database."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.models import Person
from portal.access import Access
from portal.offers import Kind, answers, providers
from portal.scope import APP, scope
from residents.models import Household, Residence

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 3, 15)
MOST_QUERIES = 14
"""For all apps together and one community, whatever its size."""


def _grow(house, people: int) -> None:
    """More people at the same door, to see that the number of queries does not follow."""
    household = Household.objects.create(community=house.kuocang, kind="living", dwelling=house.dwelling)
    for number in range(people):
        person = Person.objects.create(community=house.kuocang, name=f"王{number}", name_key="wang")
        Residence.objects.create(community=house.kuocang, person=person, household=household, kind="living")


def _in_scope(user):
    access = Access.of(user)
    return access, scope(
        APP, communities=[c.id for c in access.communities], write=access.writable_ids, user_id=user.pk
    )


def _queries(user, community, kind, *args) -> int:
    access, opened = _in_scope(user)
    with (
        opened,
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        list(answers(kind, *(access if a is Access else a for a in args)))
    return len([q for q in queries if "set_config" not in q["sql"]])


def test_every_kind_is_answered_by_somebody():
    assert [kind for kind in Kind if not providers(kind) and kind is not Kind.ABOUT] == []


@pytest.mark.parametrize("kind", [Kind.FIGURES, Kind.BULLETIN_SECTIONS, Kind.DUE, Kind.FIRST_STEPS])
def test_queries_do_not_follow_the_number_of_rows(kind, house, cast):
    arguments = {
        Kind.FIGURES: (house.kuocang.ref, 2025),
        Kind.BULLETIN_SECTIONS: (house.kuocang.ref, datetime.date(2026, 2, 1)),
        Kind.DUE: (Access, house.kuocang.ref, TODAY),
        Kind.FIRST_STEPS: (Access, house.kuocang.ref),
    }[kind]
    few = _queries(cast["director"], house.kuocang, kind, *arguments)
    _grow(house, 30)
    many = _queries(cast["director"], house.kuocang, kind, *arguments)
    assert few == many <= MOST_QUERIES


def test_what_is_due_stays_in_the_users_scope(house, cast):
    """Nobody's to-do knows of a community in which they hold no role."""
    for name, user in cast.items():
        access, opened = _in_scope(user)
        with opened:
            own = [due for ref in access.communities for due in answers(Kind.DUE, access, ref, TODAY)]
            foreign = (
                []
                if house.kuocang.ref in access.communities
                else [*answers(Kind.DUE, access, house.kuocang.ref, TODAY)]
            )
        assert foreign == [], name
        for due in own:
            assert due.title
            assert due.url.startswith("/c/")


def test_figures_count_one_community_only(house, cast):
    Person.objects.create(community=house.beizheng, name="外人", name_key="wai ren")
    with scope(APP, communities=[house.kuocang.id, house.beizheng.id]):
        figures = {figure.key: figure.value for figure in answers(Kind.FIGURES, house.kuocang.ref, 2025)}
    assert figures["residents"] == 1
    assert figures["stairwells"] == 2
