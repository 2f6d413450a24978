"""Households of an import: assignment, one head each, registered and living ones, and new places."""

import pytest

from community.accounts.models import RoleAssignment
from community.places.models import Building, Stairwell
from residents.homes.models import Dwelling, Household, Residence
from tests.imports import counts, import_file, person, roster, status_for
from tests.workbooks import resident_id, workbook

pytestmark = pytest.mark.django_db

HUSBAND, WIFE, OTHER = (
    resident_id("19800301", "111"),
    resident_id("19810405", "222"),
    resident_id("19700506", "333"),
)
WRONG = OTHER[:-1] + ("0" if OTHER[-1] != "0" else "1")
HUKOU = "户号 户别 户主 与户主关系 姓名 性别 公民身份号码 户籍住址".split()
SHEET = "序号 户主 与户主关系 姓名 性别 身份证号码 户籍地址 联系电话 签名 备注".split()


@pytest.fixture
def load(tmp_path, capsys):
    def load(content, *options, community="xizhigou"):
        path = tmp_path / "表.xlsx"
        path.write_bytes(content)
        options = options or ["--apply"]
        status, outcome, stderr = import_file(path, capsys, *options, community=community)
        assert status == status_for(outcome, *options), stderr
        return outcome

    return load


def table(header, *rows, **options) -> bytes:
    return workbook([header, *([row.get(name) for name in header] for row in rows)], **options)


def test_a_family_is_one_household_with_its_head(house, load):
    load(
        roster(
            person("李明", 与户主关系="户主", 户主姓名="李明", 身份证号码=HUSBAND),
            person("王芳", 与户主关系="妻", 户主姓名="李明", 身份证号码=WIFE),
        )
    )
    household = Household.objects.get(community=house.xizhigou)
    assert {(r.person.name, r.is_head, r.relation_class) for r in household.residences.all()} == {
        ("李明", True, "02"),
        ("王芳", False, "12"),
    }


def test_a_second_head_in_the_file_is_an_error(house, load):
    outcome = load(
        roster(
            person("李明", 与户主关系="户主", 身份证号码=HUSBAND),
            person("王五", 与户主关系="户主", 身份证号码=OTHER),
        )
    )
    assert counts(outcome) == (2, 1, 0, 0, 0)
    [error] = outcome["errors"]
    assert (error["row"], error["column"], error["value"]) == (3, "与户主关系", "户主")


def test_a_second_head_on_re_import_is_an_error(house, load):
    load(roster(person("李明", 与户主关系="户主", 身份证号码=HUSBAND)))
    outcome = load(roster(person("王五", 与户主关系="户主", 户主姓名="王五", 身份证号码=OTHER)))
    assert counts(outcome) == (1, 0, 0, 0, 0)
    assert "户主是李明" in outcome["errors"][0]["message"]
    assert not Residence.objects.filter(person__name="王五").exists()


def test_head_changes_when_the_file_has_both_rows(house, load):
    load(
        roster(
            person("李明", 与户主关系="户主", 身份证号码=HUSBAND),
            person("王芳", 与户主关系="妻", 身份证号码=WIFE),
        )
    )
    outcome = load(
        roster(
            person("王芳", 与户主关系="户主", 身份证号码=WIFE),
            person("李明", 与户主关系="丈夫", 身份证号码=HUSBAND),
        )
    )
    assert counts(outcome) == (2, 0, 2, 0, 0)
    assert Residence.objects.get(community=house.xizhigou, is_head=True).person.name == "王芳"
    assert Household.objects.filter(community=house.xizhigou).count() == 1


def test_refused_row_keeps_the_head(house, load):
    """The old head's row is refused, so the head stays, and the new head's row is refused too."""
    load(
        roster(
            person("李明", 与户主关系="户主", 身份证号码=HUSBAND),
            person("王芳", 与户主关系="妻", 身份证号码=WIFE),
        )
    )
    outcome = load(
        roster(
            person("王芳", 与户主关系="户主", 身份证号码=WIFE),
            person("李明", 与户主关系="丈夫", 身份证号码=HUSBAND[:-1] + ("0" if HUSBAND[-1] != "0" else "1")),
        )
    )
    assert {error["row"] for error in outcome["errors"]} == {2, 3}
    assert Residence.objects.get(community=house.xizhigou, is_head=True).person.name == "李明"


def test_family_of_a_refused_head_is_imported_without_head(house, load):
    outcome = load(
        roster(
            person("王五", 与户主关系="户主", 户主姓名="王五", 身份证号码=WRONG),
            person("王芳", 与户主关系="妻", 户主姓名="王五", 身份证号码=WIFE),
        )
    )
    assert counts(outcome) == (2, 1, 0, 0, 0)
    household = Household.objects.get(community=house.xizhigou)
    assert not household.residences.filter(is_head=True).exists()
    [warning] = [w for w in outcome["warnings"] if "没有户主" in w["message"]]
    assert warning["row"] == 2
    # The head joins the same household once the number is corrected.
    load(roster(person("王五", 与户主关系="户主", 户主姓名="王五", 身份证号码=OTHER)))
    assert Household.objects.get(community=house.xizhigou).residences.get(is_head=True).person.name == "王五"


def test_new_people_join_the_household_at_the_dwelling(house, load):
    load(roster(person("李明", 与户主关系="户主", 身份证号码=HUSBAND)))
    load(roster(person("李小", 与户主关系="长子", 户主姓名="李明")))
    assert Household.objects.get(community=house.xizhigou).residences.count() == 2


def test_a_household_sheet_states_registration(house, load):
    load(
        table(
            SHEET,
            {
                "户主": "李明",
                "与户主关系": "户主",
                "姓名": "李明",
                "身份证号码": HUSBAND,
                "户籍地址": "3幢2单元501室",
            },
            {"与户主关系": "妻", "姓名": "王芳", "身份证号码": WIFE},
        )
    )
    residences = Residence.objects.filter(community=house.xizhigou)
    assert set(residences.values_list("kind", flat=True)) == {"registered"}
    assert {r.household.dwelling.label for r in residences} == {"3幢2单元501室"}
    assert residences.get(is_head=True).person.name == "李明"


def test_hukou_book_with_numbers_and_collective_households(house, load):
    content = table(
        HUKOU,
        {"户号": "001", "户别": "家庭户", "户主": "李明", "与户主关系": "户主", "姓名": "李明", "公民身份号码": HUSBAND, "户籍住址": "3幢2单元501室"},
        {"户号": "900", "户别": "集体户", "户主": "", "与户主关系": "", "姓名": "王芳", "公民身份号码": WIFE, "户籍住址": "集体户"},
        {"户号": "900", "户别": "集体户", "户主": "", "与户主关系": "", "姓名": "王五", "公民身份号码": OTHER, "户籍住址": "集体户"},
    )  # fmt: skip
    outcome = load(content)
    assert counts(outcome) == (3, 3, 0, 0, 0)
    households_by_number = {h.number: h for h in Household.objects.filter(community=house.xizhigou)}
    assert set(households_by_number) == {"001", "900"}
    assert households_by_number["001"].dwelling.label == "3幢2单元501室"
    assert households_by_number["900"].dwelling is None
    assert households_by_number["900"].residences.count() == 2
    assert counts(load(content)) == (3, 0, 0, 3, 0)


def test_household_number_is_added_where_missing(house, load):
    row = {
        "户主": "李明",
        "与户主关系": "户主",
        "姓名": "李明",
        "公民身份号码": HUSBAND,
        "户籍住址": "3幢2单元501室",
    }
    load(table(HUKOU, {**row, "户别": "家庭户"}))
    assert counts(load(table(HUKOU, {**row, "户号": "001"}))) == (1, 0, 1, 0, 0)
    assert Household.objects.get(community=house.xizhigou).number == "001"


def test_household_number_used_elsewhere_is_a_warning_and_not_imported(house, load):
    rows = [
        {
            "户号": "1",
            "与户主关系": "户主",
            "姓名": "李明",
            "公民身份号码": HUSBAND,
            "户籍住址": "3幢2单元501室",
        },
        {"户号": "1", "与户主关系": "女", "姓名": "王芳", "公民身份号码": WIFE, "户籍住址": "5幢1单元101室"},
    ]
    outcome = load(table(HUKOU, *rows))
    assert counts(outcome)[:2] == (2, 2)
    assert any("户号已用于" in warning["message"] for warning in outcome["warnings"])
    assert sorted(h.number for h in Household.objects.filter(community=house.xizhigou)) == ["", "1"]
    assert counts(load(table(HUKOU, *rows))) == (2, 0, 0, 2, 0)


def test_existing_dwellings_match_every_spelling(house, load):
    forms = ["3幢1单元101室", "3-1-101", "3#1-101", "3栋一单元101", "３－１－１０１"]
    header = ["姓名", "性别", "身份证号码", "现住地址"]
    rows = [
        {
            "姓名": f"居民{letter}",
            "性别": "男",
            "身份证号码": resident_id("19900101", f"1{number}1"),
            "现住地址": form,
        }
        for number, (letter, form) in enumerate(zip("甲乙丙丁戊", forms, strict=True))
    ]
    outcome = load(table(header, *rows), community="kuocang")
    assert outcome["errors"] == []
    assert outcome["new_places"] == []
    assert Residence.objects.filter(household__dwelling=house.dwelling).count() == 6


def test_missing_stairwell_is_the_only_one_or_an_error(house, load):
    header = ["姓名", "性别", "身份证号码", "现住地址"]
    row = {"姓名": "李明", "性别": "男", "身份证号码": HUSBAND, "现住地址": "3幢501"}
    outcome = load(table(header, row), community="kuocang")
    assert "1单元" in outcome["errors"][0]["message"]
    assert "2单元" in outcome["errors"][0]["message"]
    RoleAssignment.objects.filter(stairwell=house.second).delete()
    house.second.delete()
    outcome = load(table(header, row), community="kuocang")
    assert outcome["new_places"] == ["3幢1单元501室"]
    assert Dwelling.objects.get(label="3幢1单元501室").stairwell == house.first


def test_building_without_stairwells_gets_an_unnamed_one(house, load):
    load(roster(person("李明", 身份证号码=HUSBAND, 楼栋="8幢", 单元=None, 房号="301")))
    stairwell = Stairwell.objects.get(community=house.xizhigou)
    assert (stairwell.name, stairwell.label) == ("", "8幢")
    assert Dwelling.objects.get(community=house.xizhigou).label == "8幢301室"


def test_sheet_name_gives_the_building(house, load):
    content = workbook(
        [["单元", "房号", "姓名", "身份证号码"], ["1", "101", "李明", HUSBAND]],
        [["单元", "房号", "姓名", "身份证号码"], ["1", "101", "王芳", WIFE]],
        names=["3幢", "5幢"],
    )
    outcome = load(content)
    assert outcome["new_places"] == ["3幢1单元101室", "5幢1单元101室"]
    assert set(Building.objects.filter(community=house.xizhigou).values_list("label", flat=True)) == {
        "3幢",
        "5幢",
    }


def test_same_building_number_in_two_estates(house, load):
    header = ["姓名", "性别", "身份证号码", "现住地址"]
    rows = [
        {"姓名": "李明", "性别": "男", "身份证号码": HUSBAND, "现住地址": "滨江花园3-2-501"},
        {"姓名": "王芳", "性别": "女", "身份证号码": WIFE, "现住地址": "绿洲家园3-2-501"},
    ]
    load(table(header, *rows))
    buildings = Building.objects.filter(community=house.xizhigou)
    assert {b.estate for b in buildings} == {"滨江花园", "绿洲家园"}
    assert len({b.label for b in buildings}) == 2
    assert counts(load(table(header, *rows))) == (2, 0, 0, 2, 0)


def test_shops_garages_and_basements_get_their_use(house, load):
    header = ["姓名", "性别", "身份证号码", "现住地址"]
    rows = [
        {"姓名": "李明", "性别": "男", "身份证号码": HUSBAND, "现住地址": "商铺3-1"},
        {"姓名": "王芳", "性别": "女", "身份证号码": WIFE, "现住地址": "3幢地下室"},
    ]
    load(table(header, *rows))
    use_by_label = {d.label: (d.use, d.stairwell) for d in Dwelling.objects.filter(community=house.xizhigou)}
    assert use_by_label == {"3幢商铺1": ("shop", None), "3幢地下室": ("basement", None)}
    assert counts(load(table(header, *rows))) == (2, 0, 0, 2, 0)
