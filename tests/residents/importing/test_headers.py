"""Header rows met in real files: each is imported, and what it leaves open is reported."""

import pytest

from community.people.models import Person
from residents.homes.models import Residence
from tests.imports import import_file, status_for
from tests.workbooks import resident_id, workbook

pytestmark = pytest.mark.django_db

LI, WANG, CHEN = (
    resident_id("19800301", "111"),
    resident_id("19810405", "222"),
    resident_id("19401112", "331"),
)
LIVING, REGISTERED = "living", "registered"


@pytest.fixture
def load(house, tmp_path, capsys):
    def run(header: str, *rows: dict, above=(), second=None, blank=0, merges=(), name="Sheet1"):
        """Apply a file of one sheet; its JSON."""
        names = header.split("|")
        table = [*above, names] + ([second] if second else [])
        table += [[row.get(column) for column in names] for row in rows] + [[]] * blank
        path = tmp_path / "表.xlsx"
        path.write_bytes(workbook(table, names=[name], merges=merges))
        status, outcome, output = import_file(path, capsys, "--apply")
        assert status == status_for(outcome, "--apply"), output
        return outcome

    return run


def people(house) -> dict[str, set[tuple[str, str]]]:
    """Name → (kind, dwelling) of the current residences in the community."""
    places_by_name = {one.name: set() for one in Person.objects.filter(community=house.xizhigou)}
    for stay in Residence.objects.filter(community=house.xizhigou).open().select_related("person"):
        places_by_name[stay.person.name].add((stay.kind, stay.household.dwelling.label))
    return places_by_name


def test_resident_roster(load, house):
    outcome = load(
        "序号|楼栋|单元|房号|户主姓名|与户主关系|姓名|性别|民族|出生年月|身份证号码|政治面貌|文化程度|婚姻状况|工作单位|联系电话|户籍地址"
        "|是否常住|人户分离|备注",
        {"序号": 1, "楼栋": "3幢", "单元": 2, "房号": "501", "户主姓名": "李明", "与户主关系": "户主", "姓名": "李明", "身份证号码": LI, "人户分离": "否"},
        {"序号": 2, "户主姓名": "李明", "与户主关系": "妻", "姓名": "王芳", "身份证号码": WANG, "人户分离": "否"},
        above=[["某社区居民花名册"], ["填报单位：某社区"]],
    )  # fmt: skip
    assert (outcome["new"], outcome["errors"]) == (2, [])
    both = {(LIVING, "3幢2单元501室"), (REGISTERED, "3幢2单元501室")}
    assert people(house) == {"李明": both, "王芳": both}


def test_household_sheet(load, house):
    outcome = load(
        "序号|户主|与户主关系|姓名|性别|身份证号码|户籍地址|联系电话|签名|备注",
        {"序号": 1, "户主": "李明", "与户主关系": "户主", "姓名": "李明", "身份证号码": LI, "户籍地址": "3幢2单元501室"},
        {"与户主关系": "妻", "姓名": "王芳", "身份证号码": WANG},
    )  # fmt: skip
    assert (outcome["new"], outcome["errors"]) == (2, [])
    assert people(house)["王芳"] == {(REGISTERED, "3幢2单元501室")}


def test_grid_template_with_help_row(load, house):
    header = (
        "姓名|与其他人员关系|身份证号|性别|出生日期|联系电话|现住小区/建筑|门牌地址|所属网格|人员类型|是否重点人员|重点类别|户籍小区/建筑|户籍地址"
        "|户编号|是否人户分离|实际居住地|是否已迁出|迁出日期|迁往地|是否已死亡|死亡日期|民族|政治面貌|婚姻状况|文化程度|工作学习情况|健康状况|备注"
    )
    outcome = load(
        header,
        {"姓名": "李明", "与其他人员关系": "户主", "身份证号": LI, "现住小区/建筑": "3幢", "门牌地址": "2单元501室", "是否人户分离": "否"},
        second=["必填，填写真实姓名", "请选择", "必填，18位"],
    )  # fmt: skip
    assert (outcome["rows"], outcome["new"], outcome["errors"]) == (1, 1, [])
    assert (LIVING, "3幢2单元501室") in people(house)["李明"]


def test_police_register(load, house):
    outcome = load(
        "户号|户别|户主|与户主关系|姓名|曾用名|性别|民族|籍贯|出生地|出生日期|公民身份号码|文化程度|婚姻状况|兵役状况|服务处所|职业|何时由何地迁来"
        "|户籍住址|登记日期",
        {"户号": "100200300", "户别": "家庭户", "户主": "李明", "与户主关系": "户主", "姓名": "李明", "公民身份号码": LI, "户籍住址": "3幢2单元501室"},
        {"户号": "100200300", "户主": "李明", "与户主关系": "妻", "姓名": "王芳", "公民身份号码": WANG, "户籍住址": "同上"},
    )  # fmt: skip
    assert (outcome["new"], outcome["errors"]) == (2, [])
    assert people(house)["王芳"] == {(REGISTERED, "3幢2单元501室")}
    assert {r.household.number for r in Residence.objects.filter(community=house.xizhigou)} == {"100200300"}


def test_property_firm_export(load, house):
    outcome = load(
        "楼号|单元|房间|楼层|总层数|是否有电梯|房屋类型|房屋户型|建筑面积|室内面积|租金|房屋状态|业主名称|性别|手机号|身份证号",
        {"楼号": "3", "单元": "2", "房间": "501", "房屋状态": "已入住", "业主名称": "李明", "手机号": 13800000001, "身份证号": LI},
        {"楼号": "3", "单元": "2", "房间": "502", "房屋状态": "空置"},
        blank=30,
    )  # fmt: skip
    assert (outcome["rows"], outcome["new"], outcome["errors"]) == (1, 1, [])
    assert people(house) == {"李明": {(LIVING, "3幢2单元501室")}}
    assert any("看不出是居住还是户籍登记" in warning["message"] for warning in outcome["warnings"])


def test_mobile_population(load, house):
    outcome = load(
        "序号|姓名|性别|民族|出生日期|身份证号码|户籍地址|现住地址|房主姓名|房主电话|来本地日期|居住事由|从业单位/职业|联系电话|居住证号|签发日期"
        "|签注到期日|婚育情况|随行人数|登记日期|登记人|离开日期",
        {"序号": 1, "姓名": "李明", "身份证号码": LI, "户籍地址": "安徽省阜阳市颍州区某镇5号", "现住地址": "3幢2单元501室", "房主姓名": "王芳"},
    )  # fmt: skip
    assert (outcome["rows"], outcome["new"], outcome["errors"]) == (1, 1, [])
    assert people(house) == {"李明": {(LIVING, "3幢2单元501室")}}


def test_list_of_rented_houses_imports_tenants(load, house):
    outcome = load(
        "序号|房屋地址|房屋编号|房屋类型|间数|面积(㎡)|产权人|产权人身份证|产权人电话|产权人现住址|代管人|代管人电话|承租人|承租人身份证|承租人电话"
        "|租住人数|租期起|租期止|治安责任书签订日期|消防检查|备注",
        {"序号": 1, "房屋地址": "3幢2单元501室", "产权人": "王芳", "产权人身份证": WANG, "承租人": "李明", "承租人身份证": LI, "承租人电话": "13800000001"},
        {"序号": 2, "房屋地址": "3幢2单元502室", "产权人": "陈大"},
    )  # fmt: skip
    assert (outcome["rows"], outcome["new"], outcome["errors"]) == (1, 1, [])
    assert people(house) == {"李明": {(LIVING, "3幢2单元501室")}}
    assert Person.objects.get(community=house.xizhigou).phone == "13800000001"


def test_party_members(load, house):
    outcome = load(
        "序号|姓名|性别|民族|出生年月|身份证号|学历|籍贯|入党时间|转正时间|所在支部|党内职务|工作单位|居住地址|联系电话|党费标准|组织关系状态"
        "|流动去向|是否在职报到|认领岗位|备注",
        {"序号": 1, "姓名": "李明", "身份证号": LI, "学历": "本科", "居住地址": "3幢2单元501室", "入党时间": "2001-07-01"},
    )  # fmt: skip
    assert (outcome["new"], outcome["errors"]) == (1, [])
    assert people(house) == {"李明": {(LIVING, "3幢2单元501室")}}


def test_two_level_header_updates_existing_people_and_refuses_unknown_ones(house, tmp_path, capsys, load):
    load("姓名|身份证号码|住址", {"姓名": "李明", "身份证号码": LI, "住址": "3幢2单元501室"})
    table = [
        ["2026年第二季度城镇低保金发放表"],
        ["序号", "户主姓名", "身份证号码", "低保证号", "保障人数", None, None, "领取金额", None, "领款人签字(章)", "领款时间"],
        [None, None, None, None, "小计", "重点保障人数", "残疾人数", "小计", "家庭补差", None, None],
        [1, "李明", LI, "33110001", 2, 0, 1, "￥1,200.00元", 1200],
        [2, "陈大", CHEN, "33110002", 1, 0, 0, 600, 600],
        ["合计", None, None, None, 3, 0, 1, 1800, 1800],
    ]  # fmt: skip
    upright = [(2, column, 3, column) for column in (1, 2, 3, 4, 10, 11)]
    path = tmp_path / "城镇低保.xlsx"
    path.write_bytes(workbook(table, merges=[(2, 5, 2, 7), (2, 8, 2, 9), *upright]))
    status, outcome, _ = import_file(path, capsys, "--apply")
    assert (status, outcome["rows"], outcome["unchanged"], outcome["new"]) == (0, 2, 1, 0)
    [error] = outcome["errors"]
    assert (error["row"], error["value"]) == (5, "陈大")
    assert people(house) == {"李明": {(LIVING, "3幢2单元501室")}}


def test_disabled_people(load, house):
    outcome = load(
        "姓名|性别|身份证|残疾证号|残疾类别|等级|监护人|电话|住址|两项补贴",
        {"姓名": "李明", "性别": "男", "身份证": LI, "残疾证号": f"{LI}43", "残疾类别": "肢体", "等级": "三级", "监护人": "王芳", "住址": "3幢2单元501室"},
    )  # fmt: skip
    assert (outcome["rows"], outcome["new"], outcome["errors"]) == (1, 1, [])
    assert people(house) == {"李明": {(LIVING, "3幢2单元501室")}}


OLD = "姓名|出生日期|年龄|身份证|津贴标准|银行卡号|健在核实"


def test_list_without_addresses_updates_existing_people(load, house):
    load("姓名|电话|住址", {"姓名": "陈大", "电话": "13800000001", "住址": "3幢2单元501室"})
    load("姓名|身份证号码|住址", {"姓名": "李明", "身份证号码": LI, "住址": "3幢2单元502室"})
    before = people(house)
    row = {
        "姓名": "李明",
        "出生日期": "1980-03-01",
        "身份证": LI,
        "津贴标准": "￥1,200.00元",
        "银行卡号": "6222020200112233445",
    }
    outcome = load(OLD, row)
    assert (outcome["unchanged"], outcome["errors"]) == (1, [])
    assert any("表中没有住处栏" in warning["message"] for warning in outcome["warnings"])
    assert people(house) == before


def test_list_without_addresses_refuses_unknown_people(load, house):
    outcome = load(OLD, {"姓名": "陈大", "身份证": CHEN, "出生日期": "1940-11-12"})
    assert (outcome["rows"], outcome["new"]) == (1, 0)
    [error] = outcome["errors"]
    assert (error["row"], error["column"]) == (2, "姓名")
    assert "请先在台账中登记，或在表中增加住处栏" in error["message"]
    assert people(house) == {}
