"""`manage.py import_residents`: output, written rows, exit status."""

import pytest
from django.core.management import call_command

from community.people.models import Person
from community.places.models import Building, Stairwell
from portal.importing.models import ImportBatch
from residents.event_log.models import PopulationEvent
from residents.homes.models import Dwelling, Household, Residence
from tests.imports import counts, import_file, person, roster
from tests.workbooks import resident_id, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def parsed_here():
    """By children, as in use."""


HUSBAND, WIFE = resident_id("19800301", "111"), resident_id("19810405", "222")
WRONG = HUSBAND[:-1] + ("0" if HUSBAND[-1] != "0" else "1")


@pytest.fixture
def family(tmp_path):
    """A file with a couple, registered where they live."""
    path = tmp_path / "花名册.xlsx"
    address = {"户籍地址": "3幢2单元501室", "户主姓名": "李明"}
    path.write_bytes(
        roster(
            person("李明", 与户主关系="户主", 身份证号码=HUSBAND, 联系电话="13800000001", **address),
            person("王芳", 与户主关系="妻", 身份证号码=WIFE, **address),
        )
    )
    return path


def test_import_into_an_empty_community(house, family, capsys):
    status, outcome, stderr = import_file(family, capsys, "--apply")
    assert (status, stderr) == (0, "")
    assert counts(outcome) == (2, 2, 0, 0, 0)
    assert outcome["new_places"] == ["3幢2单元501室"]
    assert outcome["applied"] is True
    assert outcome["errors"] == []

    community = house.xizhigou
    assert Building.objects.get(community=community).key == "3"
    assert Stairwell.objects.get(community=community).label == "3幢2单元"
    dwelling = Dwelling.objects.get(community=community)
    assert (dwelling.label, dwelling.floor, dwelling.use) == ("3幢2单元501室", 5, "self")
    husband = Person.objects.get(community=community, name="李明")
    assert husband.read_id() == HUSBAND
    assert (husband.sex, str(husband.birth), husband.id_mask[:5]) == ("M", "1980年3月1日", "3301*")
    assert (husband.place_label, husband.phone) == ("3幢2单元501室", "13800000001")
    assert "liming lm 13800000001 3幢2单元501室" in husband.haystack
    assert sorted(Household.objects.filter(community=community).values_list("kind", flat=True)) == [
        "living",
        "registered",
    ]
    heads = Residence.objects.filter(community=community, is_head=True)
    assert {(r.person.name, r.kind, r.relation_class) for r in heads} == {
        ("李明", "living", "02"),
        ("李明", "registered", "02"),
    }
    assert {e.what for e in PopulationEvent.objects.filter(community=community)} == {"entry"}
    assert PopulationEvent.objects.filter(community=community).count() == 4


def test_history_names_the_import(house, family, capsys):
    import_file(family, capsys, "--apply")
    event = Person.objects.get(community=house.xizhigou, name="李明").events.get()
    batch = ImportBatch.objects.get()
    assert event.pgh_label == "insert"
    assert event.pgh_context["action"] == f"import {batch.uuid}"
    assert "花名册.xlsx" in event.pgh_context["reason"]


def test_without_apply_nothing_is_written(house, family, capsys):
    before = Person.objects.count()
    status, outcome, _ = import_file(family, capsys)
    assert status == 0
    assert counts(outcome) == (2, 2, 0, 0, 0)
    assert outcome["applied"] is False
    assert outcome["new_places"] == ["3幢2单元501室"]
    assert Person.objects.count() == before
    assert not Building.objects.filter(community=house.xizhigou).exists()
    assert not ImportBatch.objects.exists()


def test_reimport_changes_nothing(house, family, capsys):
    import_file(family, capsys, "--apply")
    history = Person.pgh_event_model.objects.count()
    status, outcome, _ = import_file(family, capsys, "--apply")
    assert status == 0
    assert counts(outcome) == (2, 0, 0, 2, 0)
    assert outcome["new_places"] == []
    assert Person.objects.filter(community=house.xizhigou).count() == 2
    assert Residence.objects.filter(community=house.xizhigou).count() == 4
    assert PopulationEvent.objects.filter(community=house.xizhigou).count() == 4
    assert Person.pgh_event_model.objects.count() == history


def test_import_does_not_touch_another_community(house, family, capsys):
    import_file(family, capsys, "--apply")
    import_file(family, capsys, "--apply", community="beizheng")
    assert Person.objects.filter(community=house.xizhigou, name="李明").count() == 1
    assert Person.objects.filter(community=house.beizheng, name="李明").count() == 1
    assert set(Person.objects.filter(community=house.kuocang).values_list("name", flat=True)) == {"张三"}


def test_valid_rows_are_applied_and_errors_skipped(house, tmp_path, capsys):
    path = tmp_path / "a.xlsx"
    path.write_bytes(roster(person("李明", 身份证号码=WRONG), person("王芳", 身份证号码=WIFE)))
    status, outcome, _ = import_file(path, capsys, "--apply")
    assert status == 0
    assert counts(outcome) == (2, 1, 0, 0, 0)
    [error] = outcome["errors"]
    assert {key: error[key] for key in ("sheet", "row", "column", "value")} == {
        "sheet": "Sheet1",
        "row": 2,
        "column": "身份证号码",
        "value": "3301**************",
    }
    assert "核对" in error["message"]
    assert set(Person.objects.filter(community=house.xizhigou).values_list("name", flat=True)) == {"王芳"}


def test_json_output_contains_counts_and_account(house, family, capsys):
    _, outcome, _ = import_file(family, capsys)
    assert list(outcome) == [
        "rows",
        "new",
        "changed",
        "unchanged",
        "duplicate",
        "new_places",
        "warnings",
        "errors",
        "applied",
        "source_rows",
        "rows_by_kind",
        "sheets",
        "used_columns",
        "ignored_columns",
    ]


def test_warnings_mask_id_numbers(house, tmp_path, capsys):
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        roster(person("李明", 身份证号码="330106800301111"), person("王芳", 身份证号码="E12345678"))
    )
    _, outcome, _ = import_file(path, capsys)
    values = [w["value"] for w in outcome["warnings"] if w["column"] == "身份证号码"]
    assert values == ["3301***********", "E1*******"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7 no spreadsheet", "不是 .xlsx"),
        (b"", "文件是空的"),
        (workbook([["只是一句话"], ["没有表头"]]), "没有找到表头"),
        (workbook([["序号", "性别", "民族", "备注"], [1, "男", "汉", ""]]), "没有找到“姓名”栏"),
    ],
)
def test_unusable_file_prints_one_sentence_and_exits_with_2(house, tmp_path, capsys, content, sentence):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    status, outcome, stderr = import_file(path, capsys, "--apply")
    assert (status, outcome) == (2, None)
    assert sentence in stderr
    assert stderr.count("\n") == 1
    assert not ImportBatch.objects.exists()


def test_unknown_community_or_missing_file_exits_with_2(house, family, tmp_path, capsys):
    status, _, stderr = import_file(family, capsys, community="nirgends")
    assert status == 2
    assert "没有代号为 nirgends 的社区" in stderr
    status, _, stderr = import_file(tmp_path / "nope.xlsx", capsys)
    assert status == 2
    assert "没有找到文件" in stderr


def test_text_output_is_in_sentences(house, family, capsys):
    capsys.readouterr()
    call_command("import_residents", str(family), "--community", "xizhigou")
    output = capsys.readouterr().out
    assert "共 2 人：新增 2 人" in output
    assert "没有写入" in output
    assert HUSBAND not in output


def test_control_characters_of_a_cell_are_dropped(house, tmp_path, capsys):
    path = tmp_path / "a.xlsx"
    path.write_bytes(roster(person("李\x00明", 身份证号码=HUSBAND, 工作单位="甲\x1f乙\x1e")))
    status, outcome, _ = import_file(path, capsys, "--apply")
    assert status == 0
    assert counts(outcome) == (1, 1, 0, 0, 0)
    assert Person.objects.get(community=house.xizhigou).workplace == "甲乙"
