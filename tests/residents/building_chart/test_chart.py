"""The chart of a building: every door once, letters by use, freshness and care, and nothing of care without its right."""

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from community.places.models import Building
from residents.care.models.elder import Elder
from residents.homes.models import Dwelling
from residents.verification.models import Verification

pytestmark = pytest.mark.django_db


@pytest.fixture
def doors(house):
    """Besides 101 of the house: with a floor of its own, with the floor in the number, without stairwell, and without floor."""

    def door(room, **more):
        return Dwelling.objects.create(community=house.kuocang, building=house.building, room=room, **more)

    return {
        "201": door("201", stairwell=house.first, floor=2, use="rented"),
        "1203": door("1203", stairwell=house.second, use="vacant"),
        "301": door("301", floor=3),
        "地下室": door("地下室", use="basement"),
        "商铺1": door("商铺1", use="shop"),
    }


def page_of(who, house, building=None, query="", community="kuocang"):
    client = Client()
    client.force_login(who)
    return client.get(f"/c/{community}/buildings/{(building or house.building).uuid}/chart/{query}")


def chart_of(cast, house, query="", who="director"):
    return page_of(cast[who], house, query=query).context["chart"]


def letters(chart) -> dict[str, str]:
    """Room → letters, inside and outside of the grid."""
    every = [door for cell in chart.doors.values() for door in cell] + chart.outside
    return {door.dwelling.room: "".join(mark.letter for mark in door.marks) for door in every}


def test_every_door_has_one_place(house, cast, doors):
    chart = chart_of(cast, house)
    assert chart.floors == [12, 3, 2, 1]
    assert chart.stairwells == [house.first, house.second, None]
    places = {door.dwelling.room: place for place, cell in chart.doors.items() for door in cell}
    assert places == {
        "101": (1, house.first.pk),
        "201": (2, house.first.pk),
        "1203": (12, house.second.pk),
        "301": (3, None),
    }
    assert [door.dwelling.room for door in chart.outside] == ["商铺1", "地下室"]
    assert chart.number == Dwelling.objects.filter(building=house.building).count() == 6


def test_the_page_links_every_door_and_says_the_sum(house, cast, doors):
    page = page_of(cast["party"], house).content.decode()
    assert "共6套房屋：图中4套，图下2套" in page
    for dwelling in Dwelling.objects.filter(building=house.building):
        assert page.count(f'href="/c/kuocang/dwellings/{dwelling.uuid}/"') == 1
    assert f'href="/c/kuocang/stairwells/{house.second.uuid}/">2单元</a>' in page


def test_letters_by_use(house, cast, doors):
    chart = chart_of(cast, house)
    assert letters(chart) == {
        "101": "自", "201": "租", "1203": "空", "301": "自", "商铺1": "商", "地下室": "地",
    }  # fmt: skip
    assert {mark.label: mark.count for mark in chart.legend}["自住"] == 2
    assert sum(mark.count for mark in chart.legend) == chart.number


def test_letters_by_freshness(house, cast, doors):
    house.kuocang.fresh_days = 30
    house.kuocang.save()
    now = timezone.now()
    for room, days in (("201", 1), ("1203", 40)):
        at = now - datetime.timedelta(days=days)
        Verification.objects.create(community=house.kuocang, dwelling=doors[room], by=cast["staff"], at=at)
    by_room = letters(chart_of(cast, house, "?by=fresh"))
    assert (by_room["201"], by_room["1203"], by_room["101"]) == ("核", "旧", "未")


def test_letters_by_care_are_for_its_right_alone(house, cast, doors):
    Elder.objects.create(community=house.kuocang, person=house.person, start=datetime.date(2024, 1, 1))
    chart = chart_of(cast, house, "?by=care")
    assert letters(chart)["101"] == "老"
    assert {mark.label: mark.count for mark in chart.legend} == {"老年人": 1, "没有重点人群": 5}
    for who in ("staff", "party"):
        answer = page_of(cast[who], house, query="?by=care")
        assert letters(answer.context["chart"])["101"] == "自"
        assert "重点人群" not in re.sub(r"(?s)<nav class=\"side\".*?</nav>", "", answer.content.decode())


def test_an_unknown_colouring_is_the_first(house, cast, doors):
    assert letters(chart_of(cast, house, "?by=%E4%B8%8D"))["201"] == "租"


def test_a_building_without_doors_says_so(house, cast):
    empty = Building.objects.create(community=house.kuocang, label="4幢", key="4")
    assert "这幢楼还没有登记房屋" in page_of(cast["staff"], house, empty).content.decode()


def test_the_buildings_before_and_after(house, cast):
    others = {
        key: Building.objects.create(community=house.kuocang, label=f"{key}幢", key=key)
        for key in ("2", "10")
    }
    Building.objects.create(community=house.beizheng, label="4幢", key="4")
    beside = page_of(cast["staff"], house, query="?by=fresh").context["beside"]
    assert [(word, other) for word, _, other in beside] == [("上一幢", others["2"]), ("下一幢", others["10"])]
    assert beside[1][1] == f"/c/kuocang/buildings/{others['10'].uuid}/chart/?by=fresh"


def test_a_building_of_another_community_is_not_found(house, cast):
    other = Building.objects.create(community=house.xizhigou, label="3幢", key="3")
    assert page_of(cast["director"], house, other).status_code == 404
    assert page_of(cast["director"], house, other, community="xizhigou").status_code == 200
    assert page_of(cast["supervisor"], house).status_code == 403


def test_the_number_of_queries_does_not_depend_on_the_doors(
    house, cast, doors, django_assert_max_num_queries
):
    def count(query):
        with django_assert_max_num_queries(100) as captured:
            page_of(cast["director"], house, query=query)
        return len(captured)

    for by in ("use", "fresh", "care"):
        few = count(f"?by={by}")
        Dwelling.objects.bulk_create(
            Dwelling(
                community=house.kuocang,
                building=house.building,
                stairwell=house.second,
                floor=n,
                room=f"{by}{n}",
            ).place()
            for n in range(1, 31)
        )
        assert count(f"?by={by}") == few
