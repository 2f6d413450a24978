"""The end of a head's appointment, by whatever act, revokes the account's role and phone at once."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from community.accounts import models as accounts
from community.accounts.models import RoleAssignment, RoleAssignmentQuerySet
from community.people.models import Person
from community.places.models import HeadAppointment, Stairwell
from portal.database.compiled import CompiledQuery
from portal.hooks.departure import Departure
from portal.registers.registry import get_register
from residents.event_log.models import PopulationEvent
from residents.events.actions.moves import endings, move_out, record_death
from residents.events.actions.undo import titles_not_restored, undo
from residents.merging.actions.merge import merge_people
from residents.merging.actions.undo import undo_merge
from residents.merging.preview import KEPT, merge_preview
from tests.community.phones.test_phones import PIN, bind, end_session, enter, link_for
from tests.portal.audit.test_history import shown
from tests.portal.bulk_change.test_bulk_change import Pages

pytestmark = pytest.mark.django_db
REGISTER = get_register("community:headappointment")


@pytest.fixture
def head(house, cast):
    """Account `head`, linked to 张三, who heads 3幢1单元 by appointment."""
    cast["head"].person = house.person
    cast["head"].save()
    return cast["head"]


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


@pytest.fixture
def desk(head):
    """Test client signed in by password as head."""
    browser = Client()
    browser.force_login(head)
    return browser


@pytest.fixture
def phone(house, head, cast):
    return bind(link_for(house, head, cast["staff"]))


def gives_access(*browsers) -> bool:
    """Whether the head's pages answer; all clients must agree."""
    (answer,) = {browser.get("/head/").status_code == 302 for browser in browsers}
    return answer


def appointment() -> HeadAppointment:
    return HeadAppointment.objects.get()


def save_form(staff, house, **changes) -> None:
    url = REGISTER.url("edit", house.kuocang.ref, appointment())
    _, values = shown(staff, url)
    assert staff.post(url, values | changes).status_code == 302


def by_form(staff, house, cast):
    save_form(staff, house, end=str(timezone.localdate()))


def by_form_before_the_role(staff, house, cast):
    RoleAssignment.objects.filter(user=cast["head"]).update(start=datetime.date(2025, 6, 1))
    save_form(staff, house, end="2025-03-01")


def given_to_another(staff, house, cast):
    other = Person.objects.create(community=house.kuocang, name="李四", name_key="li si", initials="ls")
    save_form(staff, house, person=other.name)


def moved_to_another_stairwell(staff, house, cast):
    save_form(staff, house, stairwell=str(house.second.pk))


def by_bulk_change(staff, house, cast):
    pages = Pages(staff, REGISTER, house.kuocang.ref)
    pages.tick(appointment())
    pages.put("end", str(timezone.localdate()))
    pages.apply()
    assert appointment().end


def deleted(staff, house, cast):
    assert staff.post(REGISTER.url("delete", house.kuocang.ref, appointment())).status_code == 302
    assert not HeadAppointment.objects.exists()


def deleted_in_sql(staff, house, cast):
    HeadAppointment.objects.all()._raw_delete("default")


def by_death(staff, house, cast):
    today = timezone.localdate()
    departure = Departure(today, died=True)
    confirmed = [ending.key for ending in endings(house.person, departure)]
    record_death(by=cast["staff"], person=house.person, on=today, confirmed=confirmed)


def by_death_with_the_post_kept(staff, house, cast):
    today = timezone.localdate()
    departure = Departure(today, died=True)
    reasons = {ending.key: "还没有接任的人" for ending in endings(house.person, departure)}
    record_death(by=cast["staff"], person=house.person, on=today, reasons_to_keep=reasons)
    assert appointment().end is None


def by_an_imported_death(staff, house, cast):
    Person.objects.filter(pk=house.person.pk).update(died_on=timezone.localdate())


def by_moving_out(staff, house, cast):
    today = timezone.localdate()
    confirmed = [ending.key for ending in endings(house.person, Departure(today))]
    move_out(by=cast["staff"], person=house.person, on=today, confirmed=confirmed)


def by_its_date(staff, house, cast):
    """The last day came, and nobody did anything."""
    HeadAppointment.objects.update(end=timezone.localdate())


ENDS = [
    by_form, by_form_before_the_role, given_to_another, moved_to_another_stairwell, by_bulk_change, deleted,
    deleted_in_sql, by_death, by_death_with_the_post_kept, by_an_imported_death, by_moving_out, by_its_date,
]  # fmt: skip


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_ending_an_appointment_revokes_access_at_once(end, staff, desk, phone, house, cast):
    assert gives_access(desk, phone)
    end(staff, house, cast)
    assert not gives_access(desk, phone)
    assert not RoleAssignment.objects.not_over().filter(user=cast["head"]).exists()
    end_session(phone)
    answer = enter(phone, PIN)
    assert answer.status_code == 403
    assert "您目前没有负责的楼道" in answer.content.decode()


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_slip_printed_before_the_end_binds_no_phone(end, staff, head, house, cast):
    link = link_for(house, head, cast["staff"])
    end(staff, house, cast)
    answer = Client().post(link, {"pin": PIN, "again": PIN})
    assert answer.status_code == 403
    assert "您目前没有负责的楼道" in answer.content.decode()


def test_negative_control_without_the_rule_access_remains(staff, desk, phone, house, cast, monkeypatch):
    """Negative control: by the roles' own dates alone, access would remain."""
    monkeypatch.setattr(RoleAssignmentQuerySet, "_in_force", lambda queryset, day, has_begun: queryset)
    rules = accounts._HELD_ROLES
    monkeypatch.setattr(accounts, "_HELD_ROLES", CompiledQuery(rules.build, **rules.placeholders))
    by_form(staff, house, cast)
    assert gives_access(desk, phone)


def test_account_list_shows_end_date_of_ended_appointments(desk, house, cast):
    HeadAppointment.objects.update(end=datetime.date(2026, 3, 1))
    director = Client()
    director.force_login(cast["director"])
    (ended,) = director.get("/c/kuocang/accounts/").context["ended"]
    assert (ended.user, ended.end_in_words) == (cast["head"], "2026-03-01随任免结束")


def test_trigger_marks_roles_of_deleted_appointments(staff, desk, house, cast):
    """Negative control of the trigger: without its mark, the role would look granted by hand."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER community_appointment_left ON community_headappointment")
    deleted(staff, house, cast)
    assert gives_access(desk)


def test_access_lasts_until_the_last_day(desk, phone):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    HeadAppointment.objects.update(end=tomorrow)
    assert gives_access(desk, phone)
    assert not RoleAssignment.objects.current(tomorrow).filter(
        stairwell__isnull=False, user__person__isnull=False
    )


def test_area_appointments_behave_like_stairwell_appointments(house, cast):
    group, today = cast["group"], timezone.localdate()
    group.person = Person.objects.create(community=house.kuocang, name="王五")
    group.save()
    appointment = HeadAppointment.objects.create(
        community=house.kuocang, person=group.person, area=house.group, start=datetime.date(2024, 1, 1)
    )
    browser = Client()
    browser.force_login(group)
    assert gives_access(browser)
    HeadAppointment.objects.filter(pk=appointment.pk).update(end=today)
    assert not gives_access(browser)


def test_ending_one_of_two_appointments_keeps_the_other(desk, phone, house, head):
    for model in (HeadAppointment, RoleAssignment):
        whose = {"person": house.person} if model is HeadAppointment else {"user": head, "role": "head"}
        model.objects.create(
            community=house.kuocang, stairwell=house.second, start=datetime.date(2025, 1, 1), **whose
        )
    HeadAppointment.objects.filter(stairwell=house.first).update(end=timezone.localdate())
    assert gives_access(desk, phone)
    (holding,), _ = head.read_held_roles()
    assert holding.stairwells == {house.second.pk}


def test_manually_granted_role_is_independent_of_past_appointment(desk, house, cast):
    """A former head gets the role years later without a new appointment."""
    RoleAssignment.objects.filter(user=cast["head"]).delete()
    HeadAppointment.objects.update(end=datetime.date(2024, 6, 1))
    assert not gives_access(desk)
    RoleAssignment.objects.create(
        user=cast["head"],
        role="head",
        community=house.kuocang,
        stairwell=house.first,
        start=datetime.date(2025, 1, 1),
    )
    assert gives_access(desk)
    HeadAppointment.objects.all().delete()
    assert gives_access(desk)


def test_manually_granted_role_without_appointment_stays(cast):
    """`head2` has no appointment."""
    browser = Client()
    browser.force_login(cast["head2"])
    assert gives_access(browser)


@pytest.mark.parametrize("end", [by_death, by_moving_out], ids=lambda end: end.__name__)
def test_undoing_the_event_restores_access(end, staff, desk, phone, house, cast):
    before = (appointment().end, RoleAssignment.objects.get(user=cast["head"]).end)
    end(staff, house, cast)
    assert not gives_access(desk, phone)
    event = PopulationEvent.objects.latest("pk")
    entries = undo(by=cast["staff"], event=event, reason="录错")
    assert titles_not_restored(entries) == []
    role = RoleAssignment.objects.get(user=cast["head"])
    assert (appointment().end, role.end) == before == (None, None)
    assert role.ended_at is None
    assert gives_access(desk)
    end_session(phone)
    assert enter(phone, PIN).status_code == 302, "the same phone, with the same PIN"


def test_undo_keeps_a_successor_and_reports_what_is_not_restored(staff, desk, house, cast):
    by_death(staff, house, cast)
    other = Person.objects.create(community=house.kuocang, name="李四")
    HeadAppointment.objects.create(
        community=house.kuocang, person=other, stairwell=house.first, start=timezone.localdate()
    )
    event = PopulationEvent.objects.latest("pk")
    page = staff.get(f"/c/kuocang/events/{event.uuid}/undo/").content.decode()
    assert "不会自动恢复" in page
    entries = undo(by=cast["staff"], event=event, reason="录错")
    assert titles_not_restored(entries) == ["3幢1单元负责人任职"]
    assert not gives_access(desk)


def test_undoing_a_bulk_change_restores_access(staff, desk, house, cast):
    by_bulk_change(staff, house, cast)
    assert not gives_access(desk)
    Pages(staff, REGISTER, house.kuocang.ref).undo()
    assert appointment().end is None
    assert gives_access(desk)


def test_merging_and_unmerging_people_move_the_appointment(desk, house, cast):
    """The head's person row is merged into a duplicate: account and appointment follow."""
    other = Person.objects.create(
        community=house.kuocang, name="张三", birth_date=datetime.date(1970, 3, 1), birth_precision="d"
    )
    preview = merge_preview(other, house.person)
    merge = merge_people(
        by=cast["staff"], kept=other, removed=house.person, seen_fingerprint=preview.fingerprint, sides_by_value={},
        sides_by_conflict={conflict.key: KEPT for conflict in preview.conflicts},
    )  # fmt: skip
    assert appointment().person == other
    assert gives_access(desk)
    undo_merge(by=cast["staff"], merge=merge, reason="不是同一人")
    assert appointment().person == house.person
    assert gives_access(desk)
    HeadAppointment.objects.update(end=timezone.localdate())
    assert not gives_access(desk)


def test_moving_a_stairwell_to_another_group_moves_access(house, cast):
    browser = Client()
    browser.force_login(cast["group"])
    assert gives_access(browser)
    Stairwell.objects.filter(pk=house.first.pk).update(area=None)
    assert not gives_access(browser)
