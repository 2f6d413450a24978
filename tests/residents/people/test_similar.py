"""A new entry looks for doubles while it is typed: by which fields, for whom, and what is logged."""

import pytest
from django.urls import reverse

from community.people.models import Person
from community.units.models import Unit
from portal.access.permissions import Permission as P
from portal.access.user_access import Access
from portal.audit.models import AccessLog
from portal.values.id_numbers import mask_id
from residents.people import reveal_limit
from tests.workbooks import resident_id

pytestmark = pytest.mark.django_db
NUMBER = resident_id("19700301", "123")
URL = "/c/kuocang/people/similar/"


@pytest.fixture
def person(house):
    house.person.set_id("resident_id", NUMBER, mask_id(NUMBER))
    house.person.phone = "13800000000 13900000000"
    house.person.save()
    return house.person


@pytest.fixture
def staff(client, cast, person):
    client.force_login(cast["staff"])
    return client


def asked(client, url=URL, **typed) -> str:
    answer = client.post(url, typed)
    assert answer.status_code == 200
    return answer.content.decode().strip()


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "张三", "birth": "1970-03-01"},
        {"name": "张 三", "birth": "１９７０年３月"},
        {"name": "张三", "birth": "1970"},
        {"phone": "139 0000 0000"},
        {"name": "李四", "phone": "13800000000"},
        {"id_number": NUMBER},
        {"id_number": f" {NUMBER[:6]} {NUMBER[6:]}"},
    ],
)
def test_a_registered_person_is_shown_with_a_link(staff, person, typed):
    found = asked(staff, **typed)
    assert "可能已登记：" in found
    assert f"张三 男 {person.age}岁 3幢1单元101室" in found
    assert f"/c/kuocang/people/{person.uuid}/" in found
    assert NUMBER not in found


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"name": "张三"},
        {"name": "张三", "birth": "1971-03-01"},
        {"name": "张三", "birth": "1970-03-02"},
        {"name": "张", "birth": "1970-03-01"},
        {"name": "张三", "birth": "昨天"},
        {"phone": "1380000"},
        {"name": "张三\0", "birth": "\0", "phone": "\0" * 500},
        {"id_number": NUMBER[:17]},
    ],
)
def test_anything_else_is_answered_by_nothing(staff, typed):
    assert asked(staff, **typed) == ""


def test_a_number_is_asked_by_holders_of_the_right_only(client, cast, person, monkeypatch):
    client.force_login(cast["staff"])
    asked(client, id_number=NUMBER)
    log = AccessLog.objects.get(reason="登记时按证件号码核对")
    assert (log.action, log.ids, log.user_id) == ("find", [person.pk], cast["staff"].pk)
    asked(client, id_number=NUMBER[:10])
    asked(client, name="张三", birth="1970")
    assert AccessLog.objects.filter(action="find").count() == 1
    can = Access.can
    monkeypatch.setattr(
        Access, "can", lambda self, right, *at: right != P.PEOPLE_REVEAL and can(self, right, *at)
    )
    assert asked(client, id_number=NUMBER) == ""
    assert AccessLog.objects.filter(action="find").count() == 1


def test_numbers_are_asked_within_the_limit_of_reveals(staff, monkeypatch):
    monkeypatch.setattr(reveal_limit, "AN_HOUR", 1)
    assert "张三" in asked(staff, id_number=NUMBER)
    assert "一小时内查看完整证件号码和按号码查找最多" in asked(staff, id_number=NUMBER)


def test_people_of_another_community_are_not_shown(client, cast, house, staff):
    Person.objects.create(community=house.beizheng, name="赵外", birth_date="1980-01-01", birth_precision="d")
    assert asked(staff, name="赵外", birth="1980-01-01") == ""


def test_the_form_says_where_to_ask_and_edit_forms_do_not(staff, person):
    text = staff.get("/c/kuocang/people/new/").content.decode()
    assert f'data-similar="{URL}"' in text
    assert 'data-similar-alone="id_number"' in text
    assert "data-similar" not in staff.get(f"/c/kuocang/people/{person.uuid}/edit/").content.decode()
    dwelling = person.residences.first().household.dwelling
    move_in = f"/c/kuocang/dwellings/{dwelling.uuid}/move-in/"
    assert f'data-similar="{URL}"' in staff.get(move_in).content.decode()
    assert "data-similar" not in staff.get(f"{move_in}?person={person.uuid}").content.decode()
    assert staff.get(URL).status_code == 405


def test_units_dwellings_and_households_are_found(staff, house):
    Unit.objects.create(community=house.kuocang, name="括苍路幼儿园", kinds=["located"])
    where = {"community": "kuocang"}
    unit, dwelling, household = (
        reverse(f"{noun}_similar", kwargs=where)
        for noun in ("community:unit", "residents:dwelling", "residents:household")
    )
    assert "括苍路幼儿园" in asked(staff, unit, name="幼儿园")
    place = {"building": str(house.building.pk), "stairwell": str(house.first.pk)}
    assert "3幢1单元101室" in asked(staff, dwelling, room="101室", **place)
    assert asked(staff, dwelling, room="102", **place) == ""
    for junk in ("x", "-1", "9" * 40):
        assert asked(staff, dwelling, room="101", building=junk, stairwell="1") == ""
    assert "3幢1单元101室（居住） 户主张三" in asked(staff, household, dwelling="3幢1单元101室")
