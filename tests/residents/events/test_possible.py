"""The menu 办理变动 offers what can happen to a person or household in their present state."""

import datetime

import pytest
from django.test import Client

from community.people.models import Person
from residents.events.possible import possible_events, possible_household_events
from residents.homes.models import Household, Residence
from residents.people.registers import PersonRegister

pytestmark = pytest.mark.django_db


def offered(person) -> set[str]:
    PersonRegister().prefetch_values([person])
    return {str(what) for what in possible_events(person)}


def add(house, kinds=(), born=None, **values) -> Person:
    """A person who lives or is registered in households of the house, by kind."""
    if born:
        values |= {"birth_date": born, "birth_precision": "d"}
    person = Person.objects.create(community=house.kuocang, name="李四", **values)
    for kind in kinds:
        household, _ = Household.objects.get_or_create(
            community=house.kuocang, kind=kind, dwelling=house.dwelling
        )
        Residence.objects.create(community=house.kuocang, person=person, household=household, kind=kind)
    return person


def years_ago(today, years: int) -> datetime.date:
    return today.replace(year=today.year - years, day=1)


def test_an_adult_who_lives_here_may_also_be_registered_here(house):
    everything = {"move_in", "transfer", "move_out", "birth", "marriage", "death"}
    assert offered(house.person) == everything


def test_whoever_lives_and_is_registered_here_cannot_move_in(house):
    assert "move_in" not in offered(add(house, ("living", "registered")))


def test_nothing_happens_to_the_dead(house, today):
    assert offered(add(house, died_on=today)) == set()


def test_a_newborn_neither_marries_nor_has_children(house, today):
    assert offered(add(house, ("living", "registered"), born=today)) == {"transfer", "move_out", "death"}


def test_without_a_residence_one_can_only_move_in_marry_or_die(house):
    assert offered(add(house)) == {"move_in", "marriage", "death"}


@pytest.mark.parametrize(
    ("sex", "age", "may_marry"),
    [("M", 21, False), ("M", 22, True), ("F", 19, False), ("F", 20, True), ("", 19, False), ("", 20, True)],
)
def test_legal_age_of_marriage(house, today, sex, age, may_marry):
    person = add(house, born=years_ago(today, age), sex=sex)
    assert ("marriage" in offered(person)) is may_marry


def test_the_married_do_not_marry(house):
    assert "marriage" not in offered(add(house, marital="20"))


@pytest.mark.parametrize(
    ("heads", "events"),
    [
        ([], set()),
        ([True], {"merge"}),
        ([False], {"head", "merge"}),
        ([True, False], {"head", "split", "merge"}),
    ],
)
def test_events_of_a_household(heads, events):
    assert {str(what) for what in possible_household_events(heads)} == events


def menu(client, person) -> str:
    page = client.get(f"/c/kuocang/people/{person.uuid}/").content.decode()
    return page.partition("办理变动")[2].partition("</details>")[0]


def test_the_page_offers_them_in_one_menu(client, house, cast, today):
    client.force_login(cast["staff"])
    child = add(house, ("living",), born=today)
    assert [word for word in ("迁入", "迁出", "结婚", "子女出生", "去世") if word in menu(client, child)] == [
        "迁入",
        "迁出",
        "去世",
    ]
    assert menu(client, add(house, died_on=today)) == ""
    reader = Client()
    reader.force_login(cast["party"])
    assert menu(reader, child) == ""
