"""Conditions, columns and order by household of the lists of people, households and dwellings."""

import datetime
import io

import openpyxl
import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from community.people.models import Person
from community.places.models import Area, Building, Stairwell
from portal.access.user_access import Access
from portal.registers.filters import FilteredList, ListRequest
from portal.registers.models import ListPreference
from portal.registers.registry import get_register
from residents.care.models.disability import Disability
from residents.care.models.low_income import LowIncome
from residents.event_log.models import PopulationEvent
from residents.homes.models import Dwelling, Household, Residence

pytestmark = pytest.mark.django_db
PEOPLE = get_register("residents:person")
HOUSEHOLDS, DWELLINGS = get_register("residents:household"), get_register("residents:dwelling")
HOME_LABELS = ["户主", "与户主关系", "片区", "楼幢", "单元", "房号", "户号"]
HOME_NAMES = ["head_name", "relation", "area", "building", "stairwell", "room", "household_number"]


def settle(community, dwelling, names: str, kind="living", number="") -> Household:
    """A household of people with these names: the head, then others, each with the class of the relation."""
    household = Household.objects.create(community=community, kind=kind, dwelling=dwelling, number=number)
    for position, each in enumerate(names.split()):
        name, _, relation = each.partition(":")
        person, _ = Person.objects.get_or_create(community=community, name=name, defaults={"name_key": name})
        if kind == "living":
            person.place_label = dwelling.label
            person.save()
        Residence.objects.create(
            community=community, person=person, household=household, kind=kind, is_head=position == 0,
            relation_class=relation or "02", relation_word="户主" if position == 0 else f"关系{relation}",
        )  # fmt: skip
    return household


def street(community, *numbers: str) -> list[Dwelling]:
    """A door in the only stairwell of each building, in an area of its own."""
    dwellings = []
    for number in numbers:
        area = Area.objects.create(community=community, kind="area", name=f"{number}片")
        building = Building.objects.create(community=community, label=f"{number}幢", key=number)
        stairwell = Stairwell.objects.create(community=community, building=building, name="1单元", area=area)
        dwellings.append(
            Dwelling.objects.create(community=community, building=building, stairwell=stairwell, room="201")
        )
    return dwellings


@pytest.fixture
def listed(house, cast):
    def of(query: str, register=PEOPLE, community=None, user="director") -> list[str]:
        community = community or house.kuocang
        request = ListRequest(QueryDict(query), Access.of(cast[user]), community.ref)
        listing = FilteredList(register, request)
        assert listing.problem == ""
        return [str(row) for row in listing.rows]

    return of


@pytest.fixture
def director(client, cast):
    client.force_login(cast["director"])
    return client


def test_places_of_people_households_and_dwellings(house, listed):
    second, tenth = street(house.kuocang, "2", "10")
    settle(house.kuocang, second, "甲 乙:20")
    assert listed(f"building={second.building.uuid}") == ["乙", "甲"]
    assert listed(f"stairwell={second.stairwell.uuid}&relation=son") == ["乙"]
    assert listed(f"area={house.area.uuid}") == ["张三"]  # by the group below it
    assert listed(f"area={tenth.stairwell.area.uuid}") == []
    assert listed(f"building={second.building.uuid}&people_from=2", HOUSEHOLDS) == ["2幢1单元201室（居住）"]
    assert listed(f"building={second.building.uuid}&people_to=1", HOUSEHOLDS) == []
    assert listed(f"area={tenth.stairwell.area.uuid}", DWELLINGS) == ["10幢1单元201室"]
    assert listed("people_from=2&people_to=2", DWELLINGS) == ["2幢1单元201室"]


def test_place_of_another_community_is_refused(house, cast):
    (other,) = street(house.xizhigou, "2")
    access = Access.of(cast["director"])
    for name, place in (
        ("area", other.stairwell.area),
        ("building", other.building),
        ("stairwell", other.stairwell),
    ):
        request = ListRequest(QueryDict(f"{name}={place.uuid}"), access, house.kuocang.ref)
        listing = FilteredList(PEOPLE, request)
        assert "已不能使用" in listing.problem
        assert not listing.rows


def test_relation_is_that_of_the_household_lived_in(house, listed):
    """Of whoever lives elsewhere it is that of the household of registration, as in the column."""
    second, tenth = street(house.kuocang, "2", "10")
    settle(house.kuocang, second, "甲 乙:10")
    settle(house.kuocang, tenth, "乙 丙:52", kind="registered")
    assert listed("relation=head") == ["张三", "甲"]
    assert listed("relation=spouse") == ["乙"]
    assert listed("relation=parent") == ["丙"]


def test_several_care_registers_and_none(house, listed):
    people = [Person.objects.create(community=house.kuocang, name=name, name_key=name) for name in "abc"]
    household = settle(house.kuocang, street(house.kuocang, "2")[0], "a")
    Disability.objects.create(community=house.kuocang, person=people[1], kind="4", grade="2")
    LowIncome.objects.create(community=house.kuocang, household=household, applicant=people[0])
    assert listed("care=disabled&care=low_income") == ["a", "b"]
    assert listed("care=disabled") == ["b"]
    assert listed("no_care=disabled&no_care=low_income") == ["c", "张三"]
    assert listed("care=low_income&no_care=disabled") == ["a"]


def test_dates_of_events(house, listed):
    def event(what: str, on: str, **more) -> PopulationEvent:
        return PopulationEvent.objects.create(
            community=house.kuocang, what=what, kind="living", person=house.person, on=on, **more
        )

    event("move_in", "2024-02-29")
    event("move_out", "2024-05-01")
    assert listed("moved_in_from=2024-02-01&moved_in_to=2024-02-29") == ["张三"]
    assert listed("moved_in_to=2024-02-28") == []
    assert listed("moved_in_from=2024-02-29&moved_out_to=2024-05-01") == ["张三"]
    undo = event("undo", "2024-05-02")
    PopulationEvent.objects.filter(what="move_out").update(undone_by=undo)
    assert listed("moved_out_from=2024-05-01") == []
    house.person.died_on = datetime.date(2024, 6, 30)
    house.person.save()
    assert listed("died_from=2024-06-30&died_to=2024-06-30") == ["张三"]
    assert listed("died_from=2024-07-01") == []


def test_order_by_household(house, listed):
    """2幢 before 10幢, the head first, whoever lives elsewhere with the household of registration, the homeless last."""
    tenth, second = street(house.kuocang, "10", "2")
    settle(house.kuocang, tenth, "丁 甲:20")
    settle(house.kuocang, second, "戊 乙:10 己:20")
    settle(house.kuocang, second, "乙 庚:30", kind="registered")
    Person.objects.create(community=house.kuocang, name="无", name_key="0")
    (other,) = street(house.xizhigou, "1")
    settle(house.xizhigou, other, "外")
    order = listed("sort=household")
    assert order[:3] in (["戊", "乙", "己"], ["戊", "己", "乙"])
    assert order[3:] == ["庚", "张三", "丁", "甲", "无"]
    assert listed("sort=household", community=house.xizhigou) == ["外"]
    assert listed("sort=household&relation=head") == ["戊", "张三", "丁"]


def test_household_columns_in_list_and_export(house, cast, director):
    """The same rows in the same order; a fixed number of queries, none for columns that are not shown."""
    second, tenth = street(house.kuocang, "2", "10")
    settle(house.kuocang, tenth, "甲 乙:20", number="H10")
    settle(house.kuocang, second, "丙", number="H2")
    community, url = house.kuocang.ref, PEOPLE.url("list", house.kuocang.ref)
    preference = ListPreference.objects.create(
        user_id=cast["director"].pk, register=PEOPLE.label, columns=["name", *HOME_NAMES]
    )

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            director.get(f"{url}?sort=household")
            return len(queries)

    page = director.get(f"{url}?sort=household")
    few = count()
    assert [column["label"] for column in page.context["columns"]] == ["姓名", *HOME_LABELS]
    expected = [
        ["丙", "丙", "户主", "2片", "2幢", "1单元", "201", "H2"],
        ["张三", "张三", "户主", "第一片区", "3幢", "1单元", "101", None],
        ["甲", "甲", "户主", "10片", "10幢", "1单元", "201", "H10"],
        ["乙", "甲", "关系20", "10片", "10幢", "1单元", "201", "H10"],
    ]
    answer = director.post(f"{PEOPLE.url('export', community)}?sort=household")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet]
    assert rows == [["姓名", *HOME_LABELS], *expected]
    shown = page.content.decode()
    assert [shown.index(f">{row[0]}</a>") for row in expected] == sorted(
        shown.index(f">{row[0]}</a>") for row in expected
    )
    settle(house.kuocang, street(house.kuocang, "11")[0], "子 丑:20 寅:30")
    director.get(url)  # counts what is due anew, after the export
    assert count() == few
    preference.columns = ["name"]
    preference.save()
    assert count() == few - 2


@pytest.mark.parametrize("register", [HOUSEHOLDS, DWELLINGS])
def test_place_columns_of_households_and_dwellings(register, house, cast, director):
    names = ["head_name", "area", "building", "stairwell", "room"]
    ListPreference.objects.create(user_id=cast["director"].pk, register=register.label, columns=names)
    answer = director.post(f"{register.url('export', house.kuocang.ref)}?sort=-building")
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active]
    assert rows == [["户主", "片区", "楼幢", "单元", "房号"], ["张三", "第一片区", "3幢", "1单元", "101"]]


def test_sums_are_those_of_the_rows(house, cast, director, monkeypatch):
    """Of the whole filtered list, not of a page; the same in list, export and ledger."""
    register = get_register("residents:lowincome")
    for number, amount in enumerate(("100.50", "20.25", "3"), start=1):
        home = street(house.kuocang, f"{number}0")[0]
        household = settle(house.kuocang, home, f"户{number}")
        LowIncome.objects.create(
            community=house.kuocang, household=household, applicant=Person.objects.get(name=f"户{number}"),
            family_amount=amount, key_60="0.10", covered=number,
        )  # fmt: skip
    sums = {}
    monkeypatch.setattr(
        "portal.exports.views.ledger.ledger",
        lambda context, cells: sums.update(ledger=[cell for cell, _ in context["sums"]]) or b"%PDF-",
    )
    query = "?state=current&size=20"
    labels = [
        column["label"] for column in director.get(register.url("list", house.kuocang.ref)).context["columns"]
    ]
    page = director.get(register.url("list", house.kuocang.ref) + query)
    shown = dict(zip(labels, page.context["totals"], strict=True))
    assert (str(shown["月保障金（元）"]), shown["保障人数"], shown["性别"]) == ("124.05", 6, "")
    assert "124.05" in page.content.decode()
    export = director.post(register.url("export", house.kuocang.ref) + query)
    head, *rows, last = openpyxl.load_workbook(io.BytesIO(export.content)).active.values
    assert last[0] == "合计"
    for label in ("月保障金（元）", "保障人数", "家庭补差"):
        place = head.index(label)
        assert last[place] == pytest.approx(sum(row[place] for row in rows)), label
    assert last[head.index("月保障金（元）")] == pytest.approx(124.05)
    director.post(register.url("ledger", house.kuocang.ref) + query)
    assert [str(cell) for cell in sums["ledger"] if cell != ""] == [
        str(cell) for cell in _with_two_decimals(last) if cell is not None
    ]
    empty = director.get(register.url("list", house.kuocang.ref) + "?state=coming")
    assert "合计" not in empty.content.decode()


def _with_two_decimals(cells) -> list:
    return [f"{cell:.2f}" if isinstance(cell, float) else cell for cell in cells]


def test_visits_due_are_narrowed_by_the_same_conditions(house, director):
    Disability.objects.create(community=house.kuocang, person=house.person, kind="4", grade="2")
    url = house.kuocang.ref.url("residents:visit_due")
    assert director.get(url).context["page"].paginator.count == 1
    assert director.get(f"{url}?area={house.area.uuid}").context["page"].paginator.count == 1
    assert director.get(f"{url}?years_to=20").context["page"].paginator.count == 0
    refused = director.get(f"{url}?years_from=9&years_to=1&category=disabled")
    assert refused.context["page"].paginator.count == 0
    assert "“年龄”的下限大于上限，因此没有列出走访对象" in refused.content.decode()
