"""Deleting a stairwell or an area: past appointments are deleted along, current ones prevent it and are named."""

import datetime

import pytest
from django.db import connection
from django.test import Client

from community.accounts.models import RoleAssignment, User
from community.places.models import Area, HeadAppointment, Stairwell
from portal.attachments.models import Attachment
from portal.registers.registry import get_register

pytestmark = pytest.mark.django_db
LAST_YEAR = datetime.date(2025, 12, 31)


@pytest.fixture
def director(cast):
    client = Client()
    client.force_login(cast["director"])
    return client


def delete(client, row):
    """Response of the delete page in the web's database role; deferred constraints are checked as at a commit."""
    noun = row._meta.model_name
    answer = client.post(get_register(f"community:{noun}").url("delete", row.community, row))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return answer


def relieve(house, **place) -> HeadAppointment:
    """A past appointment to the place, with its roles ended."""
    RoleAssignment.objects.filter(**place).update(end=LAST_YEAR)
    return HeadAppointment.objects.create(
        community=house.kuocang, person=house.person, start=datetime.date(2024, 1, 1), end=LAST_YEAR, **place
    )


def test_deleting_a_stairwell_deletes_past_appointments_only(director, house, cast):
    stairwell = house.second
    appointment = relieve(house, stairwell=stairwell)
    Attachment.objects.create(
        community_id=house.kuocang.id,
        user_id=cast["staff"].pk,
        subject="community.HeadAppointment",
        row_id=appointment.pk,
        name="任免.pdf",
        stored="attachments/a.pdf",
        size=1,
        digest="d",
    )
    before = Stairwell.objects.of(house.kuocang).count()
    answer = delete(director, stairwell)
    assert answer.status_code == 302
    assert Stairwell.objects.of(house.kuocang).count() == before - 1
    assert not HeadAppointment.objects.filter(pk=appointment.pk).exists()
    assert not Attachment.objects.filter(subject="community.HeadAppointment").exists()
    role = RoleAssignment.objects.get(user=cast["head2"])
    assert (role.stairwell, role.end) == (None, LAST_YEAR), "that somebody was head is still known"


def test_area_without_appointments_is_deleted(director, house):
    area = Area.objects.create(community=house.kuocang, kind="area", name="第二片区")
    assert delete(director, area).status_code == 302
    assert not Area.objects.filter(pk=area.pk).exists()


def test_current_head_prevents_deletion_and_is_named(director, house):
    answer = delete(director, house.first)
    assert answer.status_code == 409
    assert (
        answer.context["problem"]
        == "还有张三的任职、账号“head”的楼道长岗位、宣传点1条、岗位1条、房屋1条与它相关，不能删除。请先处理这些记录。"
    )
    assert Stairwell.objects.filter(pk=house.first.pk).exists()


@pytest.mark.parametrize("days", [0, 30])
def test_role_in_force_prevents_deletion(director, house, today, days):
    relieve(house, stairwell=house.second)
    RoleAssignment.objects.filter(stairwell=house.second).update(end=today + datetime.timedelta(days=days))
    answer = delete(director, house.second)
    assert answer.status_code == 409
    assert "账号“head2”的楼道长岗位" in answer.context["problem"]


def test_referencing_rows_of_an_area_are_named(director, house):
    relieve(house, area=house.group)
    answer = delete(director, house.group)
    assert answer.status_code == 409
    assert "楼道1条" in answer.context["problem"]
    answer = delete(director, house.area)
    assert "片区（小组）1条" in answer.context["problem"]


def test_protecting_rows_without_view_right_are_not_named(cast, house):
    """Staff without the right to care registers learn that a row protects the place, not which."""
    client = Client()
    client.force_login(cast["staff"])
    answer = delete_person(client, house)
    assert answer.status_code == 409
    assert "其他登记" in answer.context["problem"]
    assert "低保" not in answer.context["problem"]
    client.force_login(cast["director"])
    assert "低保" in delete_person(client, house).context["problem"]


def delete_person(client, house):
    return client.post(get_register("residents:person").url("delete", house.kuocang, house.person))


@pytest.mark.parametrize("granted", [datetime.date(2024, 2, 1), None])
def test_role_of_deleted_appointment_keeps_its_end_date(director, house, cast, granted):
    """The role's end follows the appointment, which is deleted with the place. None: granted after its end."""
    User.objects.filter(pk=cast["head2"].pk).update(person=house.person)
    role = RoleAssignment.objects.get(user=cast["head2"])
    RoleAssignment.objects.filter(pk=role.pk).update(start=granted or datetime.date(2026, 2, 1))
    appointment = HeadAppointment.objects.create(
        community=house.kuocang, person=house.person, stairwell=house.second, start=datetime.date(2024, 1, 1)
    )
    assert delete(director, house.second).status_code == 409
    appointment.end = LAST_YEAR
    appointment.save()
    assert delete(director, house.second).status_code == 302
    role.refresh_from_db()
    assert (role.stairwell, role.end) == (None, LAST_YEAR if granted else None)
    assert role.ended_at is not None
    assert role not in RoleAssignment.objects.not_over()
