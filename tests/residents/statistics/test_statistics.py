"""Statistics: every count equals its drill-down list; small counts are suppressed without the right."""

import datetime
import io
from urllib.parse import urlsplit

import openpyxl
import pytest
from django.http import QueryDict
from django.urls import resolve, reverse

from community.people.models import Person
from community.places.models import Building, Stairwell
from portal.access.user_access import Access
from portal.registers.filters import FilteredList, ListRequest, parameters
from portal.registers.registry import get_register
from portal.values.partial_dates import years_before
from residents.care.models.elder import Elder
from residents.care.models.unemployed import Unemployed
from residents.homes.models import Dwelling, Household, Residence
from residents.homes.place_filters import StatisticsPlace
from residents.statistics.counts import StatisticsCounts
from residents.statistics.tables import tables_of
from residents.verification.models import Verification

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(house, cast, today):
    """More dwellings and people: of every state, in two areas, at no stairwell, and in a collective household."""
    c = house.kuocang
    shop = Dwelling.objects.create(community=c, building=house.building, room="商铺1", use="shop")
    other = Building.objects.create(community=c, label="5幢", key="5")
    plain = Stairwell.objects.create(community=c, building=other, name="1单元")
    homes = [
        Dwelling.objects.create(community=c, building=s.building, stairwell=s, room=room)
        for s, room in ((house.first, "102"), (house.second, "201"), (plain, "101"))
    ]

    def household(kind, dwelling):
        return Household.objects.create(community=c, kind=kind, dwelling=dwelling)

    def person(name, age=None, lives=None, hukou=None, **facts) -> Person:
        born = years_before(today, age) if age is not None else None
        fields = {"birth_date": born, "birth_precision": "d" if born else ""} | facts
        new_person = Person.objects.create(community=c, name=name, name_key=name, **fields)
        for kind, at in (("living", lives), ("registered", hukou)):
            if at:
                Residence.objects.create(community=c, person=new_person, household=at, kind=kind)
        if lives:
            Person.objects.filter(pk=new_person.pk).update(place_label=lives.dwelling.label)
        return new_person

    first, second, third = (household("living", d) for d in homes)
    hukou, far = household("registered", homes[0]), household("registered", homes[2])
    collective = household("registered", None)
    at_shop = household("living", shop)
    household("living", homes[2])  # nobody in it
    people = [
        person("a", 79, first, hukou, sex="F", education="60"),
        person("b", 80, first, hukou, sex="M", education="60", political="01"),
        person("c", 6, first, far, sex="F"),
        person("d", 7, second, None, sex="M", marital="10"),
        person("e", None, second, collective),
        person("f", 104, third, far, sex="F"),
        person("g", 59, None, hukou, sex="M"),
        person("h", 60, at_shop, None, sex="F", employment="54"),
    ]
    person("gone", 40, None, None, sex="M")
    Residence.objects.create(
        community=c, person=people[7], household=third, kind="living", start=datetime.date(2020, 1, 1),
        end=datetime.date(2021, 1, 1),
    )  # fmt: skip
    for entry in people[:3]:
        Elder.objects.create(community=c, person=entry)
    Elder.objects.create(
        community=c, person=people[5], start=datetime.date(2000, 1, 1), end=datetime.date(2001, 1, 1)
    )
    Unemployed.objects.create(community=c, person=people[6])
    Verification.objects.create(
        community=c, dwelling=homes[1], stairwell=house.second, by=cast["staff"], at=f"{today}T08:00+08:00"
    )
    Person.objects.create(community=house.beizheng, name="z", name_key="z", sex="M")
    return house


def rows_behind(url: str, access: Access, community):
    """The rows of the list at a URL."""
    parts = urlsplit(url)
    register = get_register(resolve(parts.path).view_name.removesuffix("_list"))
    request = ListRequest(QueryDict(parts.query), access, community)
    listing = FilteredList(register, request)
    assert listing.problem == "", listing.form.errors
    assert set(request.GET) <= set(parameters(listing.form)), url
    assert bool(listing.words) == bool(parts.query)
    return listing.rows


@pytest.mark.parametrize("where", ["whole", "area", "first", "second"])
def test_every_count_equals_the_length_of_its_linked_list(town, cast, where):
    place = {
        "whole": StatisticsPlace(), "area": StatisticsPlace(town.area),
        "first": StatisticsPlace(stairwell=town.first), "second": StatisticsPlace(town.area, town.second),
    }[where]  # fmt: skip
    access, community = Access.of(cast["director"]), town.kuocang.ref
    cells = [
        (table.key, line.label, cell)
        for table in tables_of(access, StatisticsCounts(community, place))
        for line in table.lines
        for cell in line.cells
    ]
    assert [(key, label) for key, label, cell in cells if cell.value and not cell.url] == []
    assert sum(bool(cell.url) for *_, cell in cells) > 20
    wrong = {
        (key, label, cell.url): (cell.value, count)
        for key, label, cell in cells
        if cell.url and (count := rows_behind(cell.url, access, community).count()) != cell.value
    }
    assert wrong == {}


def test_counts_of_the_statistics(town, cast):
    tables = {
        table.key: {line.label: [cell.value for cell in line.cells] for line in table.lines}
        for table in tables_of(
            Access.of(cast["director"]), StatisticsCounts(town.kuocang.ref, StatisticsPlace())
        )
    }
    # Men, women, whose sex is not known, all; 张三 of the house is a man of 56.
    assert tables["groups"]["0–6岁"] == [0, 1, 0, 1]
    assert tables["groups"]["7–17岁"] == [1, 0, 0, 1]
    assert tables["groups"]["60–79岁"] == [0, 2, 0, 2]
    assert tables["groups"]["80岁以上"] == [1, 1, 0, 2]
    assert tables["groups"]["出生日期不详"] == [0, 0, 1, 1]
    assert tables["pyramid"]["合计"] == tables["groups"]["合计"] == [3, 4, 1, 8]
    assert tables["pyramid"]["100岁以上"] == [0, 1, 0, 1]
    assert [number for (number,) in tables["registration"].values()] == [5, 3, 8, 1, 6, 3]
    assert {label: n for label, (n,) in tables["sizes"].items() if n} == {
        "1人": 3, "2人": 1, "3人": 1, "合计": 5,
    }  # fmt: skip
    assert tables["areas"] == {
        "第一片区": [2, 2, 4, 1, 3, 0],
        "未划片区": [3, 3, 4, 2, 3, 1],
        "合计": [5, 5, 8, 3, 6, 1],
    }
    assert tables["stairwells"]["不属于楼道的房屋和集体户"] == [1, 1, 1, 1, 1, 0]
    assert tables["education"] == {"高中": [2], "未填": [6], "合计": [8]}
    assert tables["care"]["老年人"] == [3]
    assert tables["care"]["失业人员"] == [1]


@pytest.mark.parametrize(("who", "where"), [("staff", ""), ("party", "?area={}"), ("supervisor", "?area={}")])
def test_small_care_counts_are_hidden_without_the_right(town, cast, client, who, where):
    client.force_login(cast[who])
    url = reverse("residents:statistics", kwargs={"community": "kuocang"}) + where.format(town.area.uuid)
    tables = {table.key: table for table, _ in client.get(url).context["tables"]}
    cells_by_label = {line.label: [cell.shown for cell in line.cells] for line in tables["care"].lines}
    # Suppressed counts are those of the whole community, so that differences disclose nothing; and no sums.
    assert cells_by_label.pop("老年人") == [3]
    assert set(map(tuple, cells_by_label.values())) == {("少于3",)}
    assert "合计" not in cells_by_label
    assert not any(cell.url for line in tables["care"].lines for cell in line.cells)
    assert ("education" in tables) == (who == "staff")
    listed = client.get(
        reverse("residents:person_list", kwargs={"community": "kuocang"}), {"care": "elderly"}
    )
    assert listed.context["page"].paginator.count == 0  # the filter is not there, and nothing is listed by it
    book = client.get(reverse("residents:statistics_export", kwargs={"community": "kuocang"}))
    sheet = openpyxl.load_workbook(io.BytesIO(book.content))["重点人群（全社区）"]
    assert {row[1] for row in sheet.iter_rows(min_row=2, values_only=True)} == {3, "少于3"}


def test_chart_shows_the_same_counts(town, cast, client):
    client.force_login(cast["director"])
    page = client.get(reverse("residents:statistics", kwargs={"community": "kuocang"}))
    images = {table.key: image["url"] for table, image in page.context["tables"] if image}
    assert set(images) == {"pyramid", "groups", "registration", "sizes", "areas"}
    for url in images.values():
        drawn = client.get(url)
        assert drawn["Content-Type"].startswith("image/svg+xml")
        assert b"<svg" in drawn.content
    assert client.get(images["areas"].replace("areas", "care")).status_code == 404


def test_linked_list_shows_its_conditions(town, cast, client):
    client.force_login(cast["supervisor"])
    page = client.get(reverse("residents:statistics", kwargs={"community": "kuocang"}))
    tables = {table.key: table for table, _ in page.context["tables"]}
    cell = next(line for line in tables["stairwells"].lines if line.label == "3幢1单元").cells[2]
    listed = client.get(cell.url)
    assert listed.context["page"].paginator.count == cell.value
    assert ("楼道", "3幢1单元") in [(chip.label, chip.words) for chip in listed.context["conditions"].chips]
    assert tables["stairwells"].lines[0].cells[0].url == ""  # dwellings are closed to supervisors
