"""Panels of dwellings, households and places: who lives where, and beside whom."""

import re

import pytest
from django.test import Client

from community.people.models import Person
from residents.homes.models import Dwelling, Household, Residence
from residents.homes.panels import NEIGHBOURS

pytestmark = pytest.mark.django_db


def section(who, noun: str, row, title: str) -> str:
    client = Client()
    client.force_login(who)
    page = client.get(f"/c/kuocang/{noun}/{row.uuid}/").content.decode()
    return page.partition(f"<h2>{title}</h2>")[2].partition("</section>")[0]


def rows_of(panel: str) -> list[list[str]]:
    rows = [re.findall(r"<td>(.*?)</td>", row) for row in panel.split("<tr>")[2:]]
    return [[re.sub("<.*?>", "", cell) for cell in row] for row in rows]


def household(house, dwelling, name: str, kind="living", community=None, **values) -> Household:
    community = community or house.kuocang
    founded = Household.objects.create(community=community, kind=kind, dwelling=dwelling)
    person = Person.objects.create(community=community, name=name)
    Residence.objects.create(
        community=community, person=person, household=founded, kind=kind, **({"is_head": True} | values)
    )
    return founded


def door(house, room: str, stairwell=None) -> Dwelling:
    return Dwelling.objects.create(
        community=house.kuocang, building=house.building, stairwell=stairwell or house.first, room=room
    )


def test_neighbours_are_of_the_dwelling_and_then_of_the_stairwell(house, cast):
    household(house, door(house, "201"), "楼上")
    household(house, house.dwelling, "同屋", kind="registered")
    household(house, door(house, "301"), "只有户籍", kind="registered")
    household(house, door(house, "101", house.second), "别的单元")
    household(house, door(house, "401"), "已搬走", end="2025-01-01")
    headless = household(house, door(house, "501"), "没有户主", is_head=False)
    panel = section(cast["staff"], "households", house.household, "邻居")
    assert rows_of(panel) == [
        ["3幢1单元101室", "户籍户", "同屋", "1"],
        ["3幢1单元201室", "居住户", "楼上", "1"],
        ["3幢1单元501室", "居住户", "暂缺", "1"],
    ]
    assert f"/c/kuocang/households/{headless.uuid}/" in panel


def test_of_many_neighbours_a_link_leads_to_all(house, cast):
    for number in range(NEIGHBOURS + 1):
        household(house, door(house, f"{number + 200}"), f"邻居{number}")
    panel = section(cast["supervisor"], "households", house.household, "邻居")
    assert len(rows_of(panel)) == NEIGHBOURS
    (address,) = re.findall(r'class="btn btn-sm" href="([^"]*)"', panel)
    client = Client()
    client.force_login(cast["supervisor"])
    listed = client.get(address.replace("&amp;", "&")).context["page"].paginator.count
    assert listed == NEIGHBOURS + 2


def test_a_collective_household_has_no_neighbours(house, cast):
    collective = household(house, None, "集体", kind="registered")
    assert section(cast["staff"], "households", collective, "邻居") == ""
    assert section(cast["staff"], "households", collective, "成员")


def test_a_dwelling_shows_its_households(house, cast):
    registered = household(house, house.dwelling, "户籍人", kind="registered")
    Residence.objects.create(
        community=house.kuocang,
        person=house.person,
        household=registered,
        kind="registered",
        relation_word="兄",
    )
    lodger = household(house, house.dwelling, "租客", is_head=False)
    panel = section(cast["party"], "dwellings", house.dwelling, "住户")
    assert [[row[0], row[1], *row[3:]] for row in rows_of(panel)] == [
        ["张三", "户主、兄", "张三户", "户籍人户"],
        ["租客", "", "居住户", ""],
        ["户籍人", "", "", "户籍人户"],
    ]
    for shown in (house.household, registered, lodger):
        assert f"/c/kuocang/households/{shown.uuid}/" in panel
    assert f"/c/kuocang/people/{house.person.uuid}/" in panel


def test_a_stairwell_shows_its_doors(house, cast):
    empty = door(house, "201")
    panel = section(cast["party"], "stairwells", house.first, "房屋")
    assert rows_of(panel) == [["3幢1单元101室", "自住", "张三", "1"], ["3幢1单元201室", "自住", "", "0"]]
    assert f"/c/kuocang/dwellings/{empty.uuid}/" in panel


def test_an_area_shows_the_stairwells_of_its_groups(house, cast):
    panel = section(cast["party"], "areas", house.area, "楼道")
    assert rows_of(panel) == [["3幢1单元", "3幢", "第一小组", "张三"]]


def test_pages_of_a_building_lead_to_its_chart(house, cast):
    client = Client()
    client.force_login(cast["party"])
    chart = f"/c/kuocang/buildings/{house.building.uuid}/chart/"
    for noun, row in (
        ("buildings", house.building),
        ("stairwells", house.second),
        ("dwellings", house.dwelling),
    ):
        assert chart in client.get(f"/c/kuocang/{noun}/{row.uuid}/").content.decode()
