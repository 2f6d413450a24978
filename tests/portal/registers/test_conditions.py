"""Conditions of a list: ranges and their sentences, chips, and the panel 更多条件 of every register."""

import datetime

import pytest
from django.http import QueryDict

from community.people.models import Person
from portal.access.user_access import Access
from portal.registers.filters import FilteredList, ListRequest, declared_filters
from portal.registers.registry import all_registers, get_register

pytestmark = pytest.mark.django_db
PEOPLE, DWELLINGS = get_register("residents:person"), get_register("residents:dwelling")
WITH_PANEL = [
    pytest.param(register, id=register.label)
    for register in all_registers()
    if any(each.group for each in declared_filters(register))
]


@pytest.fixture
def listing(house, cast):
    access = Access.of(cast["director"])

    def of(query: str, register=PEOPLE) -> FilteredList:
        return FilteredList(register, ListRequest(QueryDict(query), access, house.kuocang.ref))

    return of


@pytest.fixture
def director(client, cast):
    client.force_login(cast["director"])
    return client


def born(house, *days) -> list[Person]:
    return [
        Person.objects.create(
            community=house.kuocang, name=f"某{day}", birth_date=day, birth_precision="d", name_key=str(day)
        )
        for day in days
    ]


def names(listing: FilteredList) -> set[str]:
    return {person.name for person in listing.rows}


def test_both_ends_of_a_range_of_days_belong_to_it(house, listing):
    born(house, "2024-01-31", "2024-02-01", "2024-02-29", "2024-03-01")
    assert names(listing("birth_from=2024-02-01&birth_to=2024-02-29")) == {"某2024-02-01", "某2024-02-29"}
    assert names(listing("birth_from=2024-02-29&birth_to=2024-02-29")) == {"某2024-02-29"}
    assert names(listing("birth_from=2024-03-01&birth_to=")) == {"某2024-03-01"}
    assert names(listing("birth_from=&birth_to=2024-01-31")) == {"张三", "某2024-01-31"}
    assert len(names(listing("birth_from=&birth_to="))) == 5


def test_ages_are_full_years(house, listing, today):
    """Whoever is 65 tomorrow is 64 today."""
    birthday = today.replace(year=today.year - 65)
    born(house, birthday, birthday + datetime.timedelta(days=1), birthday.replace(year=today.year - 66))
    assert names(listing("years_from=65&years_to=65")) == {f"某{birthday}"}
    assert names(listing("years_from=65")) == {f"某{birthday}", f"某{birthday.replace(year=today.year - 66)}"}
    assert f"某{birthday + datetime.timedelta(days=1)}" in names(listing("years_to=64"))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("years_from=70&years_to=60", "“年龄”的下限大于上限"),
        ("years_from=abc", "“年龄”应填整数"),
        ("years_from=-1", "“年龄”不能小于0"),
        ("years_to=99999999999999999999", "“年龄”不能大于150"),
        ("birth_from=2024-03-01&birth_to=2024-02-29", "“出生日期”的起始日期晚于截止日期"),
        ("birth_to=2023-02-29", "“出生日期”应填日期，如2026-11-30"),
        ("moved_in_from=昨天", "“迁入”应填日期，如2026-11-30"),
        ("area=junk", "条件“片区”已不能使用"),
        ("relation=junk", "条件“与户主关系”已不能使用"),
        ("care=junk", "条件“属于其中任一类”已不能使用"),
        ("years_until=60", "有 1 项条件已经取消，或者您无权使用"),
    ],
)
def test_invalid_condition_is_a_sentence_and_no_rows(query, sentence, house, listing, director):
    assert listing(query).problem == sentence
    assert not listing(query).rows
    page = director.get(f"{PEOPLE.url('list', house.kuocang.ref)}?{query}&more=1")
    assert page.status_code == 200
    assert f"{sentence}，因此没有列出记录" in page.content.decode()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("years_from=65", "年龄：65岁以上"),
        ("years_to=6", "年龄：6岁以下"),
        ("years_from=7&years_to=7", "年龄：7岁"),
        ("birth_from=2024-02-01&birth_to=2024-02-29", "出生日期：2024-02-01至2024-02-29"),
        ("birth_from=2024-02-01", "出生日期：2024-02-01起"),
        ("died_to=2024-02-01", "去世：2024-02-01及以前"),
        ("care=disabled&care=elderly", "属于其中任一类：残疾人、老年人"),
        ("ethnic=minority&relation=head", "与户主关系：户主；民族：少数民族"),
    ],
)
def test_conditions_in_words(query, words, listing):
    assert listing(query).words == words


def test_numbers_with_decimals_are_compared_as_they_are(house, listing):
    house.dwelling.area_m2 = "89.50"
    house.dwelling.save()
    assert listing("area_m2_from=89.5&area_m2_to=89.5", DWELLINGS).rows.count() == 1
    assert listing("area_m2_from=89.51", DWELLINGS).rows.count() == 0
    assert listing("area_m2_from=89.5", DWELLINGS).words == "面积：89.5平方米以上"


def test_each_chip_removes_its_condition_alone(house, director):
    url = PEOPLE.url("list", house.kuocang.ref)
    page = director.get(f"{url}?q=张&sex=M&years_from=20&years_to=90&area={house.area.uuid}&sort=age&page=1")
    chips = {chip.label: chip for chip in page.context["conditions"].chips}
    assert {label: chip.words for label, chip in chips.items()} == {
        "搜索": "张",
        "性别": "男",
        "年龄": "20–90岁",
        "片区": "第一片区",
    }
    for label, chip in chips.items():
        assert f'href="{chip.url.replace("&", "&amp;")}"' in page.content.decode()
        after = director.get(chip.url).context["conditions"]
        assert {each.label for each in after.chips} == chips.keys() - {label}
        assert "sort=age" in chip.url
        assert "page" not in chip.url


def test_an_invalid_condition_can_be_removed_alone(house, director):
    url = PEOPLE.url("list", house.kuocang.ref)
    page = director.get(f"{url}?sex=M&years_from=70&years_to=60")
    chips = {chip.label: chip for chip in page.context["conditions"].chips}
    assert {label: chip.words for label, chip in chips.items()} == {"性别": "男", "年龄": "填写有误"}
    after = director.get(chips["年龄"].url)
    assert after.context["problem"] == ""
    assert [chip.label for chip in after.context["conditions"].chips] == ["性别"]


@pytest.mark.parametrize("register", WITH_PANEL)
def test_panel_is_left_out_until_it_is_opened(register, house, director):
    """By a script alone, without one by a link to the whole page; what is set in it is carried while it is closed."""
    url = register.url("list", house.kuocang.ref)
    names = [each.name for each in declared_filters(register) if each.group]
    chosen = {
        "community:financeentry": ("special", "donation"),
        "services:request": ("rating", "none"),
        "partybuilding:member": ("relation", "reporting"),
    }
    first, value = chosen.get(register.label, (names[0], house.area.uuid))
    query = f"{first}={value}"
    closed = director.get(f"{url}?{query}").content.decode()
    assert f'<input type="hidden" name="{first}" value="{value}">' in closed
    assert f'<select name="{first}"' not in closed
    headers = {"HX-Request": "true", "HX-Target": "more-conditions"}
    panel = director.get(f"{url}?{query}&more=1", headers=headers).content.decode()
    whole = director.get(f"{url}?{query}&more=1").content.decode()
    for page in (panel, whole):
        assert f'<select name="{first}"' in page
        assert f'value="{value}" selected' in page
    assert "<html" in whole
    assert "<html" not in panel


def test_panel_has_what_its_reader_may_use(house, cast, client):
    url = f"{PEOPLE.url('list', house.kuocang.ref)}?more=1"
    client.force_login(cast["finance"])
    page = client.get(url).content.decode()
    assert "years_from" in page
    for name in ("birth_from", "born_from", 'name="education"', 'name="care"'):
        assert name not in page
    client.force_login(cast["director"])
    page = client.get(url).content.decode()
    for name in ("birth_from", "born_from", 'name="education"', 'name="care"', 'name="no_care"'):
        assert name in page


def test_places_narrow_each_other(house, director):
    """The others stay valid: who changes the area afterwards gets an empty list."""
    url = f"{PEOPLE.url('list', house.kuocang.ref)}?more=1&area={house.area.uuid}"
    form = director.get(url).context["conditions"].form
    assert [str(value) for value, _ in form.fields["stairwell"].choices] == [
        "",
        "null",
        str(house.first.uuid),
    ]
    page = director.get(f"{url}&stairwell={house.second.uuid}")
    assert page.context["problem"] == ""
    assert page.context["page"].paginator.count == 0
    assert str(house.second.uuid) in page.content.decode()
