"""Dirty data 5 (decision 0097): birth dates; their spellings are tested in tests/portal/spreadsheets/test_dates.py."""

import datetime

import pytest

from portal.values.partial_dates import PartialDate
from tests.workbooks import messages, people, resident_id, roster, workbook

NO_ID = {"身份证号码": "无"}


@pytest.mark.parametrize(
    ("cell", "birth"),
    [
        (datetime.date(1985, 3, 9), PartialDate.of(1985, 3, 9)),
        (datetime.date(1985, 3, 1), PartialDate.of(1985, 3)),  # 出生年月: a typed 1985-3
        (31107, PartialDate.of(1985, 3, 1)),
        (19850301, PartialDate.of(1985, 3, 1)),
        (198503, PartialDate.of(1985, 3)),
        (1985.3, PartialDate.of(1985, 3)),
        ("1985年3月", PartialDate.of(1985, 3)),
        ("85.3", PartialDate.of(1985, 3)),
        (1985, PartialDate.of(1985)),
    ],
)
def test_birth_keeps_the_precision_of_the_cell(cell, birth):
    [person] = roster(NO_ID | {"出生年月": cell})
    assert person.birth == birth
    assert person.is_good


def test_date_cell_below_a_birth_date_header_has_day_precision():
    header = ["姓名", "性别", "出生日期", "现住地址"]
    [person] = people(workbook([header, ["王芳", "女", datetime.date(1985, 3, 1), "3-2-501"]]))
    assert person.birth == PartialDate.of(1985, 3, 1)


def test_ambiguous_1985_10_is_resolved_by_the_id_number():
    for month in ("01", "10"):
        [person] = roster({"身份证号码": resident_id(f"1985{month}15"), "出生年月": 1985.10})
        assert person.birth == PartialDate.of(1985, int(month), 15)
        assert person.findings == ()


def test_ambiguous_1985_10_without_an_id_number_is_an_error():
    [person] = roster(NO_ID | {"出生年月": 1985.10})
    assert ("出生年月", "error") in messages(person)
    assert person.birth is None


def test_1985_10_against_another_month_of_the_id_number_is_a_warning():
    [person] = roster({"身份证号码": resident_id("19850315"), "出生年月": 1985.10})
    assert messages(person) == [("出生年月", "warning")]


def test_serials_of_the_1904_system():
    header = ["姓名", "性别", "出生年月", "现住地址"]
    for date1904, serial in ((True, 29645), (False, 31107)):
        [person] = people(workbook([header, ["王芳", "女", serial, "3-2-501"]], date1904=date1904))
        assert person.birth == PartialDate.of(1985, 3, 1)


def test_unreadable_date_is_an_error_without_an_id_number():
    assert messages(roster(NO_ID | {"出生年月": "1985-02-30"})[0])[-1] == ("出生年月", "error")
    assert messages(roster({"出生年月": "1985-02-30"})[0]) == [("出生年月", "warning")]


def test_future_birth_date_is_an_error():
    assert messages(roster(NO_ID | {"出生年月": "2027-01"})[0])[-1] == ("出生年月", "error")
