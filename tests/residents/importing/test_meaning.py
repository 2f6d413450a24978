"""Interpretation of rows: deaths of new people, renamed people, whose name it is, where a family lives."""

import pytest

from community.people.models import Person
from residents.homes.models import Dwelling, Household, Residence
from tests.imports import counts, import_file, person
from tests.workbooks import ROSTER, resident_id, workbook

pytestmark = pytest.mark.django_db

MALE, FEMALE = resident_id("19600101", "601"), resident_id("19620101", "602")


@pytest.fixture
def load(house, tmp_path, capsys):
    """Import a table (header first) into xizhigou; the outcome of the command."""

    def import_table(*table, apply=True, **sheets):
        path = tmp_path / "名单.xlsx"
        path.write_bytes(workbook([list(row) for row in table], **sheets))
        return import_file(path, capsys, *(["--apply"] if apply else []))[1]

    return import_table


def _people(house) -> dict[str, Person]:
    return {person.name: person for person in Person.objects.filter(community=house.xizhigou)}


# Deaths of people who are not in the register (I1)


@pytest.mark.parametrize("flag", [True, False])
def test_death_of_a_new_person_creates_an_ended_residence(house, load, flag):
    header = ["姓名", "身份证号", "现住地址", *(["是否已死亡"] if flag else []), "死亡日期"]
    row = ["冯五", resident_id("19400101", "501"), "2幢1单元701", *(["是"] if flag else []), "2025-03-01"]
    outcome = load(header, row)
    assert (counts(outcome), outcome["errors"]) == ((1, 1, 0, 0, 0), [])
    residence = Residence.objects.get(person=_people(house)["冯五"])
    assert (str(residence.end), str(residence.person.died_on)) == ("2025-03-01", "2025-03-01")
    assert residence.person.place_label == ""
    assert counts(load(header, row)) == (1, 0, 0, 1, 0)


# Another name for an existing ID number (I10)

NAMED = ("姓名", "身份证号", "现住地址")


def test_other_name_for_an_existing_number_needs_a_decision(house, load):
    load(NAMED, ["张甲", MALE, "2幢1单元701"])
    outcome = load(NAMED, ["东张", MALE, "2幢1单元701"])
    assert counts(outcome) == (1, 0, 0, 0, 1)
    assert any("台账中这个证件号码是张甲" in warning["message"] for warning in outcome["warnings"])
    assert set(_people(house)) == {"张甲"}


@pytest.mark.parametrize(
    ("registered_name", "written_name"),
    [("阿依古丽·买买提", "阿依古丽买买提"), ("王芳", "王 芳"), ("王珊", "王姗"), ("李明", "李明")],
)
def test_dot_blank_and_homophone_are_the_same_name(house, load, registered_name, written_name):
    load(NAMED, [registered_name, MALE, "2幢1单元701"])
    outcome = load(NAMED, [written_name, MALE, "2幢1单元701"])
    assert outcome["duplicate"] == 0
    assert len(_people(house)) == 1


def test_former_name_is_the_same_name(house, load):
    header = ("姓名", "曾用名", "身份证号", "现住地址")
    load(header, ["张甲", "", MALE, "2幢1单元701"])
    assert counts(load(header, ["张新", "张甲", MALE, "2幢1单元701"])) == (1, 0, 1, 0, 0)
    assert counts(load(header, ["张甲", "", MALE, "2幢1单元701"]))[4] == 0


# Which column holds the person's name (I17)


@pytest.mark.parametrize(
    "title", ["救助对象姓名", "受益人姓名", "参保人姓名", "学生姓名", "诉求人姓名", "救助对象"]
)
def test_name_column_of_the_subject_is_mapped(house, load, title):
    family = [("张甲", MALE), ("李乙", FEMALE), ("张小", resident_id("20100101", "603"))]
    load(NAMED, *([name, number, "2幢1单元701"] for name, number in family))
    outcome = load(("户主姓名", title, "身份证号码"), *(["张甲", name, number] for name, number in family))
    assert (counts(outcome), outcome["errors"]) == ((3, 0, 0, 3, 0), [])
    assert set(_people(house)) == {"张甲", "李乙", "张小"}


def test_unmapped_name_column_prevents_use_of_the_head_name(house, load, tmp_path, capsys):
    load(NAMED, ["张甲", MALE, "2幢1单元701"], ["李乙", FEMALE, "2幢1单元701"])
    path = tmp_path / "x.xlsx"
    path.write_bytes(
        workbook(
            [
                ["户主姓名", "被抽查群众姓名", "身份证号码", "联系电话"],
                ["张甲", "张甲", MALE, ""],
                ["张甲", "李乙", FEMALE, ""],
            ]
        )
    )
    import_file(path, capsys, "--apply")
    assert set(_people(house)) == {"张甲", "李乙"}


# Addresses and source type (I2, I3, I18)


@pytest.mark.parametrize(
    ("header", "one", "other"),
    [
        (
            ("小区", "楼栋", "单元", "房号", "姓名", "身份证号"),
            ("滨江花园东区", "31幢", 2, 501),
            ("滨江花园西区", "31幢", 2, 501),
        ),
        (("楼栋", "单元", "房号", "姓名", "身份证号"), ("A区31幢", 2, 501), ("B区31幢", 2, 501)),
        (("现住地址", "姓名", "身份证号"), ("解放路10号31幢2单元501",), ("解放路12号31幢2单元501",)),
    ],
)
def test_estate_and_house_number_distinguish_buildings(house, load, header, one, other):
    outcome = load(header, [*one, "东张", MALE], [*other, "西李", FEMALE])
    assert outcome["errors"] == []
    dwellings = Dwelling.objects.filter(community=house.xizhigou)
    assert len({dwelling.building_id for dwelling in dwellings}) == 2
    labels = sorted(dwelling.label for dwelling in dwellings)
    assert labels == sorted(outcome["new_places"])
    assert len(set(labels)) == 2
    assert all(not label.startswith("31") for label in labels)


def test_household_number_alone_is_no_registration(house, load):
    header = "户号 楼栋 单元 房号 姓名 与户主关系 身份证号码 户籍地址".split()
    outcome = load(header, ["2", "31幢", "1单元", "102", "李外", "户主", FEMALE, "安徽省涡阳县城关街道"])
    assert outcome["errors"] == []
    residence = Residence.objects.get(person__name="李外")
    assert (residence.kind, residence.household.dwelling.label) == ("living", "31幢1单元102室")
    assert residence.person.registered_place == "安徽省涡阳县城关街道"


@pytest.mark.parametrize("title", ["现住地详址", "现房住址", "住址（细化到镇村组）", "现住地"])
def test_present_address_headers_are_recognised(house, load, title):
    outcome = load(
        ("姓名", "身份证号", "户籍地址", title), ["李外", FEMALE, "安徽省涡阳县城关街道", "2幢1单元701室"]
    )
    assert outcome["errors"] == []
    assert Residence.objects.get(person__name="李外").kind == "living"


def test_unmapped_address_column_leaves_the_source_type_open(house, load):
    header = ("姓名", "身份证号", "户籍地址", "目前落脚的住处")
    outcome = load(header, ["李外", FEMALE, "2幢1单元701室", "2幢1单元701室"])
    assert counts(outcome)[1] == 0
    [error] = outcome["errors"]
    assert "“目前落脚的住处”一栏没有采用" in error["message"]
    assert load(header[:3], ["李外", FEMALE, "2幢1单元701室"])["errors"] == []


@pytest.mark.parametrize("community_known", [True, False])
def test_registered_people_who_live_elsewhere_are_imported(house, load, community_known):
    if community_known:
        load(NAMED, ["张甲", MALE, "2幢1单元701"])
    header = ("姓名", "身份证号", "户籍地址", "现住地详址")
    outcome = load(header, ["李外", FEMALE, "2幢1单元702室", "广东省深圳市南山区科技园路8号"])
    assert outcome["errors"] == []
    residence = Residence.objects.get(person__name="李外")
    assert (residence.kind, residence.household.dwelling.label) == ("registered", "2幢1单元702室")
    assert residence.other_address == "广东省深圳市南山区科技园路8号"


def test_family_of_a_refused_head_does_not_join_another_household(house, load):
    first = person("李老", "2幢1单元701室", 与户主关系="户主", 身份证号码=MALE)
    load(ROSTER, [first.get(name) for name in ROSTER])
    family = [
        person("赵新", "2幢1单元701室", 与户主关系="户主", 身份证号码=resident_id("19700101", "611")),
        person("钱妻", "2幢1单元701室", 与户主关系="妻", 身份证号码=resident_id("19710101", "612")),
        person("赵子", "2幢1单元701室", 与户主关系="子", 身份证号码=resident_id("20000101", "613")),
    ]
    outcome = load(ROSTER, *([row.get(name) for name in ROSTER] for row in family))
    assert [error["value"] for error in outcome["errors"]] == ["户主"]
    people = _people(house)
    assert set(people) == {"李老", "钱妻", "赵子"}
    homes = {name: Residence.objects.get(person=each).household_id for name, each in people.items()}
    assert homes["钱妻"] == homes["赵子"] != homes["李老"]
    assert Household.objects.filter(community=house.xizhigou, kind="living").count() == 2


# Name cells without a name (I8)


@pytest.mark.parametrize(
    ("word", "use"),
    [
        ("空置", "vacant"),
        ("无人居住", "vacant"),
        ("空置（装修）", "vacant"),
        ("租户", "rented"),
        ("出租", "rented"),
    ],
)
def test_vacant_or_let_dwelling_creates_no_person(house, load, word, use):
    outcome = load(NAMED, [word, "", "2幢1单元701室"], ["张甲", MALE, "2幢1单元702室"])
    assert (outcome["errors"], outcome["new_places"]) == ([], ["2幢1单元701室", "2幢1单元702室"])
    assert set(_people(house)) == {"张甲"}
    uses = Dwelling.objects.filter(community=house.xizhigou).values_list("label", "use")
    assert dict(uses) == {"2幢1单元701室": use, "2幢1单元702室": "self"}
    assert counts(load(NAMED, [word, "", "2幢1单元701室"])) == (1, 0, 0, 1, 0)


def test_existing_dwelling_becomes_vacant_unless_occupied(house, load):
    load(NAMED, ["张甲", MALE, "2幢1单元701室"], ["出租", "", "2幢1单元702室"])
    outcome = load(NAMED, ["空置", "", "2幢1单元701室"], ["空置", "", "2幢1单元702室"])
    assert counts(outcome) == (2, 0, 1, 1, 0)
    assert any("登记有人居住，没有改为空置" in warning["message"] for warning in outcome["warnings"])
    uses = dict(Dwelling.objects.filter(community=house.xizhigou).values_list("label", "use"))
    assert uses == {"2幢1单元701室": "self", "2幢1单元702室": "vacant"}


@pytest.mark.parametrize("word", ["不详", "-", "待核实", "同上", "〃"])
def test_placeholder_names_are_refused(house, load, word):
    outcome = load(NAMED, ["张甲", MALE, "2幢1单元701室"], [word, FEMALE, "2幢1单元701室"])
    assert [(error["column"], error["value"]) for error in outcome["errors"]] == [("姓名", word)]
    assert set(_people(house)) == {"张甲"}


def test_vacant_dwelling_with_an_id_number_is_refused(house, load):
    [error] = load(NAMED, ["空置", MALE, "2幢1单元701室"])["errors"]
    assert "同一行却有证件号码" in error["message"]
