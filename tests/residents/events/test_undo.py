"""Undo of population events: what is restored, what stays on record, and when it is refused."""

import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from community.bodies.models import BodyMember, PostHolder
from community.people.models import Person
from community.places.models import HeadAppointment
from portal.forms.refusals import UndoRefused
from portal.hooks.departure import Departure
from portal.values.partial_dates import PartialDate
from residents.care.models.elder import Elder
from residents.event_log.models import PopulationEvent
from residents.event_log.monthly_statement import monthly_statement, population_counts
from residents.events.actions.families import marry
from residents.events.actions.households import JoiningMember, change_head, transfer
from residents.events.actions.moves import PlannedResidence, endings, move_in, move_out, record_death
from residents.events.actions.undo import titles_not_restored, titles_of_consequences, undo
from residents.homes.models import Dwelling, Household, Residence
from residents.people.actions import add_person, correct_person
from residents.visits.models import Visit
from tests.workbooks import resident_id

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 3, 10)
ID_NUMBER, OTHER_NUMBER = resident_id("19700301", "001"), resident_id("19700301", "003")


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


@pytest.fixture
def door(house):
    return Dwelling.objects.create(
        community=house.kuocang, building=house.building, stairwell=house.second, room="201",
        label="3幢2单元201室", sort="000003 000002 000201",
    )  # fmt: skip


def arrive(by, house, door, name="李四", on=DAY, **stay) -> PopulationEvent:
    person = add_person(by=by, community_id=house.kuocang.id, name=name, sex="F")
    stay = {"relation_word": "户主"} | stay
    return move_in(by=by, person=person, dwelling=door, on=on, stays=[PlannedResidence("living", **stay)])[0]


def take_back(by, event) -> list[PopulationEvent]:
    event.refresh_from_db()
    return undo(by=by, event=event, reason="录错了人")


def snapshot(house) -> dict:
    """State of the rows that are counted, shown and searched, without versions."""
    stays = Residence.objects.of(house.kuocang).valid().order_by("id")
    return {
        "stays": list(stays.values("person", "household", "relation_word", "is_head", "start", "end", "other_address")),
        "people": list(
            Person.objects.of(house.kuocang).order_by("id").values("name", "place_label", "died_on", "marital", "id_mask")
        ),
        "counts": population_counts(house.kuocang),
        "months": [
            monthly_statement(house.kuocang, datetime.date(2026, month, 1), kind)
            for month in (2, 3, 4)
            for kind in ("living", "registered")
        ],
    }  # fmt: skip


def test_undoing_an_arrival_annuls_it_and_keeps_both_events(house, cast, door):
    by = cast["staff"]
    person = add_person(by=by, community_id=house.kuocang.id, name="李四")
    before = snapshot(house)
    version = Person.objects.get(pk=person.pk).version
    stays = [
        PlannedResidence("living", relation_word="户主"),
        PlannedResidence("registered", relation_word="户主", number="H-7"),
    ]
    events = move_in(by=by, person=person, dwelling=door, on=DAY, stays=stays)
    assert snapshot(house) != before
    entries = take_back(by, events[1])
    assert snapshot(house) == before
    assert Person.objects.get(pk=person.pk).version == version + 1
    assert [(e.what, e.on, e.by, e.note) for e in entries] == [
        ("undo", timezone.localdate(), by, "撤销2026-03-10迁入：录错了人")
    ] * 2
    for event, entry in zip(events, entries, strict=True):
        event.refresh_from_db()
        assert (event.undone_by, event.state) == (entry, "已撤销")
    assert Residence.objects.filter(person=person, annulled=True).count() == 2
    # The same again, under the same 户号.
    move_in(by=by, person=person, dwelling=door, on=DAY, stays=stays)
    assert Household.objects.valid().filter(number="H-7").count() == 1


def test_a_household_entered_by_hand_stays(house, cast, door):
    home = Household.objects.create(community=house.kuocang, kind="living", dwelling=door)
    take_back(cast["staff"], arrive(cast["staff"], house, door, household=home))
    home.refresh_from_db()
    assert not home.annulled


def test_undoing_a_departure_restores_the_old_address(house, cast, door):
    by = cast["staff"]
    arrive(by, house, door)
    person = Person.objects.get(name="李四")
    Residence.objects.filter(person=person).update(other_address="河南")
    before = snapshot(house)
    (event,) = move_out(by=by, person=person, on=DAY, destination="杭州")
    take_back(by, event)
    assert snapshot(house) == before


def test_undoing_a_death_restores_its_consequences_elsewhere(staff, house, cast):
    by = cast["staff"]
    before = snapshot(house)
    visit = Visit.objects.create(
        community=house.kuocang, person=house.person, category="elderly", planned_on=DAY, worker=by
    )
    entry = Elder.objects.create(
        community=house.kuocang, person=house.person, start=datetime.date(2025, 1, 1)
    )
    ended = endings(house.person, Departure(DAY, died=True))
    assert len(ended) == 3
    (event,) = record_death(by=by, person=house.person, on=DAY, confirmed=[e.key for e in ended])
    rows = [HeadAppointment.objects.get(person=house.person), visit, entry]
    assert titles_of_consequences(event) == [e.title for e in ended]
    url = reverse("residents:event_undo", kwargs={"community": "kuocang", "row": event.uuid})
    page = staff.get(url).content.decode()
    assert "3幢1单元负责人任职" in page
    assert "一并恢复" in page
    assert "不会自动恢复" not in page
    assert titles_not_restored(take_back(by, event)) == []
    assert snapshot(house) == before
    for row in rows:
        row.refresh_from_db()
    assert (rows[0].end, visit.state, visit.reason, entry.end, entry.end_reason) == (
        None,
        "planned",
        "",
        None,
        "",
    )
    assert [row.version for row in rows] == [3, 3, 3], "concurrent editors notice"


def test_posts_and_memberships_in_bodies_come_back(house, cast):
    by = cast["staff"]
    for model in (PostHolder, BodyMember):
        model.objects.update(end=None)
    ended = [e.key for e in endings(house.person, Departure(DAY, died=True))]
    assert [key.partition("-")[0] for key in ended].count("holder") == 1
    (event,) = record_death(by=by, person=house.person, on=DAY, confirmed=ended)
    assert (PostHolder.objects.get().end, BodyMember.objects.get().end) == (DAY, DAY)
    assert titles_not_restored(take_back(by, event)) == []
    assert (PostHolder.objects.get().end, BodyMember.objects.get().end) == (None, None)


def test_a_post_that_has_a_successor_is_not_given_back(house, cast):
    by, holder = cast["staff"], PostHolder.objects.get()
    PostHolder.objects.update(end=None)
    ended = [e.key for e in endings(house.person, Departure(DAY, died=True))]
    (event,) = record_death(by=by, person=house.person, on=DAY, confirmed=ended)
    successor = Person.objects.create(community=house.kuocang, name="李四", name_key="li si")
    PostHolder.objects.create(community=house.kuocang, post=holder.post, person=successor, start=DAY)
    assert titles_not_restored(take_back(by, event)) == ["括苍社区居民委员会主任任职"]
    holder.refresh_from_db()
    assert holder.end == DAY


def test_consequences_changed_since_stay_ended_and_are_named(staff, house, cast):
    by = cast["staff"]
    entry = Elder.objects.create(
        community=house.kuocang, person=house.person, start=datetime.date(2025, 1, 1)
    )
    ended = endings(house.person, Departure(DAY, died=True))
    (event,) = record_death(by=by, person=house.person, on=DAY, confirmed=[e.key for e in ended])
    Elder.objects.filter(pk=entry.pk).update(end=datetime.date(2026, 2, 1))
    (title,) = titles_not_restored(take_back(by, event))
    assert title.startswith("重点人群登记")
    entry.refresh_from_db()
    assert entry.end == datetime.date(2026, 2, 1)
    assert HeadAppointment.objects.get(person=house.person).end is None


def test_an_old_event_with_titles_only_restores_no_consequences(staff, house, cast):
    """Old deaths stored only the titles of their consequences."""
    by = cast["staff"]
    (post,) = endings(house.person, Departure(DAY, died=True))
    (event,) = record_death(by=by, person=house.person, on=DAY, confirmed=[post.key])
    event.changes |= {"ended": [post.title]}
    event.save()
    assert titles_not_restored(take_back(by, event)) == [post.title]
    assert HeadAppointment.objects.get(person=house.person).end == DAY


def test_undoing_a_correction_removes_the_added_id_number(house, cast):
    by = cast["staff"]
    before = snapshot(house)
    changes = {"name": "张山", "birth": PartialDate.of(1971), "id_number": ID_NUMBER, "relation_word": "子"}
    event = correct_person(by=by, person=house.person, version=1, changes=changes)
    assert snapshot(house) != before
    assert "330102" not in str(event.changes["person"].get("id_hash", ""))
    take_back(by, event)
    assert snapshot(house) == before
    person = Person.objects.get(pk=house.person.pk)
    assert (person.name_key, person.birth_precision, person.id_cipher, person.id_hash) == (
        "zhang san",
        "d",
        None,
        None,
    )


def test_undoing_a_replaced_id_number_is_refused(house, cast):
    by = cast["staff"]
    house.person.set_id("resident_id", ID_NUMBER, "3301**************")
    house.person.save()
    event = correct_person(by=by, person=house.person, version=1, changes={"id_number": OTHER_NUMBER})
    with pytest.raises(UndoRefused, match="原号码没有保存"):
        take_back(by, event)
    assert Person.objects.get(pk=house.person.pk).read_id() == OTHER_NUMBER


def test_a_transfer_of_two_is_undone_together(house, cast, door):
    by = cast["staff"]
    arrive(by, house, house.dwelling, household=house.household, relation_word="妻")
    wife = Person.objects.get(name="李四")
    before = snapshot(house)
    members = [JoiningMember(house.person, "户主"), JoiningMember(wife, "妻")]
    events = transfer(by=by, members=members, dwelling=door, on=DAY, targets={"living": None})
    assert monthly_statement(house.kuocang, DAY).added == 1, "only the wife's arrival"
    take_back(by, events[0])
    assert snapshot(house) == before
    assert Household.objects.filter(annulled=True).count() == 1


def test_undoing_a_change_of_head_restores_all_relations(house, cast):
    by = cast["staff"]
    arrive(by, house, house.dwelling, household=house.household, relation_word="妻")
    wife = Person.objects.get(name="李四")
    before = snapshot(house)
    events = change_head(
        by=by, household=house.household, head=wife, on=DAY, relations={house.person.pk: "夫"}
    )
    assert wife.residences.get().is_head
    take_back(by, events[0])
    assert snapshot(house) == before


def test_undo_is_refused_with_the_later_event_named(house, cast, door):
    by = cast["staff"]
    event = arrive(by, house, door)
    person = Person.objects.get(name="李四")
    (later,) = move_out(by=by, person=person, on=datetime.date(2026, 4, 1))
    with pytest.raises(UndoRefused, match="李四2026-04-01的迁出"):
        take_back(by, event)
    take_back(by, later)
    take_back(by, event)


def test_a_later_event_of_the_household_blocks_undo(house, cast, door):
    by = cast["staff"]
    event = arrive(by, house, door)
    arrive(by, house, door, name="王五", household=event.residence.household, relation_word="子")
    with pytest.raises(UndoRefused, match="王五2026-03-10的迁入"):
        take_back(by, event)


@pytest.mark.parametrize("leaves", ["elsewhere", "altogether"])
def test_a_later_move_out_of_the_household_blocks_undo(house, cast, door, leaves):
    """李四 joined 张三, who then left, within the community or for good: 李四 is the household now."""
    by = cast["staff"]
    event = arrive(by, house, house.dwelling, household=house.household, relation_word="非亲属")
    before = snapshot(house)
    if leaves == "elsewhere":
        members = [JoiningMember(house.person, "户主")]
        (later, *_) = transfer(by=by, members=members, dwelling=door, on=DAY, targets={"living": None})
        assert (later.former.household, later.person) == (house.household, house.person)
        assert later.residence.household != house.household
    else:
        confirmed = [ending.key for ending in endings(house.person, Departure(DAY))]
        (later,) = move_out(by=by, person=house.person, on=DAY, confirmed=confirmed)
    after = snapshot(house)
    with pytest.raises(UndoRefused, match=r"此后又登记了张三.*请先撤销那一项"):
        take_back(by, event)
    assert snapshot(house) == after
    take_back(by, later)
    assert snapshot(house) == before
    take_back(by, event)


def test_a_later_event_in_the_former_household_blocks_undo(house, cast, door):
    """张三 was transferred away and 李四 joined the old household: restoring 张三 as head is refused."""
    by = cast["staff"]
    wife = arrive(by, house, house.dwelling, "王芳", household=house.household, relation_word="妻").person
    members = [JoiningMember(house.person, "户主")]
    (event, *_) = transfer(by=by, members=members, dwelling=door, on=DAY, targets={"living": None})
    arrive(by, house, house.dwelling, household=house.household, relation_word="非亲属")
    assert Residence.objects.filter(household=house.household, end__isnull=True).count() == 2
    assert wife.pk
    with pytest.raises(UndoRefused, match="此后又登记了李四"):
        take_back(by, event)


def test_a_later_correction_of_another_field_does_not_block_undo(house, cast, door):
    by = cast["staff"]
    event = arrive(by, house, door)
    person = Person.objects.get(name="李四")
    correct_person(by=by, person=person, version=person.version, changes={"phone": "13800000001"})
    take_back(by, event)


def test_a_change_by_import_blocks_undo(house, cast, door):
    """The head moved out and an import set another head: undo would make two."""
    by = cast["staff"]
    arrive(by, house, house.dwelling, household=house.household, relation_word="妻")
    (post,) = endings(house.person, Departure(DAY))
    (event,) = move_out(by=by, person=house.person, on=DAY, confirmed=[post.key])
    Residence.objects.filter(person__name="李四").update(is_head=True)
    before = snapshot(house)
    with pytest.raises(UndoRefused, match="导入改动过"):
        take_back(by, event)
    assert snapshot(house) == before


def test_undo_does_not_overwrite_a_value_changed_since(house, cast):
    by = cast["staff"]
    events = marry(by=by, person=house.person, spouse_name="孙某", on=DAY)
    Person.objects.filter(pk=house.person.pk).update(marital="40")
    with pytest.raises(UndoRefused, match="婚姻状况后来又有改动"):
        take_back(by, events[0])


def test_old_events_without_changes_are_undone_by_their_kind(house, cast):
    """Events as the demo and imports write them: without group and changes, one row for each kind."""
    by, day = cast["staff"], DAY
    home = Household.objects.create(community=house.kuocang, kind="registered", dwelling=house.dwelling)
    Residence.objects.create(community=house.kuocang, person=house.person, household=home, kind="registered")
    before = snapshot(house)
    Person.objects.filter(pk=house.person.pk).update(died_on=day, place_label="")
    rows = []
    for residence in Residence.objects.filter(person=house.person):
        Residence.objects.filter(pk=residence.pk).update(end=day, end_precision="d")
        rows.append(
            PopulationEvent.objects.create(
                community=house.kuocang, what="death", kind=residence.kind, person=house.person,
                residence=residence, on=day,
            )
        )  # fmt: skip
    take_back(by, rows[0])
    assert snapshot(house) == before


@pytest.mark.parametrize("what", ["undo", "entry"])
def test_neither_an_undo_nor_an_entry_is_undone(house, cast, door, what):
    by = cast["staff"]
    event = arrive(by, house, door)
    take_back(by, event)
    with pytest.raises(UndoRefused):
        take_back(by, PopulationEvent.objects.filter(what=what).first())
    with pytest.raises(UndoRefused, match="已经撤销"):
        take_back(by, event)


def test_a_late_transfer_counts_from_the_day_of_entry(house, cast, door):
    """张三 was entered on 2024-01-01; a transfer dated 2023 does not count him in 2023."""
    by = cast["staff"]
    day = datetime.date(2023, 6, 1)
    events = transfer(
        by=by, members=[JoiningMember(house.person, "户主")], dwelling=door, on=day, targets={"living": None}
    )
    for month, closing in ((datetime.date(2023, 6, 1), 0), (datetime.date(2024, 1, 1), 1)):
        s = monthly_statement(house.kuocang, month)
        assert s.opening + s.added - s.removed == s.closing == closing
    take_back(by, events[0])
    assert monthly_statement(house.kuocang, datetime.date(2024, 1, 1)).closing == 1


# The page


def undo_url(event) -> str:
    return reverse("residents:event_undo", kwargs={"community": "kuocang", "row": event.uuid})


def test_the_undo_page_shows_the_diff_and_asks_for_a_reason(staff, house, cast, door):
    event = arrive(cast["staff"], house, door)
    person_page = f"/c/kuocang/people/{event.person.uuid}/"
    assert undo_url(event) in staff.get(person_page).content.decode()
    page = staff.get(undo_url(event)).content.decode()
    assert "撤销迁入：李四" in page
    assert "3幢2单元201室（户主）" in page
    token = str(uuid.uuid4())
    refused = staff.post(undo_url(event), {"reason": "", "token": token})
    assert refused.status_code == 422
    assert "请写明撤销的原因" in refused.content.decode()
    data = {"reason": "录错了人", "token": token}
    page_after = staff.post(undo_url(event), data, follow=True).content.decode()
    assert "变动已撤销" in page_after
    assert "撤销2026-03-10迁入：录错了人" in page_after
    assert "已撤销" in page_after
    assert undo_url(event) not in page_after
    assert staff.post(undo_url(event), data).status_code == 302
    assert PopulationEvent.objects.filter(what="undo").count() == 1
    assert not Residence.objects.open().filter(person__name="李四").exists()


def test_undone_event_and_undo_are_listed(staff, house, cast, door):
    event = arrive(cast["staff"], house, door)
    (entry,) = take_back(cast["staff"], event)
    listed = staff.get("/c/kuocang/events/").content.decode()
    assert "已撤销" in listed
    assert "撤销2026-03-10迁入：录错了人" in listed
    march = staff.get("/c/kuocang/population/?month=2026-03").content.decode()
    assert "已撤销" in march
    now = staff.get("/c/kuocang/population/").content.decode()
    assert "撤销2026-03-10迁入：录错了人" in now
    history = staff.get(f"/c/kuocang/events/{event.uuid}/history/").content.decode()
    assert "撤销登记" in history
    assert str(event.group) not in history
    detail = staff.get(f"/c/kuocang/events/{entry.uuid}/").content.decode()
    assert "撤销的变动" in detail
    assert str(event.uuid) in detail
    assert "撤销登记" in staff.get(f"/c/kuocang/events/{event.uuid}/").content.decode()


def test_the_undo_page_shows_why_undo_is_refused(staff, house, cast, door):
    event = arrive(cast["staff"], house, door)
    move_out(by=cast["staff"], person=event.person, on=datetime.date(2026, 4, 1))
    page = staff.get(undo_url(event)).content.decode()
    assert "不能撤销：此后又登记了李四2026-04-01的迁出" in page
    response = staff.post(undo_url(event), {"reason": "录错", "token": str(uuid.uuid4())})
    assert response.status_code == 422
    assert Residence.objects.get(person=event.person).annulled is False


def test_annulled_residences_are_not_shown_at_the_door(client, staff, house, cast, door):
    event = arrive(cast["staff"], house, door)
    take_back(cast["staff"], event)
    assert "李四" not in staff.get(f"/c/kuocang/dwellings/{door.uuid}/").content.decode()
    home = event.residence.household
    assert str(home.uuid) not in staff.get("/c/kuocang/households/").content.decode()
    client.force_login(cast["head2"])
    assert "李四" not in client.get(f"/head/stairwells/{house.second.uuid}/").content.decode()


def test_an_annulled_household_counts_another_change(house, cast, door):
    """A page that shows it as it was is refused."""
    event = arrive(cast["staff"], house, door)
    home = event.residence.household
    take_back(cast["staff"], event)
    annulled = Household.objects.get(pk=home.pk)
    assert (annulled.annulled, annulled.version) == (True, home.version + 1)
