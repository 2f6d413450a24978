"""Source type of files and rows: living, registered, or both."""

import pytest

from portal.spreadsheets.headers import find_header
from portal.spreadsheets.reading import read_workbook
from residents.importing.columns import known_names, mapping_of, suggest_mapping
from residents.importing.source_type import open_source_finding, source_type_of
from tests.workbooks import messages, people, resident_id, roster, workbook

BOTH, LIVING, REGISTERED = {"living", "registered"}, {"living"}, {"registered"}

# Header rows met in real files.
HEADERS = {
    "roster": "序号|楼栋|单元|房号|户主姓名|与户主关系|姓名|性别|民族|出生年月|身份证号码|政治面貌|文化程度|婚姻状况|工作单位|联系电话|户籍地址|是否常住|人户分离|备注",
    "household_sheet": "序号|户主|与户主关系|姓名|性别|身份证号码|户籍地址|联系电话|签名|备注",
    "grid": (
        "姓名|与其他人员关系|身份证号|性别|出生日期|联系电话|现住小区/建筑|门牌地址|所属网格|人员类型|是否重点人员|重点类别|户籍小区/建筑"
        "|户籍地址|户编号|是否人户分离|实际居住地|是否已迁出|迁出日期|迁往地|是否已死亡|死亡日期|民族|政治面貌|婚姻状况|文化程度|工作学习情况|健康状况|备注"
    ),
    "hukou": (
        "户号|户别|户主|与户主关系|姓名|曾用名|性别|民族|籍贯|出生地|出生日期|公民身份号码|文化程度|婚姻状况|兵役状况|服务处所|职业"
        "|何时由何地迁来|户籍住址|登记日期"
    ),
    "mobile": (
        "序号|姓名|性别|民族|出生日期|身份证号码|户籍地址|现住地址|房主姓名|房主电话|来本地日期|居住事由|从业单位/职业|联系电话|居住证号"
        "|签发日期|签注到期日|婚育情况|随行人数|登记日期|登记人|离开日期"
    ),
    "unknown": "序号|姓名|性别|民族|出生年月|身份证号|学历|入党时间|所在支部|居住地址|联系电话|备注",
}


def mapping(kind: str):
    [sheet] = read_workbook(workbook([HEADERS[kind].split("|"), ["x"]])).sheets
    return suggest_mapping(find_header(sheet, known_names()))


@pytest.mark.parametrize("kind", HEADERS)
def test_kinds_of_files_are_recognised(kind):
    assert mapping(kind).kind == kind


@pytest.mark.parametrize(
    ("kind", "source_type"),
    [
        ("roster", "living_or_both"),
        ("grid", "living_or_both"),
        ("mobile", "living_or_both"),
        ("hukou", "registered"),
        ("household_sheet", "registered"),
        ("unknown", "living"),
    ],
)
def test_source_type_of_a_file(kind, source_type):
    stated = source_type_of(mapping(kind))
    assert stated.kind == source_type
    assert stated.is_open is (kind == "unknown")


def test_open_source_type_is_one_warning_until_chosen():
    unknown = mapping("unknown")
    finding = open_source_finding("党员", unknown)
    assert (finding.sheet, finding.row, finding.is_error) == ("党员", 1, False)
    assert open_source_finding("党员", unknown, "living") is None
    assert open_source_finding("花名册", mapping("roster")) is None


def test_columns_of_real_headers_are_mapped():
    grid = mapping("grid").fields
    names = HEADERS["grid"].split("|")
    expected = {
        "relation": "与其他人员关系",
        "estate": "现住小区/建筑",
        "address": "门牌地址",
        "registered_estate": "户籍小区/建筑",
        "registered_address": "户籍地址",
        "household_number": "户编号",
        "separated": "是否人户分离",
        "away_address": "实际居住地",
        "moved_out": "是否已迁出",
        "moved_out_on": "迁出日期",
        "moved_to": "迁往地",
        "dead": "是否已死亡",
        "died_on": "死亡日期",
        "employment": "工作学习情况",
    }
    assert {field: names[grid[field]] for field in expected} == expected
    hukou = mapping("hukou")
    assert hukou.headers()["head_name"] == "户主"
    assert hukou.headers()["workplace"] == "服务处所"
    assert hukou.headers()["phone"] == "联系电话"


def test_first_of_two_equal_columns_is_mapped():
    [sheet] = read_workbook(workbook([["姓名", "电话", "联系电话", "地址"]])).sheets
    assert suggest_mapping(find_header(sheet, known_names())).fields["phone"] == 1


def test_chosen_mapping_sets_the_kind():
    roster_mapping = mapping("roster")
    fields = {key: roster_mapping.fields[key] for key in ("name", "id_number", "registered_address")}
    assert mapping_of(roster_mapping.header, fields).kind == "household_sheet"


@pytest.mark.parametrize(
    ("cells", "truths", "warned"),
    [
        ({"户籍地址": "3幢2单元101室", "人户分离": ""}, BOTH, ""),
        ({"户籍地址": "括苍社区3-2-101", "人户分离": ""}, BOTH, ""),
        ({"户籍地址": "浙江省丽水市括苍街道3-2-101", "人户分离": ""}, BOTH, ""),
        ({"户籍地址": "同现住址", "人户分离": ""}, BOTH, ""),
        ({"户籍地址": "3幢2单元101室", "人户分离": "否"}, BOTH, ""),
        ({"户籍地址": "", "人户分离": "否"}, BOTH, ""),
        ({"户籍地址": "四川省成都市青羊区", "人户分离": "是"}, LIVING, ""),
        ({"户籍地址": "3幢2单元102室", "人户分离": "是"}, LIVING, ""),
        ({"户籍地址": "四川省成都市青羊区", "人户分离": ""}, LIVING, ""),
        ({"户籍地址": "四川省成都市青羊区3-2-101", "人户分离": ""}, LIVING, "户籍地址"),
        ({"户籍地址": "四川省成都市青羊区", "人户分离": "否"}, LIVING, "户籍地址"),
        ({"户籍地址": "3-2-101", "人户分离": "是"}, LIVING, "人户分离"),
        ({"户籍地址": "", "人户分离": "是"}, LIVING, "人户分离"),
        ({"户籍地址": "", "人户分离": ""}, LIVING, "户籍地址"),
        ({"户籍地址": "3-2-101", "是否常住": "否", "人户分离": "是"}, REGISTERED, ""),
        ({"户籍地址": "", "是否常住": "否", "人户分离": ""}, REGISTERED, ""),
        ({"户籍地址": "四川省成都市青羊区", "是否常住": "否", "人户分离": ""}, REGISTERED, "户籍地址"),
        ({"户籍地址": "3-2-101", "是否常住": "是", "人户分离": "否"}, BOTH, ""),
    ],
)
def test_source_type_of_a_row(cells, truths, warned):
    [person] = roster(cells, own_words=("括苍",))
    assert person.truths == truths
    assert messages(person) == ([(warned, "warning")] if warned else [])
    assert (person.living_place is not None) is ("living" in truths)
    assert (person.registered_place is not None) is ("registered" in truths)


def test_user_choice_overrides_the_columns():
    cells = {"户籍地址": "3-2-101", "人户分离": "否"}
    assert roster(cells, source_type="living")[0].truths == LIVING
    assert roster(cells, source_type="registered")[0].truths == REGISTERED


GRID = ["姓名", "身份证号", "现住小区/建筑", "门牌地址", "户籍地址", "是否人户分离", "实际居住地"]


@pytest.mark.parametrize(
    ("away", "truths", "address"),
    [
        ("杭州市滨江区", REGISTERED, "杭州市滨江区"),
        ("5-1-301", REGISTERED, "5-1-301"),
        ("3幢2单元501室", BOTH, ""),
        ("同现住址", BOTH, ""),
        ("", BOTH, ""),
    ],
)
def test_people_living_elsewhere_are_only_registered(away, truths, address):
    row = ["王芳", resident_id(), "滨江花园", "3-2-501", "3-2-501", "否", away]
    [person] = people(workbook([GRID, row]))
    assert (person.truths, person.away_address) == (truths, address)
    assert person.is_good


def test_grid_template_joins_estate_and_door():
    [person] = people(workbook([GRID, ["王芳", resident_id(), "滨江花园", "3-2-501", "", "否", ""]]))
    assert person.living_place.key == ("滨江花园", "3", "2", "501")
    [person] = people(workbook([GRID, ["王芳", resident_id(), "滨江花园3幢", "2单元501", "", "否", ""]]))
    assert person.living_place.key == ("滨江花园", "3", "2", "501")


HUKOU = ["户号", "户别", "户主", "与户主关系", "姓名", "公民身份号码", "户籍住址"]


def test_police_register_has_registrations():
    rows = [
        HUKOU,
        ["0001", "家庭户", "王芳", "户主", "王芳", resident_id(order="002"), "文二路10号3幢2单元501室"],
        ["0002", "集体户", "", "", "李强", resident_id(order="003"), "某某公司集体户"],
        ["0003", "家庭户", "张敏", "户主", "张敏", resident_id(order="004"), "文二路"],
        ["0004", "家庭户", "陈军", "户主", "陈军", resident_id(order="005"), ""],
    ]
    family, collective, unreadable, blank = people(workbook(rows))
    assert (family.truths, family.registered_place.key, family.living_place) == (
        REGISTERED,
        ("文二路10号", "3", "2", "501"),
        None,
    )
    assert collective.is_good
    assert collective.registered_place is None
    assert [error.column for error in (*unreadable.errors, *blank.errors)] == ["户籍住址"] * 2


def test_mobile_population_lives_here():
    header = "姓名 身份证号码 户籍地址 现住地址 房主姓名 居住事由 从业单位/职业".split()
    [person] = people(
        workbook([header, ["王芳", resident_id(), "四川省成都市青羊区", "3-2-501", "张敏", "务工", "某厂"]])
    )
    assert (person.truths, person.registered_address, person.workplace) == (
        LIVING,
        "四川省成都市青羊区",
        "某厂",
    )
    assert person.findings == ()


def test_address_marked_as_registration_creates_no_living_residence():
    """As our own list writes the address of people who are only registered."""
    header = ["姓名", "身份证号码", "住处", "户籍地址"]
    [person] = people(
        workbook([header, ["王芳", resident_id(), "3幢2单元501室（户籍）", "丽阳街2号3幢2单元501室"]])
    )
    assert (person.truths, person.living_place) == (REGISTERED, None)
    assert (person.registered_place.building_key, person.registered_place.room) == ("3", "501")
