"""Events at the edge of what is allowed: the first day, the last day, nobody there."""

import datetime

import pytest

from community.people.models import Person
from portal.access.db_scope import APP, scope
from portal.forms.refusals import NoChange, WrongDate
from portal.registers.panels import Link
from residents.event_log.models import PopulationEvent
from residents.events.actions.families import birth
from residents.events.actions.households import JoiningMember, change_head, split
from residents.events.actions.moves import PlannedResidence, move_in, move_out, record_death
from residents.events.wizard import EventSubject
from residents.homes.models import Dwelling, Household, Residence
from residents.people.actions import add_person

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 3, 10)
NEXT = datetime.date(2026, 3, 11)


@pytest.fixture
def staff(house, cast):
    with scope(APP, communities=[house.kuocang.id], write=[house.kuocang.id], user_id=cast["staff"].id):
        yield cast["staff"]


@pytest.fixture
def pair(house, staff) -> list[Person]:
    """A head and a partner, who moved in on DAY."""
    door = Dwelling.objects.create(
        community=house.kuocang, building=house.building, stairwell=house.second, room="201"
    )
    people = []
    for name, word in (("李四", "户主"), ("王五", "妻")):
        person = add_person(by=staff, community_id=house.kuocang.id, name=name)
        household = people[0].residences.get().household if people else None
        move_in(
            by=staff,
            person=person,
            dwelling=door,
            on=DAY,
            stays=[PlannedResidence("living", relation_word=word, household=household)],
        )
        people.append(person)
    return people


def household_of(person) -> Household:
    return Residence.objects.open().get(person=person).household


def test_the_head_may_change_on_the_day_of_arrival(staff, pair):
    head, partner = pair
    household = household_of(head)
    with pytest.raises(WrongDate, match="变更日期不能更早"):
        change_head(
            by=staff,
            household=household,
            head=partner,
            on=DAY - datetime.timedelta(1),
            relations={head.pk: "夫"},
        )
    change_head(by=staff, household=household, head=partner, on=DAY, relations={head.pk: "夫"})
    assert Residence.objects.open().get(person=partner).is_head


def test_a_head_does_not_leave_before_becoming_one(staff, pair):
    head, partner = pair
    change_head(by=staff, household=household_of(head), head=partner, on=NEXT, relations={head.pk: "夫"})
    with pytest.raises(WrongDate, match="已于2026-03-11变更户主"):
        move_out(by=staff, person=partner, on=DAY, kinds=["living"])
    move_out(by=staff, person=partner, on=NEXT, kinds=["living"])
    assert not Residence.objects.open().filter(person=partner).exists()


def test_nobody_splits_off_in_the_future_or_after_death(staff, pair, today):
    head, partner = pair
    members = [JoiningMember(partner, "户主")]
    with pytest.raises(WrongDate):
        split(by=staff, household=household_of(head), members=members, on=today + datetime.timedelta(days=1))
    assert household_of(partner) == household_of(head)


def test_a_death_without_residence_is_an_event_of_its_own(staff, house):
    person = add_person(by=staff, community_id=house.kuocang.id, name="无户")
    (event,) = record_death(by=staff, person=person, on=DAY)
    assert (event.what, event.residence, event.kind) == (PopulationEvent.What.DEATH, None, "")
    person.refresh_from_db()
    assert person.died_on == DAY


def test_a_death_with_residence_is_one_event_a_residence(staff, pair):
    (event,) = record_death(by=staff, person=pair[1], on=NEXT)
    assert event.residence.person == pair[1]


def test_a_birth_belongs_to_a_household(staff, pair, house):
    with pytest.raises(NoChange, match="请至少选择居住、户籍中的一项"):
        birth(by=staff, parent=pair[1], on=NEXT, households={}, name="李小宝")
    assert not Person.objects.filter(community=house.kuocang, name="李小宝").exists()


def test_events_of_a_month_end_before_the_next(staff, pair):
    def people(first, after):
        found = PopulationEvent.objects.filter(what="move_in").between(first, after)
        return set(found.values_list("person__name", flat=True))

    assert people(DAY, NEXT) == {"李四", "王五"}
    assert people(DAY - datetime.timedelta(9), DAY) == set()
    assert people(NEXT, NEXT + datetime.timedelta(9)) == set()


def test_an_event_names_who_recorded_it_and_its_residence(staff, pair):
    event = PopulationEvent.objects.get(what="move_in", person=pair[0])
    assert (event.by, event.kind, event.on) == (staff, "living", DAY)
    assert event.residence == pair[0].residences.get()
    assert event.community_id == pair[0].community_id


def test_cancelling_leads_to_the_last_page_of_the_trail():
    subject = EventSubject("李四", (Link("人员", "/people/"), Link("李四", "/people/1/")))
    assert subject.url == "/people/1/"
