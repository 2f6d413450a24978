"""Actions of move-in, move-out, death and correction: what is written, and what is refused."""

import datetime

import pytest

from community.accounts.models import RoleAssignment
from community.people.models import Person
from community.places.models import HeadAppointment
from portal.access.db_scope import APP, scope
from portal.forms.refusals import NoChange, NoReason, StaleForm, WrongDate
from portal.hooks.departure import Departure
from portal.values.partial_dates import PartialDate
from residents.event_log.models import PopulationEvent
from residents.event_log.refusals import AlreadyResident, HeadTaken, NoResidence, UnsuitableHousehold
from residents.events.actions.moves import (
    PlannedResidence,
    endings,
    move_in,
    move_out,
    open_residences,
    record_death,
)
from residents.events.refusals import UndecidedConsequences
from residents.homes.models import Dwelling, Household, Residence
from residents.people.actions import add_person, correct_person
from residents.people.refusals import BadIdNumber, PersonDeleted, PersonExists, PersonHasDied

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 3, 10)
ID_NUMBER = "330102197003010017"


@pytest.fixture
def staff(house, cast):
    """The scope of a member of staff, and the user."""
    with scope(APP, communities=[house.kuocang.id], write=[house.kuocang.id], user_id=cast["staff"].id):
        yield cast["staff"]


@pytest.fixture
def door(house):
    """An empty dwelling on the second stairwell."""
    return Dwelling.objects.create(
        community=house.kuocang, building=house.building, stairwell=house.second, room="201"
    )


def arrive(staff, house, door, name="李四", on=DAY, **stay):
    person = add_person(by=staff, community_id=house.kuocang.id, name=name)
    move_in(
        by=staff,
        person=person,
        dwelling=door,
        on=on,
        stays=[PlannedResidence("living", **({"relation_word": "户主"} | stay))],
    )
    person.refresh_from_db()
    return person


def test_a_new_person_is_found_by_pinyin_and_by_id(staff, house):
    person = add_person(by=staff, community_id=house.kuocang.id, name="单 雄信", id_number=ID_NUMBER)
    person.refresh_from_db()
    assert (person.name, person.name_key, person.initials) == ("单雄信", "shan xiong xin", "sxx")
    assert person.id_mask == "3301**************"
    assert person.read_id() == ID_NUMBER
    # Sex and birth date are derived from the ID number.
    assert (person.sex, str(person.birth)) == ("M", "1970年3月1日")


def test_an_id_number_is_unique(staff, house):
    first = add_person(by=staff, community_id=house.kuocang.id, name="单雄信", id_number=ID_NUMBER)
    with pytest.raises(PersonExists) as refused:
        add_person(by=staff, community_id=house.kuocang.id, name="另一人", id_number=ID_NUMBER)
    assert refused.value.person == first
    assert Person.objects.filter(name="另一人").count() == 0


def test_a_wrong_id_number_is_refused(staff, house):
    with pytest.raises(BadIdNumber, match="校验"):
        add_person(by=staff, community_id=house.kuocang.id, name="李四", id_number=ID_NUMBER[:-1] + "8")


def test_moving_in_founds_a_household_and_sets_the_place(staff, house, door):
    person = arrive(staff, house, door)
    residence = person.residences.get()
    assert (residence.is_head, residence.relation_class, residence.start) == (True, "02", DAY)
    assert residence.household.dwelling == door
    assert person.place_label == "3幢2单元201室"
    event = PopulationEvent.objects.exclude(what="entry").get()
    assert (event.what, event.kind, event.on, event.residence, event.by) == (
        "move_in",
        "living",
        DAY,
        residence,
        staff,
    )


def test_living_and_registered_are_two_residences(staff, house, door):
    person = add_person(by=staff, community_id=house.kuocang.id, name="李四")
    stays = [
        PlannedResidence("living", relation_word="户主"),
        PlannedResidence("registered", relation_word="户主", number="H-1"),
    ]
    move_in(by=staff, person=person, dwelling=door, on=DAY, stays=stays)
    assert sorted(r.kind for r in open_residences(person)) == ["living", "registered"]
    assert Household.objects.registered().get().number == "H-1"
    assert PopulationEvent.objects.exclude(what="entry").count() == 2


def test_joining_a_household_never_makes_a_second_head(staff, house):
    newcomer = add_person(by=staff, community_id=house.kuocang.id, name="李四")
    join = {"by": staff, "person": newcomer, "dwelling": house.dwelling, "on": DAY}
    with pytest.raises(HeadTaken, match="张三"):
        move_in(stays=[PlannedResidence("living", household=house.household, relation_word="户主")], **join)
    move_in(stays=[PlannedResidence("living", household=house.household, relation_word="配偶")], **join)
    assert newcomer.residences.get().relation_class == "10"


def test_a_household_at_another_door_is_refused(staff, house, door):
    newcomer = add_person(by=staff, community_id=house.kuocang.id, name="李四")
    with pytest.raises(UnsuitableHousehold):
        move_in(
            by=staff,
            person=newcomer,
            dwelling=door,
            on=DAY,
            stays=[PlannedResidence("living", household=house.household, relation_word="子")],
        )


def test_a_second_living_residence_is_refused(staff, house, door):
    with pytest.raises(AlreadyResident, match="3幢1单元101室"):
        move_in(by=staff, person=house.person, dwelling=door, on=DAY, stays=[PlannedResidence("living")])
    assert not PopulationEvent.objects.exclude(what="entry").exists()


@pytest.mark.parametrize("on", [datetime.date(2100, 1, 1), datetime.date(1969, 1, 1)])
def test_impossible_dates_are_refused(staff, house, door, on):
    person = add_person(
        by=staff, community_id=house.kuocang.id, name="李四", birth=PartialDate.of(1970, 3, 1)
    )
    with pytest.raises(WrongDate):
        move_in(by=staff, person=person, dwelling=door, on=on, stays=[PlannedResidence("living")])


def test_moving_back_in_before_having_left_is_refused(staff, house, door):
    person = arrive(staff, house, door)
    move_out(by=staff, person=person, on=datetime.date(2026, 5, 1))
    with pytest.raises(WrongDate, match="2026-05-01"):
        move_in(
            by=staff,
            person=person,
            dwelling=door,
            on=datetime.date(2026, 4, 1),
            stays=[PlannedResidence("living")],
        )


def test_moving_out_ends_living_and_leaves_the_hukou(staff, house, door):
    person = add_person(by=staff, community_id=house.kuocang.id, name="李四")
    move_in(
        by=staff,
        person=person,
        dwelling=door,
        on=DAY,
        stays=[PlannedResidence("living"), PlannedResidence("registered")],
    )
    move_out(by=staff, person=person, on=datetime.date(2026, 6, 1), destination="杭州市", note="搬去女儿家")
    open_kinds = [r.kind for r in open_residences(person)]
    assert open_kinds == ["registered"]
    ended = person.residences.get(kind="living")
    assert (ended.end, ended.end_precision, ended.other_address) == (
        datetime.date(2026, 6, 1),
        "d",
        "杭州市",
    )
    person.refresh_from_db()
    assert person.place_label == ""
    with pytest.raises(NoResidence, match="居住"):
        move_out(by=staff, person=person, on=datetime.date(2026, 6, 2))


def test_moving_out_before_moving_in_is_refused(staff, house, door):
    person = arrive(staff, house, door)
    with pytest.raises(WrongDate, match="起始日期"):
        move_out(by=staff, person=person, on=datetime.date(2026, 3, 9))


def test_consequences_elsewhere_must_be_decided(staff, house, cast):
    """张三 heads the stairwell: nothing is written until that post is ended, or kept with a reason."""
    with pytest.raises(UndecidedConsequences) as refused:
        move_out(by=staff, person=house.person, on=DAY)
    (post,) = refused.value.endings
    assert "3幢1单元" in post.title
    assert house.person.residences.get().end is None
    with pytest.raises(NoReason):
        move_out(by=staff, person=house.person, on=DAY, reasons_to_keep={post.key: " "})
    move_out(by=staff, person=house.person, on=DAY, reasons_to_keep={post.key: "房子还在，每天回来"})
    assert HeadAppointment.objects.get().end is None
    assert "每天回来" in PopulationEvent.objects.exclude(what="entry").get().note


def test_a_death_ends_the_confirmed_consequences(staff, house, cast):
    cast["head"].person = house.person
    cast["head"].save(update_fields=["person"])
    offered = endings(house.person, Departure(DAY, died=True))
    assert len(offered) == 2
    record_death(by=staff, person=house.person, on=DAY, confirmed={e.key for e in offered})
    assert HeadAppointment.objects.get().end == DAY
    assert RoleAssignment.objects.get(user=cast["head"]).end == DAY
    house.person.refresh_from_db()
    assert house.person.died_on == DAY
    assert house.person.place_label == ""
    assert PopulationEvent.objects.exclude(what="entry").get().what == "death"


def test_a_post_that_began_later_ends_on_its_first_day(staff, house):
    HeadAppointment.objects.update(start=datetime.date(2026, 4, 1))
    (post,) = endings(house.person, Departure(DAY))
    move_out(by=staff, person=house.person, on=DAY, confirmed={post.key})
    assert HeadAppointment.objects.get().end == datetime.date(2026, 4, 1)


def test_leaving_by_hukou_alone_ends_nothing_elsewhere(staff, house):
    household = Household.objects.create(community=house.kuocang, kind="registered", dwelling=house.dwelling)
    Residence.objects.create(
        community=house.kuocang, person=house.person, household=household, kind="registered"
    )
    move_out(by=staff, person=house.person, on=DAY, kinds=["registered"])
    assert HeadAppointment.objects.get().end is None


def test_the_heads_death_leaves_a_household_without_head(staff, house):
    spouse = add_person(by=staff, community_id=house.kuocang.id, name="李四")
    move_in(
        by=staff,
        person=spouse,
        dwelling=house.dwelling,
        on=DAY,
        stays=[PlannedResidence("living", household=house.household, relation_word="妻")],
    )
    (post,) = endings(house.person, Departure(DAY, died=True))
    record_death(by=staff, person=house.person, on=DAY, confirmed=[post.key])
    assert list(Household.objects.without_head()) == [house.household]
    correct_person(by=staff, person=spouse, version=1, changes={"relation_word": "户主"})
    assert not Household.objects.without_head().exists()


def test_a_dead_person_cannot_die_again_or_move_in(staff, house, door):
    (post,) = endings(house.person, Departure(DAY, died=True))
    record_death(by=staff, person=house.person, on=DAY, confirmed=[post.key])
    with pytest.raises(PersonHasDied):
        record_death(by=staff, person=house.person, on=DAY)
    with pytest.raises(PersonHasDied):
        move_in(by=staff, person=house.person, dwelling=door, on=DAY, stays=[PlannedResidence("living")])


def test_a_correction_notes_fields_without_values(staff, house):
    event = correct_person(
        by=staff,
        person=house.person,
        version=1,
        changes={"name": "张叁", "phone": "13800000000", "id_number": ID_NUMBER, "sex": "M"},
        note="核对身份证",
    )
    house.person.refresh_from_db()
    assert (house.person.name, house.person.name_key, house.person.version) == ("张叁", "zhang san", 2)
    assert house.person.read_id() == ID_NUMBER
    assert event.note == "姓名、联系电话、证件号码：核对身份证"


def test_a_stale_correction_is_refused(staff, house):
    correct_person(by=staff, person=house.person, version=1, changes={"phone": "1"})
    with pytest.raises(StaleForm):
        correct_person(by=staff, person=house.person, version=1, changes={"phone": "2"})
    house.person.refresh_from_db()
    assert house.person.phone == "1"


def test_a_correction_that_changes_nothing_writes_nothing(staff, house):
    with pytest.raises(NoChange):
        correct_person(by=staff, person=house.person, version=1, changes={"name": "张三"})
    assert not PopulationEvent.objects.exclude(what="entry").exists()


def test_an_unknown_field_is_refused(staff, house):
    with pytest.raises(ValueError, match="died_on"):
        correct_person(by=staff, person=house.person, version=1, changes={"died_on": DAY})


def test_only_staff_of_the_community_write(house, cast, door):
    """Row level security refuses: the action itself checks no permissions."""
    with scope(APP, communities=[house.kuocang.id], write=[]), pytest.raises(PersonDeleted):
        record_death(by=cast["finance"], person=house.person, on=DAY)


@pytest.mark.parametrize("kind", ["living", "registered"])
def test_moving_in_again_is_possible_from_the_day_of_moving_out(staff, house, door, kind):
    """Moving out and in on one day is allowed; a day earlier the person would be counted twice."""
    person = arrive(staff, house, door)
    if kind == "registered":
        stays = [PlannedResidence("registered", relation_word="户主")]
        move_in(by=staff, person=person, dwelling=door, on=DAY, stays=stays)
    left_on = DAY + datetime.timedelta(days=5)
    move_out(by=staff, person=person, on=left_on, kinds=[kind])
    arguments = {"by": staff, "person": person, "dwelling": house.dwelling, "stays": [PlannedResidence(kind)]}
    with pytest.raises(WrongDate, match=f"上次于{left_on}迁出，迁入日期不能更早"):
        move_in(**arguments, on=left_on - datetime.timedelta(days=1))
    assert not Residence.objects.filter(person=person, kind=kind, end__isnull=True).exists()
    move_in(**arguments, on=left_on)
    stays = Residence.objects.filter(person=person, kind=kind).order_by("id")
    assert list(stays.values_list("start", "end")) == [(DAY, left_on), (left_on, None)]
    # Counted once on that day, and never twice.
    for day in (left_on - datetime.timedelta(days=1), left_on):
        begun = stays.filter(start__lte=day)
        assert begun.exclude(end__lte=day).count() == 1


def test_moving_out_is_possible_from_the_day_of_moving_in(staff, house, door):
    person = arrive(staff, house, door)
    with pytest.raises(WrongDate, match="日期不能早于"):
        move_out(by=staff, person=person, on=DAY - datetime.timedelta(days=1))
    move_out(by=staff, person=person, on=DAY)
    assert Residence.objects.values_list("start", "end").get(person=person) == (DAY, DAY)
    move_in(by=staff, person=person, dwelling=door, on=DAY, stays=[PlannedResidence("living")])
    assert Residence.objects.get(person=person, end__isnull=True).start == DAY
