"""Dirty data 2 (decision 0097): household cells written once are filled down."""

import pytest

from tests.workbooks import people, resident_id, workbook

HEADER = ["户主姓名", "楼栋", "单元", "房号", "姓名", "与户主关系", "身份证号码", "人户分离"]
PLACE = ("", "3", "2", "501")


def member(household: list, name: str, relation: str, order: int) -> list:
    return [*household, name, relation, resident_id(order=f"{order:03d}"), "否"]


def families(blank) -> list[list]:
    """Two families of three and two; `blank` replaces repeated cells of a household."""
    blanks = [blank] * 4
    return [
        HEADER,
        member(["王芳", "3幢", "2单元", "501"], "王芳", "户主", 2),
        member(blanks, "李强", "夫", 3),
        member(blanks, "李静", "长女", 4),
        member(["张敏", "3幢", "2单元", "502"], "张敏", "户主", 6),
        member(blanks, "陈军", "配偶", 5),
    ]


def check(people_read):
    assert [error for row in people_read for error in row.errors] == []
    assert [row.living_place.room for row in people_read] == ["501", "501", "501", "502", "502"]
    assert [row.head_name for row in people_read] == ["王芳"] * 3 + ["张敏"] * 2
    keys = [row.household_key for row in people_read]
    assert len(set(keys[:3])) == len(set(keys[3:])) == 1
    assert keys[0] != keys[3]
    assert [row.is_head for row in people_read] == [True, False, False, True, False]


def test_merged_cells_fill_their_block():
    merges = [(first, column, last, column) for first, last in ((2, 4), (5, 6)) for column in (1, 2, 3, 4)]
    check(people(workbook(families(None), merges=merges)))


@pytest.mark.parametrize("ditto", ["同上", "〃", " 同 上 ", '"', "々"])
def test_ditto_marks_copy_the_cell_above(ditto):
    check(people(workbook(families(ditto))))


def test_blank_cells_are_filled_down_to_the_next_head():
    check(people(workbook(families(None))))


def test_merged_building_cell_spans_families():
    rows = families(None)
    rows[4][1] = rows[4][2] = None  # 楼栋 and 单元 of the second family, inside the merge
    merges = [(2, 2, 6, 2), (2, 3, 6, 3)]
    check(people(workbook(rows, merges=merges)))


def test_new_head_stops_filling_down():
    rows = families(None)
    rows[4][1:4] = [None, None, None]
    people_read = people(workbook(rows))
    assert people_read[2].is_good
    assert [error.row for row in people_read for error in row.errors] == [5, 6]
    assert "没有住处" in people_read[3].errors[0].message


def test_household_sheet_states_the_head_once():
    header = [
        "序号",
        "户主",
        "与户主关系",
        "姓名",
        "性别",
        "身份证号码",
        "户籍地址",
        "联系电话",
        "签名",
        "备注",
    ]
    rows = [
        header,
        ["1", "王芳", "户主", "王芳", "", resident_id(order="002"), "滨江花园3幢2单元501室", "", "", ""],
        ["2", "", "夫", "李强", "", resident_id(order="003"), "", "", "", ""],
        ["3", "张敏", "户主", "张敏", "", resident_id(order="004"), "3-2-502", "", "", ""],
    ]
    people_read = people(workbook(rows))
    assert [row.registered_place.room for row in people_read] == ["501", "501", "502"]
    assert people_read[0].household_key == people_read[1].household_key != people_read[2].household_key
    assert [row.registered_address for row in people_read] == [
        "滨江花园3幢2单元501室",
        "滨江花园3幢2单元501室",
        "3-2-502",
    ]


def test_names_and_numbers_are_never_filled_down():
    rows = families(None)
    rows[2][6] = None
    rows[3][4] = "同上"
    people_read = people(workbook(rows))
    assert people_read[1].id_number == ""
    assert people_read[2].name == "同上"


def test_blank_cells_without_heads_stay_blank():
    rows = [
        ["姓名", "身份证号码", "现住地址"],
        ["王芳", resident_id(), "3-2-501"],
        ["李强", resident_id(order="125"), ""],
    ]
    people_read = people(workbook(rows))
    assert people_read[0].is_good
    assert "没有住处" in people_read[1].errors[0].message


def test_household_number_groups_a_family_over_two_doors():
    header = ["户号", "姓名", "与户主关系", "公民身份号码", "户籍住址"]
    rows = [
        header,
        ["0001", "王芳", "户主", resident_id(order="002"), "3-2-501"],
        ["0001", "李强", "夫", resident_id(order="003"), "3-2-501"],
        ["0002", "张敏", "户主", resident_id(order="004"), "3-2-501"],
    ]
    people_read = people(workbook(rows))
    assert all(row.is_good for row in people_read)
    assert [row.household_number for row in people_read] == ["0001", "0001", "0002"]
    assert people_read[0].household_key == people_read[1].household_key != people_read[2].household_key
