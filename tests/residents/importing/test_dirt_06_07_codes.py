"""Dirty data 6 and 7 (decision 0097): sex, yes/no and words of the code lists."""

import pytest

from tests.workbooks import messages, people, resident_id, roster, workbook

NO_ID = {"身份证号码": "无", "出生年月": "1985.3"}


@pytest.mark.parametrize(
    ("cell", "sex"),
    [
        ("男", "M"),
        ("女", "F"),
        ("男性", "M"),
        (" 女 ", "F"),
        (1, "M"),
        ("2", "F"),
        ("M", "M"),
        ("f", "F"),
        ("1-男", "M"),
        ("", ""),
    ],
)
def test_sex(cell, sex):
    [person] = roster(NO_ID | {"性别": cell})
    assert person.sex == sex


def test_blank_sex_defaults_to_the_id_number_and_a_conflict_is_a_warning():
    assert roster({"身份证号码": resident_id(order="125")})[0].sex == "M"
    assert messages(roster({"身份证号码": resident_id(order="125"), "性别": "女"})[0]) == [
        ("性别", "warning")
    ]
    assert messages(roster(NO_ID | {"性别": "不男"})[0])[-1] == ("性别", "warning")


@pytest.mark.parametrize(
    ("cell", "truths"),
    [
        ("否", {"living", "registered"}),
        ("×", {"living", "registered"}),
        (0, {"living", "registered"}),
        ("是", {"living"}),
        ("√", {"living"}),
        ("是（投靠子女）", {"living"}),
        ("Y", {"living"}),
        ("", {"living"}),
    ],
)
def test_yes_or_no_decides_the_place_of_registration(cell, truths):
    [person] = roster({"人户分离": cell})
    assert person.truths == truths


def test_unknown_answer_is_a_warning():
    [person] = roster({"人户分离": "部分"})
    assert ("人户分离", "warning") in messages(person)
    assert person.truths == {"living"}


def test_words_are_mapped_to_codes():
    [person] = roster({"民族": "汉", "政治面貌": "党员", "文化程度": "大专", "婚姻状况": "离异"})
    assert (person.ethnic, person.political, person.education, person.marital) == ("汉族", "01", "30", "40")
    assert person.findings == ()


def test_unknown_words_are_a_warning_and_not_stored():
    [person] = roster({"民族": "火星族", "政治面貌": "粉丝", "文化程度": "高高", "婚姻状况": "随缘"})
    assert {column for column, _ in messages(person)} == {"民族", "政治面貌", "文化程度", "婚姻状况"}
    assert {severity for _, severity in messages(person)} == {"warning"}
    assert (person.ethnic, person.political, person.education, person.marital) == ("", "", "", "")


def test_departure_and_death_require_dates():
    header = [
        "姓名",
        "身份证号",
        "现住小区/建筑",
        "门牌地址",
        "是否已迁出",
        "迁出日期",
        "是否已死亡",
        "死亡日期",
    ]
    rows = [
        header,
        ["王芳", resident_id(order="002"), "", "3-2-501", "是", "2026-05", "否", ""],
        ["李强", resident_id(order="003"), "", "3-2-501", "否", "", "是", "2026-05-06"],
        ["张敏", resident_id(order="004"), "", "3-2-501", "是", "", "", ""],
        ["陈军", resident_id(order="005"), "", "3-2-501", "否", "2026-05-06", "", ""],
        ["赵丽", resident_id(order="006"), "", "3-2-501", "是", "2027-01-01", "", ""],
        ["孙静", resident_id(order="008"), "", "", "是", "2026-05-06", "", ""],
    ]
    moved, dead, undated, contrary, future, departed = people(workbook(rows))
    assert (moved.moved_out, str(moved.moved_out_on), moved.dead) == (True, "2026年5月", False)
    assert (dead.dead, str(dead.died_on), dead.moved_out) == (True, "2026年5月6日", False)
    assert [error.column for row in (undated, contrary, future) for error in row.errors] == ["迁出日期"] * 3
    assert departed.errors == ()
