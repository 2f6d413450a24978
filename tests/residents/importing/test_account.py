"""Import of people: further sheets, header spellings, and the account of every row and column of a file."""

import re

import pytest
from django.core.management import call_command

from community.people.models import Person
from portal.importing.account import UNACCOUNTED, FileAccount, SheetAccount
from portal.importing.models import ImportBatch
from portal.importing.protocol import CheckedRow
from portal.spreadsheets.headers import find_header
from portal.spreadsheets.reading import read_workbook
from residents.importing.importer import PeopleImporter
from tests.imports import Pages, counts, import_file, person, roster
from tests.workbooks import ROSTER, resident_id, workbook

pytestmark = pytest.mark.django_db

HUSBAND, WIFE = resident_id("19800301", "111"), resident_id("19810405", "222")
WRONG = HUSBAND[:-1] + ("0" if HUSBAND[-1] != "0" else "1")
SUMMARY = [
    ["序号", "楼栋", "单元", "户数", "人数", "备注"],
    [1, "3幢", "2单元", 12, 30, ""],
    [2, "3幢", "1单元", 12, 31, ""],
]
PEOPLE = [
    list(ROSTER),
    *(
        [row.get(name) for name in ROSTER]
        for row in (person("李明", 身份证号码=HUSBAND), person("王芳", 身份证号码=WIFE))
    ),
]


@pytest.fixture
def run(house, tmp_path, capsys):
    def load(*sheets, names=(), apply=True, **options):
        path = tmp_path / "表.xlsx"
        path.write_bytes(workbook(*sheets, names=names, **options))
        return import_file(path, capsys, *(["--apply"] if apply else []))

    return load


def ignored(outcome) -> dict:
    return {c["column"]: (c["sheet"], c["filled"], c["looks_like"]) for c in outcome["ignored_columns"]}


# Further sheets


@pytest.mark.parametrize("order", [("汇总表", "花名册"), ("花名册", "汇总表")])
def test_summary_sheet_is_skipped_with_its_reason(run, house, order):
    sheets = {"汇总表": SUMMARY, "花名册": PEOPLE}
    status, outcome, output = run(*(sheets[name] for name in order), names=order)
    assert (status, output, counts(outcome)) == (0, "", (2, 2, 0, 0, 0))
    read = {sheet["sheet"]: (sheet["read"], sheet["reason"]) for sheet in outcome["sheets"]}
    assert read == {"花名册": (True, ""), "汇总表": (False, "没有“姓名”栏")}
    [warning] = [w for w in outcome["warnings"] if w["sheet"] == "汇总表"]
    assert "没有“姓名”栏" in warning["message"]
    assert outcome["source_rows"] == 6
    assert outcome["rows_by_kind"]["unread"] == 3


def test_page_lists_a_skipped_sheet_unticked(client, cast, house):
    client.force_login(cast["staff"])
    pages = Pages(client)
    pages.upload(workbook(SUMMARY, PEOPLE, names=["汇总表", "花名册"]))
    batch = pages.batch()
    page = " ".join(pages.show(batch).content.decode().split())
    assert batch.mapping["used"] == ["花名册"]
    assert re.search(r'value="花名册" checked>', page)
    assert re.search(r'value="汇总表"> 汇总表（没有“姓名”栏，不导入）', page)
    refused = client.post(
        pages.url("import_mapping", batch), pages.mapping(batch) | {"sheet": ["汇总表", "花名册"]}
    )
    assert refused.status_code == 422
    assert "工作表“汇总表”：请指定哪一栏是“姓名”" in refused.content.decode()


def test_file_of_summaries_only_names_its_sheet(run):
    status, _, output = run(SUMMARY, names=["汇总表"])
    assert status == 2
    assert "工作表“汇总表”没有找到“姓名”栏" in output


def test_sheets_without_header_are_named(run):
    status, _, output = run([["随便"], ["写写"]], [["几句"]], names=["说明", "附言"])
    assert status == 2
    assert "工作表“说明”“附言”没有找到表头" in output


def test_skipped_sheet_with_id_numbers_is_a_loud_warning(run):
    _, outcome, _ = run(PEOPLE, [["某", "某号"], ["陈大", WRONG]], names=["花名册", "补充"])
    [warning] = [w for w in outcome["warnings"] if w["sheet"] == "补充"]
    assert "没有找到表头" in warning["message"]
    assert "1 行像有证件号码" in warning["message"]


# Header spellings


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("姓名（与身份证一致）", "姓名"),
        ("身份证号码（18位）", "身份证号码"),
        ("楼栋（如1幢）", "楼幢"),
        ("性别（男/女）", "性别"),
        ("联系电话（手机）", "联系电话"),
        ("居民身份证", "身份证号码"),
        ("手机号码1", "联系电话"),
        ("居住处所", "现住地址"),
        ("姓名\n与身份证一致", "姓名"),
        ("身份证\n号码\n（18位）", "身份证号码"),
        ("政治面貌【群众、党员】", "政治面貌"),
        ("出生年月(如1985.03", "出生日期"),
    ],
)
def test_hints_in_brackets_and_further_lines_are_hints(run, header, field):
    others = [name for name in ("姓名", "身份证号码", "现住地址", "民族") if name != field]
    _, outcome, output = run([[header, *others], [None] * 5], apply=False)
    assert outcome, output
    used = {column["column"]: column["field"] for column in outcome["used_columns"]}
    assert used[" ".join(header.split())] == field
    assert outcome["ignored_columns"] == []


@pytest.mark.parametrize(
    "header",
    [
        "联系电话（监护人）",
        "姓名（户主）",
        "住址（户籍地）",
        "电话\n（家属）",
        "身份证号（配偶）",
        "单位\n电话",
        "出生\n地点",
    ],
)
def test_brackets_that_change_the_meaning_are_no_hint(run, header):
    _, outcome, _ = run(
        [["姓名", "身份证号码", "现住地址", header], ["李明", HUSBAND, "3幢2单元501室", "甲"]]
    )
    assert ignored(outcome) == {" ".join(header.split()): ("Sheet1", 1, "")}


def test_house_number_beside_a_building_is_the_room(run, house):
    header = ["姓名", "身份证号码", "楼栋", "单元", "房屋编号"]
    _, outcome, _ = run([header, ["李明", HUSBAND, "3幢", "2", "501"]])
    assert outcome["new_places"] == ["3幢2单元501室"]
    _, outcome, _ = run(
        [["姓名", "身份证号码", "房屋地址", "房屋编号"], ["王芳", WIFE, "3幢2单元501室", "CZ-7"]]
    )
    assert ignored(outcome) == {"房屋编号": ("Sheet1", 1, "")}


def test_unused_columns_are_named_and_loudly_with_id_numbers(run):
    header = [*ROSTER, "证件", "联络", "备用", None]
    rows = [[*row, WRONG, "13800138000", "甲", None] for row in PEOPLE[1:]]
    rows[1][-4:] = [None, 13900139000, None, "多出来的"]
    _, outcome, _ = run([header, *rows], names=["花名册"])
    assert ignored(outcome) == {
        "序号": ("花名册", 0, ""),
        "证件": ("花名册", 1, "id_number"),
        "联络": ("花名册", 2, "phone"),
        "备用": ("花名册", 1, ""),
        "第 24 列（没有表头）": ("花名册", 1, ""),
    }
    loud = {w["column"]: w["message"] for w in outcome["warnings"] if "没有导入" in w["message"]}
    assert set(loud) == {"证件", "联络"}
    assert "1 格像证件号码" in loud["证件"]
    assert "2 格像电话号码" in loud["联络"]
    assert len(outcome["used_columns"]) + len(outcome["ignored_columns"]) == 24


# Account of rows and columns


def test_every_row_is_counted_exactly_once(run):
    table = [
        ["花名册"],
        [],
        PEOPLE[0],
        ["必填", "请选择", "", "", "", "", "必填，真实姓名"],
        PEOPLE[1],
        PEOPLE[1],
        [2, "3幢", "2单元", "502"],
        [row_cell if place != 10 else WRONG for place, row_cell in enumerate(PEOPLE[2])],
        PEOPLE[0],
        ["合计", 3],
        ["制表人：张三"],
    ]
    _, outcome, _ = run(table, SUMMARY, names=["花名册", "汇总表"])
    assert {kind: count for kind, count in outcome["rows_by_kind"].items() if count} == {
        "new": 1, "duplicate": 1, "error": 1, "left_out": 1, "title": 1, "header": 1, "help": 1, "repeated_header": 1,
        "total": 1, "note": 1, "blank": 1, "unread": 3,
    }  # fmt: skip
    assert sum(outcome["rows_by_kind"].values()) == outcome["source_rows"] == len(table) + len(SUMMARY)
    sheet = outcome["sheets"][0]
    assert sheet["left_out"] == {"没有人员信息": 1}
    assert sheet["row_numbers"] == {
        "help": [4], "repeated_header": [9], "total": [10], "note": [11], "left_out": [7],
    }  # fmt: skip


@pytest.mark.logs_errors
def test_lost_row_is_logged_and_double_count_is_refused(caplog):
    """Every import checks the sum, in all tests too: a logged error fails a test."""
    [sheet] = read_workbook(workbook(PEOPLE), "a.xlsx").sheets
    importer = PeopleImporter()
    mapping = importer.suggest(find_header(sheet, importer.known_names()))
    labels = {field.name: field.label for field in importer.fields}
    row = CheckedRow(sheet.name, 2, "李明", "new", {})
    account = FileAccount([SheetAccount(sheet, mapping, labels)])
    assert list(account.count_rows([row])) == [row]
    assert account.rows_by_kind[UNACCOUNTED] == 1
    assert "an import has lost 1 of 3 rows" in caplog.text
    with pytest.raises(ValueError, match="counted twice"):
        list(account.count_rows([row]))


# Output of the check


def test_output_of_a_check_contains_no_full_number(run, house, capsys, tmp_path, caplog):
    caplog.set_level(0)
    spaced = f"{WRONG[:6]} {WRONG[6:14]} {WRONG[14:]}"
    rows = [
        person("李明", 身份证号码=WRONG),
        person(f"王{WRONG}", 身份证号码=WIFE),
        person("陈大", 身份证号码=f"{WRONG}/{HUSBAND}"),
        person("赵二", 身份证号码=spaced, 联系电话=WRONG, 备注=spaced),
        person("钱三", 房号=WRONG, 身份证号码=resident_id("19700101", "011")),
    ]
    path = tmp_path / "表.xlsx"
    path.write_bytes(roster(*rows))
    _, outcome, output = import_file(path, capsys)
    call_command("import_residents", str(path), "--community", "xizhigou")
    output += capsys.readouterr().out + str(outcome) + caplog.text
    for number in (WRONG, HUSBAND, WIFE, spaced, WRONG[6:14]):
        assert number not in output
    assert len(outcome["errors"]) >= 4


def test_a_cell_of_thousands_of_digits_is_one_error(run, house):
    rows = [list(row) for row in PEOPLE]
    rows[1][ROSTER.index("出生年月")] = "5" * 5000
    rows[1][ROSTER.index("身份证号码")] = "5" * 5000
    status, outcome, _ = run(rows)
    assert (status, counts(outcome)) == (0, (2, 1, 0, 0, 0))
    [error] = [e for e in outcome["errors"] if e["column"] == "身份证号码"]
    assert (error["row"], len(error["value"]) < 300) == (2, True)
    assert Person.objects.filter(community=house.xizhigou).count() == 1


def test_apply_without_accepted_rows_exits_with_1(run, house, capsys, tmp_path):
    rows = [
        list(ROSTER),
        [WRONG if name == "身份证号码" else cell for name, cell in zip(ROSTER, PEOPLE[1], strict=True)],
    ]
    status, outcome, output = run(rows)
    assert (status, outcome["applied"]) == (1, False)
    assert "没有一行可以导入，没有写入任何内容" in output
    assert run(rows, apply=False)[0] == 0
    assert run([PEOPLE[0]])[0] == 1
    assert not Person.objects.filter(community=house.xizhigou).exists()
    assert run(PEOPLE)[0] == 0
    assert run(PEOPLE)[0] == 0, "what is there already was taken before"
    assert ImportBatch.objects.count() == 4
