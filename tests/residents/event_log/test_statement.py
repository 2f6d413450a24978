"""The monthly statement always balances, and population counts agree with it."""

import datetime
import random

import pytest

from community.people.models import Person
from portal.forms.refusals import Refusal
from portal.hooks.departure import Departure
from residents.event_log.bulletin_section import sections
from residents.event_log.models import PopulationEvent
from residents.event_log.monthly_statement import first_of_next_month, monthly_statement, population_counts
from residents.events.actions.families import birth
from residents.events.actions.households import JoiningMember, transfer
from residents.events.actions.moves import PlannedResidence, endings, move_in, move_out, record_death
from residents.homes.models import Dwelling, Household, Residence
from residents.people.actions import add_person

pytestmark = pytest.mark.django_db

JANUARY = datetime.date(2025, 1, 1)
MONTHS = [datetime.date(2025 + month // 12, month % 12 + 1, 1) for month in range(18)]


def make_life(house, staff, seed: int) -> None:
    """Fifteen months of moves, deaths and returns in random order, with rows without events."""
    chance = random.Random(seed)
    community = house.kuocang
    doors = [
        Dwelling.objects.create(
            community=community, building=house.building, stairwell=house.second, room=str(101 + n)
        )
        for n in range(4)
    ]
    people = [add_person(by=staff, community_id=community.id, name=f"居民{n}") for n in range(12)]
    day = JANUARY
    while day < datetime.date(2026, 4, 1):
        day += datetime.timedelta(days=chance.randint(1, 12))
        person = chance.choice(people)
        kind = chance.choice(["living", "registered"])
        try:
            match chance.randint(0, 6):
                case 0:
                    record_death(by=staff, person=person, on=day)
                case 1 | 2:
                    move_out(by=staff, person=person, on=day, kinds=[kind])
                case _:
                    move_in(
                        by=staff,
                        person=person,
                        dwelling=chance.choice(doors),
                        on=day,
                        stays=[PlannedResidence(kind)],
                    )
        except Refusal:
            continue
    imported(house, staff, chance)


def imported(house, staff, chance) -> None:
    """Rows as an import or an old register leaves them: no start, late entry, an end without an event."""
    household = Household.objects.create(community=house.kuocang, kind="living", dwelling=house.dwelling)
    for n in range(8):
        person = Person.objects.create(community=house.kuocang, name=f"导入{n}")
        start = chance.choice([None, datetime.date(2020, 5, 1), datetime.date(2025, 2, 3)])
        end = chance.choice([None, None, datetime.date(2025, 6, 9), datetime.date(2025, 8, 31)])
        residence = Residence.objects.create(
            community=house.kuocang, person=person, household=household, kind="living", start=start, end=end
        )
        if chance.random() < 0.6:
            PopulationEvent.objects.create(
                community=house.kuocang, what="entry", kind="living", person=person, residence=residence,
                on=chance.choice([datetime.date(2025, 3, 1), datetime.date(2025, 7, 31)]), by=staff,
            )  # fmt: skip


def counted_by_hand(community, kind, after: datetime.date) -> int:
    """People of the kind in the register on the last day before `after`, row by row."""
    began = {
        event.residence_id: event.on
        for event in PopulationEvent.objects.filter(community=community, what__in=["move_in", "entry"])
    }
    return sum(
        (began.get(r.id) or r.start or datetime.date.min) < after and (r.end is None or r.end >= after)
        for r in Residence.objects.filter(community=community, kind=kind)
    )


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["living", "registered"])
def test_the_statement_balances(house, cast, seed, kind):
    make_life(house, cast["staff"], seed)
    before = None
    moved = 0
    for month in MONTHS:
        statement = monthly_statement(house.kuocang, month, kind)
        assert statement.opening + statement.added - statement.removed == statement.closing, month
        assert min(statement.moved_in, statement.entered, statement.moved_out, statement.died) >= 0
        assert statement.ended_otherwise >= 0
        if before is not None:
            assert statement.opening == before.closing, month
        counts = population_counts(house.kuocang, first_of_next_month(month) - datetime.timedelta(days=1))
        people = counts.residents if kind == "living" else counts.residents_registered
        assert people == statement.closing, month
        assert people == counted_by_hand(house.kuocang, kind, first_of_next_month(month)), month
        moved += statement.moved_in + statement.moved_out + statement.died
        before = statement
    assert moved > 5, "the year must have had some life in it"
    now = population_counts(house.kuocang)
    assert before.closing == (now.residents if kind == "living" else now.residents_registered)


def test_each_line_counts_its_own_events(house, cast):
    staff = cast["staff"]
    newcomer = add_person(by=staff, community_id=house.kuocang.id, name="李四")
    move_in(
        by=staff,
        person=newcomer,
        dwelling=house.dwelling,
        on=datetime.date(2025, 3, 31),
        stays=[PlannedResidence("living", household=house.household, relation_word="妻")],
    )
    (post,) = endings(house.person, Departure(datetime.date(2025, 3, 2)))
    record_death(by=staff, person=house.person, on=datetime.date(2025, 3, 2), confirmed=[post.key])
    march = monthly_statement(house.kuocang, datetime.date(2025, 3, 15))
    assert (march.opening, march.moved_in, march.died, march.closing) == (1, 1, 1, 1)
    move_out(by=staff, person=newcomer, on=datetime.date(2025, 4, 1))
    april = monthly_statement(house.kuocang, datetime.date(2025, 4, 1))
    assert (april.opening, april.moved_out, april.closing) == (1, 1, 0)
    assert monthly_statement(house.kuocang, datetime.date(2025, 3, 1)) == march


def test_births_have_a_line_of_their_own_and_the_bulletin_names_them(house, cast):
    day = datetime.date(2025, 3, 9)
    birth(
        by=cast["staff"], parent=house.person, on=day, name="张小宝", sex="M",
        households={"living": house.household},
    )  # fmt: skip
    march = monthly_statement(house.kuocang, day)
    assert (march.opening, march.born, march.moved_in, march.entered, march.closing) == (1, 1, 0, 0, 2)
    _, changes = sections(house.kuocang, day.replace(day=1))
    assert changes.sentences[0] == "本月居住人口出生1人。"


def test_a_move_within_the_community_is_neither_addition_nor_reduction(house, cast):
    door = Dwelling.objects.create(
        community=house.kuocang, building=house.building, stairwell=house.second, room="301"
    )
    day = datetime.date(2025, 3, 9)
    before = [monthly_statement(house.kuocang, month) for month in MONTHS]
    members = [JoiningMember(house.person, "户主")]
    transfer(by=cast["staff"], members=members, dwelling=door, on=day, targets={"living": None})
    assert [monthly_statement(house.kuocang, month) for month in MONTHS] == before
    _, changes = sections(house.kuocang, day.replace(day=1))
    assert changes.sentences[0] == "本月居住人口没有变动。"


def test_a_late_entry_does_not_change_past_months(house, cast):
    """A resident since 2020 entered in April: March keeps its published number."""
    march = monthly_statement(house.kuocang, datetime.date(2025, 3, 1))
    person = Person.objects.create(community=house.kuocang, name="漏登")
    residence = Residence.objects.create(
        community=house.kuocang, person=person, household=house.household, kind="living",
        start=datetime.date(2020, 1, 1),
    )  # fmt: skip
    PopulationEvent.objects.create(
        community=house.kuocang, what="entry", kind="living", person=person, residence=residence,
        on=datetime.date(2025, 4, 8), by=cast["staff"],
    )  # fmt: skip
    assert monthly_statement(house.kuocang, datetime.date(2025, 3, 1)) == march
    april = monthly_statement(house.kuocang, datetime.date(2025, 4, 1))
    assert (april.opening, april.entered, april.closing) == (march.closing, 1, march.closing + 1)


def test_other_communities_do_not_count(house, cast):
    stranger = Person.objects.create(community=house.xizhigou, name="外人")
    household = Household.objects.create(community=house.xizhigou, kind="registered")
    Residence.objects.create(
        community=house.xizhigou, person=stranger, household=household, kind="registered"
    )
    assert population_counts(house.kuocang).residents_registered == 0
    assert population_counts(house.xizhigou).residents_registered == 1
    assert monthly_statement(house.kuocang, JANUARY, "registered").closing == 0


def test_separated_empty_and_lodging_follow_from_residences(house, cast):
    """Derived, never stored: a lodger, a hukou without its people, and one who lives elsewhere here."""
    community, staff = house.kuocang, cast["staff"]
    other = Dwelling.objects.create(
        community=community, building=house.building, stairwell=house.second, room="301"
    )
    at_home = Household.objects.create(community=community, kind="registered", dwelling=house.dwelling)
    Residence.objects.create(community=community, person=house.person, household=at_home, kind="registered")
    assert not Residence.objects.separated().exists()
    assert not Household.objects.empty_registration().exists()
    assert not Residence.objects.lodging().exists()

    away = add_person(by=staff, community_id=community.id, name="空挂")
    move_in(by=staff, person=away, dwelling=other, on=JANUARY, stays=[PlannedResidence("registered")])
    assert [r.person for r in Residence.objects.separated()] == [away]
    (empty,) = Household.objects.empty_registration()
    assert empty.dwelling == other

    move_in(by=staff, person=away, dwelling=house.dwelling, on=JANUARY, stays=[PlannedResidence("living")])
    assert [r.person for r in Residence.objects.separated()] == [away]
    assert not Residence.objects.lodging().exists()

    lodger = add_person(by=staff, community_id=community.id, name="租客")
    move_in(by=staff, person=lodger, dwelling=other, on=JANUARY, stays=[PlannedResidence("living")])
    assert [r.person for r in Residence.objects.lodging()] == [lodger]
    # A lodger in the dwelling does not make its registered household occupied.
    assert Household.objects.empty_registration().count() == 1
    counts = population_counts(community)
    assert (counts.households, counts.residents) == (3, 3)
    assert (counts.households_registered, counts.residents_registered) == (2, 2)
