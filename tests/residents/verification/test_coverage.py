"""Verification coverage: stairwells due, the printed list, and entering it for a head."""

import datetime
import io

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from community.places.models import Stairwell
from portal.audit.models import AccessLog
from residents.homes.models import Dwelling
from residents.verification.models import Verification

pytestmark = pytest.mark.django_db
URL = "/c/kuocang/freshness/"


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


@pytest.fixture
def doors(house):
    """Two doors in each stairwell; the first stairwell belongs to a group of the area, the second to none."""
    more = [
        Dwelling(community=house.kuocang, building=house.building, stairwell=stairwell, room=room).place()
        for stairwell, room in ((house.first, "102"), (house.second, "201"), (house.second, "202"))
    ]
    Dwelling.objects.bulk_create(more)
    return [house.dwelling, *more]


def verify(door, by, days: int, **more) -> Verification:
    at = timezone.now() - datetime.timedelta(days=days)
    return Verification.objects.create(
        community=door.community, dwelling=door, stairwell=door.stairwell, by=by, at=at, **more
    )


def enter_url(stairwell) -> str:
    return reverse("residents:round_enter", kwargs={"community": "kuocang", "stairwell": stairwell.uuid})


def send(client, stairwell, *ticked, on=None, walker="own"):
    on = on or timezone.localdate()
    data = {"on": on.isoformat(), "walker": str(walker), "row": [str(door.uuid) for door in ticked]}
    return client.post(enter_url(stairwell), data, follow=True)


# Stairwells due


def test_the_worst_stairwell_is_first_with_its_head(staff, house, cast, doors):
    verify(doors[0], cast["head"], days=10)
    verify(doors[2], cast["head2"], days=100)
    page = staff.get(URL)
    assert [line.stairwell for line in page.context["lines"]] == [house.second, house.first]
    text = page.content.decode()
    assert "共4户，已核实1户（25%）；2个楼道中1个超过90天未走访" in text
    assert "张三" in text
    assert "100天前" in text


@pytest.mark.parametrize(("days", "fresh"), [(30, 1), (180, 2), (7, 1), ("x", 1)])
def test_the_number_of_days_is_chosen(staff, doors, cast, days, fresh):
    """Invalid values fall back to the community's own 90 days."""
    verify(doors[0], cast["head"], days=10)
    verify(doors[2], cast["head2"], days=100)
    assert staff.get(f"{URL}?days={days}").context["total"].fresh == fresh


def test_areas_add_up_and_narrow_the_list(staff, house, doors):
    page = staff.get(URL)
    assert [(area, covered.doors) for area, covered in page.context["below"]] == [(house.area, 2), (None, 2)]
    page = staff.get(f"{URL}?area={house.area.uuid}")
    assert [line.stairwell for line in page.context["lines"]] == [house.first]
    assert [(area, covered.doors) for area, covered in page.context["below"]] == [(house.group, 2)]


@pytest.mark.parametrize(("query", "count"), [("q=2单元", 1), ("q=张三", 1), ("late", 1), ("q=李四", 0)])
def test_the_list_is_searched(staff, doors, cast, query, count):
    verify(doors[0], cast["head"], days=10)
    assert len(staff.get(f"{URL}?{query}").context["lines"]) == count


def test_the_list_is_exported_as_a_spreadsheet(staff, doors, cast, house):
    verify(doors[0], cast["head"], days=0)
    book = load_workbook(io.BytesIO(staff.post(f"{URL}export/?days=30").content))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[1] == ("3幢2单元", None, None, 2, 0, 2, 0, "未走访过")
    assert rows[2][:7] == ("3幢1单元", "第一小组", "张三", 2, 1, 1, 50)
    log = AccessLog.objects.get()
    assert (log.action, sorted(log.ids)) == ("export", sorted([house.first.pk, house.second.pk]))


def test_an_unvisited_stairwell_is_due(staff, doors, cast):
    verify(doors[0], cast["head"], days=10)
    assert "超过90天未走访的楼道 1个" in staff.get("/c/kuocang/").content.decode()
    verify(doors[2], cast["head2"], days=10)
    assert "没有走访" not in staff.get("/c/kuocang/").content.decode()


def test_the_street_sees_numbers_of_its_communities(client, cast, doors):
    verify(doors[0], cast["head"], days=90)
    verify(doors[1], cast["head"], days=91)
    client.force_login(cast["street"])
    text = client.get("/street/").content.decode()
    assert '<td class="number">4</td><td class="number">1</td><td class="number">25%</td>' in text
    client.force_login(cast["street2"])
    assert "25%" not in client.get("/street/").content.decode()


# Printed list


def test_the_list_of_doors_is_printed_and_logged(staff, house, doors):
    house.person.phone = "13812345678"
    house.person.save()
    answer = staff.post(f"{URL}print/", {"row": [str(house.first.uuid), str(house.second.uuid)]})
    assert answer["Content-Type"] == "application/pdf"
    first, second = (page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert all(word in first for word in ("3幢1单元入户核实表", "张三", "101", "102", "无变化"))
    assert "1381" not in first
    assert "201" in second
    log = AccessLog.objects.get()
    assert (log.action, log.subject) == ("print", "residents.Dwelling")
    assert sorted(log.ids) == sorted(door.pk for door in doors)


def test_no_selection_and_foreign_stairwells_print_nothing(staff, house, cast):
    answer = staff.post(f"{URL}print/?days=30", {"row": ["x", str(house.area.uuid)]})
    assert answer.url == f"{URL}?days=30"
    assert not AccessLog.objects.exists()


# Entering the list


def test_staff_enter_verifications_of_yesterday_for_a_head(staff, house, cast, doors):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    page = staff.get(enter_url(house.first))
    assert [door.room for door, *_ in page.context["doors"]] == ["101", "102"]
    page = send(staff, house.first, *doors[:2], on=yesterday, walker=house.person.uuid)
    assert "2户无变化。" in page.content.decode()
    verification = Verification.objects.filter(dwelling=doors[0]).get()
    assert timezone.localdate(verification.at) == yesterday
    assert (verification.by, verification.on_behalf_of) == (cast["staff"], house.person)
    detail = staff.get(f"/c/kuocang/dwellings/{doors[0].uuid}/").content.decode()
    assert "张三（staff某代登记）" in detail


def test_a_door_of_that_day_is_not_verified_twice(staff, house, cast, doors):
    verify(doors[0], cast["head"], days=0)
    page = send(staff, house.first, *doors[:2])
    assert "2户无变化，其中1户当天已有记录" in page.content.decode()
    assert Verification.objects.count() == 2
    assert not Verification.objects.filter(on_behalf_of__isnull=False).exists()


@pytest.mark.parametrize(
    ("ahead", "message"), [(1, "日期不能晚于今天"), (-400, "走访日期在一年以前"), (None, "请勾选已核实")]
)
def test_an_invalid_round_keeps_the_ticked_doors(staff, house, doors, ahead, message):
    on = timezone.localdate() + datetime.timedelta(days=ahead or 0)
    page = send(staff, house.first, *(doors[:1] if ahead else ()), on=on)
    assert page.status_code == 422
    assert message in page.content.decode()
    assert page.content.decode().count(" checked") == (2 if ahead else 1)
    assert not Verification.objects.exists()


def test_doors_of_another_stairwell_are_refused(staff, house, doors):
    page = send(staff, house.first, doors[2])
    assert "已不在这个楼道" in page.content.decode()
    assert not Verification.objects.exists()


# The head of many stairwells


def test_a_group_lists_due_stairwells_first_by_building(client, cast, house, doors):
    house.second.area = house.group
    house.second.save()
    third = Stairwell.objects.create(
        community=house.kuocang, building=house.building, name="3单元", area=house.group
    )
    Dwelling.objects.create(community=house.kuocang, building=house.building, stairwell=third, room="301")
    for door in doors[:2]:
        verify(door, cast["head"], days=1)
    client.force_login(cast["group"])
    page = client.get("/head/")
    (due,), (done,) = page.context["due"], page.context["done"]
    assert (due.name, [line.stairwell for line in due.lines]) == ("3幢", [house.second, third])
    assert [line.stairwell for line in done.lines] == [house.first]
    assert "3个楼道共5户，3户待核实" in page.content.decode()
