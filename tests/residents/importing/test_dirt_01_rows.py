"""Dirty data 1 (decision 0097): rows that are not people."""

import pytest

from tests.workbooks import ROSTER, people, resident_id, workbook


def person(number: int, name: str) -> list:
    return [
        number,
        "3幢",
        "2单元",
        f"{number}01",
        name,
        "户主",
        name,
        "男",
        "汉族",
        "1985.3",
        resident_id(order=f"{number * 2 + 1:03d}"),
    ]


@pytest.mark.parametrize("lines_above", range(6))
def test_header_is_found_below_title_and_notes(lines_above):
    above = [
        ["括苍社区居民花名册"],
        ["填报单位：括苍社区    填报时间：2026年11月"],
        [],
        ["网格：一", "网格员：李"],
        ["单位：人"],
    ]
    content = workbook([*above[:lines_above], ROSTER, person(1, "王芳"), person(2, "李强")])
    rows = people(content)
    assert [(row.name, row.number) for row in rows] == [("王芳", lines_above + 2), ("李强", lines_above + 3)]
    assert all(row.is_good for row in rows)


def test_realistic_sheet_of_a_committee():
    """Merged title, note, blank rows, header per printed page, totals and signatures."""
    wide = (1, 1, 1, len(ROSTER))
    rows = [
        ["括苍社区居民花名册"],
        ["填报单位：括苍社区居委会", None, None, None, "填报时间：2026年11月"],
        ROSTER,
        person(1, "王芳"),
        [],
        person(2, "李强"),
        ["括苍社区居民花名册"],
        ROSTER,
        person(3, "张静"),
        ["合计", None, None, None, None, None, "3 人"],
        ["制表人：王某", None, None, None, None, "审核人：李某"],
        ["注：本表不得外传"],
    ]
    people_read = people(workbook(rows, merges=[wide]))
    assert [(row.name, row.number) for row in people_read] == [("王芳", 4), ("李强", 6), ("张静", 9)]


def test_help_row_of_the_grid_template_is_skipped():
    header = "姓名 与其他人员关系 身份证号 性别 出生日期 联系电话 现住小区/建筑 门牌地址 所属网格 户籍地址 户编号 是否人户分离".split()
    help_row = [
        "必填",
        "如：户主、配偶",
        "必填，18位",
        "男/女",
        "格式：1990-01-01",
        "选填",
        "下拉选择",
        "如：3幢2单元501室",
        "",
        "",
        "",
        "是/否",
    ]
    row = [
        "王芳",
        "户主",
        resident_id(),
        "男",
        "1985-03-01",
        "",
        "滨江花园",
        "3幢2单元501室",
        "",
        "",
        "H1",
        "否",
    ]
    [person] = people(workbook([header, help_row, row]))
    assert (person.name, person.number, person.is_good) == ("王芳", 3, True)


def test_numbered_blank_row_and_empty_dwelling_are_no_people():
    rows = [ROSTER, person(1, "王芳"), [2], [3, "3幢", "2单元", "301"], [4]]
    assert [row.number for row in people(workbook(rows))] == [2]


def test_headers_with_line_breaks_and_synonyms_are_matched():
    header = ["姓 名", "身份证\n号码", "性 别", "楼号", "梯号", "室号", "联系方式", "户籍所在地"]
    row = ["王芳", resident_id(), "男", "3", "2", "501", "13800000000", "3幢2单元501室"]
    [person] = people(workbook([header, row]))
    assert (person.name, person.id_number, person.phones) == ("王芳", resident_id(), ("13800000000",))
    assert person.living_place.key == ("", "3", "2", "501")
    assert person.truths == {"living", "registered"}


def test_row_without_a_name_is_an_error():
    rows = [ROSTER, ["1", "3幢", "2单元", "501", "", "", "", "女", "", "1985.3", resident_id(order="124")]]
    [person] = people(workbook(rows))
    assert [(error.column, error.row) for error in person.errors] == [("姓名", 2)]
