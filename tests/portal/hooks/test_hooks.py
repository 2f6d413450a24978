"""Every hook, called for every member of the cast: scope, rights and query counts."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.people.models import Person
from portal.access.db_scope import APP, HEAD, STREET, scope
from portal.access.permissions import Permission
from portal.access.user_access import Access
from portal.hooks.registry import Hook, call_hooks, implementations
from portal.registers.registry import all_registers
from portal.registers.search_words import SearchWords
from residents.homes.models import Household, Residence
from tests.workbooks import resident_id

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 3, 15)
MOST_QUERIES = 75
"""For all apps together and one community, whatever its size; one or two for each noun."""


def _grow(house, people: int) -> None:
    """Add people at the same address, to test that the query count stays constant."""
    household = Household.objects.create(community=house.kuocang, kind="living", dwelling=house.dwelling)
    for number in range(people):
        person = Person.objects.create(community=house.kuocang, name=f"欧阳{number}", name_key="ouyang")
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
        for answer in call_hooks(kind, *(access if a is Access else a for a in args)):
            getattr(answer, "value", None)  # a figure is computed when it is read
    return len([q for q in queries if "set_config" not in q["sql"]])


def test_every_hook_has_an_implementation():
    assert [kind for kind in Hook if not implementations(kind)] == []


@pytest.mark.parametrize(
    "kind", [Hook.FIGURES, Hook.BULLETIN_SECTIONS, Hook.DUE, Hook.FIRST_STEPS, Hook.SEARCH, Hook.SPELLINGS]
)
def test_query_count_is_independent_of_rows(kind, house, cast):
    arguments = {
        Hook.FIGURES: (house.kuocang.ref, 2025),
        Hook.BULLETIN_SECTIONS: (house.kuocang.ref, datetime.date(2026, 2, 1)),
        Hook.DUE: (Access, [house.kuocang.ref], TODAY),
        Hook.FIRST_STEPS: (Access, house.kuocang.ref),
        Hook.SEARCH: (Access, house.kuocang.ref, SearchWords.read("3-1-101", house.kuocang.ref)),
        Hook.SPELLINGS: (house.kuocang.ref, "3-1-101"),
    }[kind]
    few = _queries(cast["director"], house.kuocang, kind, *arguments)
    _grow(house, 30)
    many = _queries(cast["director"], house.kuocang, kind, *arguments)
    assert few == many <= MOST_QUERIES


def test_search_counts_only_results_beyond_the_page(house, cast):
    words = SearchWords.read("欧阳", house.kuocang.ref)
    few = _queries(cast["director"], house.kuocang, Hook.SEARCH, Access, house.kuocang.ref, words)
    _grow(house, 30)
    many = _queries(cast["director"], house.kuocang, Hook.SEARCH, Access, house.kuocang.ref, words)
    assert few == 27  # one for each noun
    # The rows of people and households, where these people are at home, who lives there, and the count of people.
    assert many - few == 5


def test_due_items_respect_scope(house, cast):
    """No due items of communities without a role, in any of the three URL spaces."""
    pages = {APP: "/c/", HEAD: "/head/", STREET: "/street/"}
    for name, user in cast.items():
        for space, start in pages.items():
            access = Access.of(user).within(space)
            with scope(space, user_id=user.pk, **access.scope_arguments(space)):
                communities = [house.kuocang.ref, house.xizhigou.ref, house.beizheng.ref]
                for due in call_hooks(Hook.DUE, access, communities, TODAY):
                    assert due.community in access.places(space), name
                    assert due.title
                    assert due.url.startswith(start), (name, due)


def test_search_results_respect_scope_and_rights(house, cast):
    """No results of communities without a role, nor of registers without the view right."""
    nouns = {register.heading: register for register in all_registers()}
    Person.objects.create(community=house.beizheng, name="张三", name_key="zhang san")
    for name, user in cast.items():
        access, opened = _in_scope(user)
        with opened:
            for ref in (house.kuocang.ref, house.xizhigou.ref, house.beizheng.ref):
                for text in ("张三", "3-1-101", "括苍", "第一片区"):
                    results = list(call_hooks(Hook.SEARCH, access, ref, SearchWords.read(text, ref)))
                    assert ref in access.communities or not results, name
                    for each in results:
                        assert access.can(nouns[each.title].view, ref), (name, each.title)
                        assert all(url.startswith(f"/c/{ref.code}/") for url, _ in each.rows), name


def test_search_by_id_number_needs_the_right(house, cast):
    """Without the reveal right in a community there is a message and no row."""
    number = resident_id()
    house.person.set_id("resident_id", number, "3301**************")
    house.person.save()
    for name, user in cast.items():
        access, opened = _in_scope(user)
        with opened:
            secret = next(call_hooks(Hook.ID_NUMBER_SEARCH, number))
            answer = secret.find(access, access.communities, "")
        assert bool(answer.results) == access.can(Permission.PEOPLE_REVEAL, house.kuocang.ref), name
        assert answer.results or answer.sentence, name


def test_figures_are_limited_to_one_community(house, cast):
    Person.objects.create(community=house.beizheng, name="外人", name_key="wai ren")
    with scope(APP, communities=[house.kuocang.id, house.beizheng.id]):
        figures = {figure.key: figure.value for figure in call_hooks(Hook.FIGURES, house.kuocang.ref, 2025)}
    assert figures["residents"] == 1
    assert figures["stairwells"] == 2
