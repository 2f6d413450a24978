"""Import: matching and diff against people in the register."""

import datetime

import pytest
from django.utils import timezone

from community.people.models import Person
from community.places.models import HeadAppointment
from portal.access.db_scope import APP, scope
from portal.importing import batches
from portal.importing.proposal import propose
from portal.importing.protocol import ImportTarget
from portal.spreadsheets.reading import read_workbook
from residents.event_log.models import PopulationEvent
from residents.event_log.monthly_statement import monthly_statement
from residents.homes.models import Residence
from residents.importing.importer import PeopleImporter
from tests.imports import counts, import_file, person, roster, status_for
from tests.workbooks import resident_id, workbook

pytestmark = pytest.mark.django_db

HUSBAND, WIFE = resident_id("19800301", "111"), resident_id("19810405", "222")
GRID = "姓名 与其他人员关系 身份证号 性别 出生日期 门牌地址 户编号 是否已迁出 迁出日期 迁往地 是否已死亡 死亡日期 备注".split()


@pytest.fixture
def load(tmp_path, capsys):
    """Import people into xizhigou; returns the JSON output."""

    def load(*people, apply=True, header=None, content=None, community="xizhigou"):
        path = tmp_path / "表.xlsx"
        path.write_bytes(content or roster(*people, **({"header": header} if header else {})))
        options = ["--apply"] if apply else []
        status, outcome, stderr = import_file(path, capsys, *options, community=community)
        assert status == status_for(outcome, *options), stderr
        return outcome

    return load


def check(content: bytes, community):
    """The checked rows for the preview."""
    importer = PeopleImporter()
    into = ImportTarget(community.id, None, timezone.localdate())
    book = read_workbook(content, "表.xlsx")
    with scope(APP, communities=[community.id]):
        return batches.check_workbook(book, propose(book, importer), importer, into)


def the(name, community) -> Person:
    return Person.objects.get(community=community, name=name)


def test_changed_fields_are_shown_as_diff_and_written(house, load):
    load(person("李明", 身份证号码=HUSBAND, 联系电话="13800000001", 文化程度="高中", 与户主关系="户主"))
    row = person("李明", 身份证号码=HUSBAND, 联系电话="13900000002", 文化程度="本科", 与户主关系="户主")
    [checked] = check(roster(row), house.xizhigou).rows
    assert checked.verdict == "changed"
    assert checked.changes == [("文化程度", "高中", "大学本科"), ("联系电话", "13800000001", "13900000002")]
    assert counts(load(row)) == (1, 0, 1, 0, 0)
    li_ming = the("李明", house.xizhigou)
    assert (li_ming.phone, li_ming.education, li_ming.version) == ("13900000002", "20", 2)
    assert li_ming.read_id() == HUSBAND
    assert "13900000002" in li_ming.haystack
    assert counts(load(row)) == (1, 0, 0, 1, 0)


def test_blank_cell_never_clears_a_value(house, load):
    load(person("李明", 身份证号码=HUSBAND, 联系电话="13800000001", 工作单位="某厂", 与户主关系="户主"))
    assert counts(load(person("李明", 身份证号码=HUSBAND))) == (1, 0, 0, 1, 0)
    li_ming = the("李明", house.xizhigou)
    assert (li_ming.phone, li_ming.workplace) == ("13800000001", "某厂")
    assert Residence.objects.get(person=li_ming).is_head


def test_without_number_match_by_name_birth_and_dwelling(house, load):
    load(person("李明", 出生年月="1980-03"))
    assert counts(load(person("李明", 出生年月="1980.3.1"))) == (1, 0, 1, 0, 0)
    li_ming = the("李明", house.xizhigou)
    assert (li_ming.birth_date, li_ming.birth_precision) == (datetime.date(1980, 3, 1), "d")
    # A partial date matches: the year alone still identifies this person, and changes nothing.
    assert counts(load(person("李明", 出生年月="1980"))) == (1, 0, 0, 1, 0)
    # Another birth date or dwelling is another person.
    assert counts(load(person("李明", 出生年月="1990-01-01"))) == (1, 1, 0, 0, 0)
    assert counts(load(person("李明", "3幢2单元502室", 出生年月="1980-03"))) == (1, 1, 0, 0, 0)


def test_number_is_added_to_a_person_without_one(house, load):
    load(person("李明", 出生年月="1980-03"))
    row = person("李明", 身份证号码=HUSBAND)
    [checked] = check(roster(row), house.xizhigou).rows
    assert ("证件号码", "", "3301**************") in checked.changes
    assert not any(HUSBAND in str(part) for part in (checked.values, checked.changes, checked.summary))
    load(row)
    assert the("李明", house.xizhigou).read_id() == HUSBAND
    assert counts(load(row)) == (1, 0, 0, 1, 0)


def test_second_row_for_a_person_is_a_duplicate(house, load):
    outcome = load(
        person("李明", 身份证号码=HUSBAND, 联系电话="13800000001"),
        person("李明", 身份证号码=HUSBAND, 联系电话="13900000002"),
        person("李明", 出生年月="1980-03"),
        person("赵六", "5幢1单元101室", 出生年月="1970"),
        person("赵六", "5幢1单元101室", 出生年月="1970-02"),
    )
    assert counts(outcome) == (5, 2, 0, 0, 3)
    assert the("李明", house.xizhigou).phone == "13800000001"
    assert any("第 2 行是同一人" in warning["message"] for warning in outcome["warnings"])


def test_ambiguous_row_is_not_applied(house, load):
    load(person("李明", 身份证号码=HUSBAND), person("李明", 身份证号码=resident_id("19900101", "135")))
    outcome = load(person("李明"))
    assert counts(outcome) == (1, 0, 0, 0, 1)
    assert any("有 2 人与这一行相符" in warning["message"] for warning in outcome["warnings"])


def test_move_within_the_community(house, load):
    load(person("李明", 身份证号码=HUSBAND))
    row = person("李明", "5幢1单元101室", 身份证号码=HUSBAND)
    [checked] = check(roster(row), house.xizhigou).rows
    assert checked.changes == [("居住", "3幢2单元501室", "5幢1单元101室")]
    load(row)
    li_ming = the("李明", house.xizhigou)
    assert li_ming.place_label == "5幢1单元101室"
    old, new = Residence.objects.filter(person=li_ming).order_by("id")
    today = timezone.localdate()
    assert (old.end, new.end, new.start) == (today, None, today)
    assert [e.what for e in PopulationEvent.objects.filter(person=li_ming).order_by("id")] == [
        "entry",
        "transfer",
    ]
    assert counts(load(row)) == (1, 0, 0, 1, 0)
    statement = monthly_statement(house.xizhigou, today.replace(day=1))
    assert (statement.opening, statement.added, statement.removed, statement.closing) == (0, 1, 0, 1)


def grid(*rows: dict) -> bytes:
    return workbook([GRID, *([row.get(name) for name in GRID] for row in rows)])


def test_death_and_departure_end_residences(house, load):
    address = {"门牌地址": "3幢2单元501室"}
    load(
        content=grid(
            {"姓名": "李明", "身份证号": HUSBAND, "与其他人员关系": "户主", **address},
            {"姓名": "王芳", "身份证号": WIFE, "与其他人员关系": "妻", **address},
        )
    )
    today = timezone.localdate()
    rows = (
        {"姓名": "李明", "身份证号": HUSBAND, "是否已死亡": "是", "死亡日期": today.isoformat(), **address},
        {
            "姓名": "王芳",
            "身份证号": WIFE,
            "是否已迁出": "是",
            "迁出日期": today.isoformat(),
            "迁往地": "上海",
            **address,
        },
    )
    assert counts(load(content=grid(*rows))) == (2, 0, 2, 0, 0)
    husband, wife = the("李明", house.xizhigou), the("王芳", house.xizhigou)
    assert (husband.died_on, husband.place_label) == (today, "")
    residence = Residence.objects.get(person=wife)
    assert (residence.end, residence.end_precision, residence.other_address) == (today, "d", "上海")
    assert PopulationEvent.objects.get(person=husband, what="death").on == today
    assert PopulationEvent.objects.get(person=wife, what="move_out").on == today
    assert counts(load(content=grid(*rows))) == (2, 0, 0, 2, 0)
    statement = monthly_statement(house.xizhigou, today.replace(day=1))
    assert (statement.died, statement.moved_out, statement.closing) == (1, 1, 0)


def test_departure_long_ago_is_stored_without_an_event(house, load):
    row = {"姓名": "李明", "门牌地址": "3幢2单元501室", "是否已迁出": "是", "迁出日期": "2015-06-01"}
    assert counts(load(content=grid(row))) == (1, 1, 0, 0, 0)
    assert Residence.objects.get(person__name="李明").end == datetime.date(2015, 6, 1)
    statement = monthly_statement(house.xizhigou, timezone.localdate().replace(day=1))
    assert (statement.opening, statement.added, statement.removed, statement.closing) == (0, 0, 0, 0)
    assert counts(load(content=grid(row))) == (1, 0, 0, 1, 0)


def test_dead_person_is_not_moved_in(house, load):
    load(person("李明", 身份证号码=HUSBAND))
    Person.objects.filter(name="李明").update(died_on=datetime.date(2026, 1, 2))
    Residence.objects.filter(person__name="李明").update(end=datetime.date(2026, 1, 2), end_precision="d")
    outcome = load(person("李明", 身份证号码=HUSBAND))
    assert counts(outcome) == (1, 0, 0, 0, 0)
    assert "2026-01-02 去世" in outcome["errors"][0]["message"]


def test_posts_of_a_departed_person_are_a_warning(house, load):
    row = {"姓名": "张三", "门牌地址": "3幢1单元101室", "是否已死亡": "是", "死亡日期": "2026-11-01"}
    outcome = load(content=grid(row), community="kuocang", apply=False)
    assert counts(outcome) == (1, 0, 1, 0, 0)
    assert any("请另行办理" in warning["message"] for warning in outcome["warnings"])
    assert HeadAppointment.objects.get(person=house.person).end is None


def test_same_name_and_door_with_another_number_is_a_warning(house, load):
    load(person("李明", 身份证号码=HUSBAND))
    outcome = load(person("李明", 身份证号码=resident_id("19800301", "113")), apply=False)
    assert counts(outcome) == (1, 1, 0, 0, 0)
    [warning] = [w for w in outcome["warnings"] if "按另一人登记" in w["message"]]
    assert HUSBAND not in warning["message"]
