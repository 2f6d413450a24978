"""Dirty data 3 and 4 (decision 0097): ID numbers destroyed by Excel, and other contents of an ID column."""

import datetime

import pytest

from portal.values.partial_dates import PartialDate
from tests.workbooks import ROSTER, messages, resident_id, roster

MAN = resident_id()
ID = "身份证号码"


def test_numeric_cell_of_18_digits_is_an_error_with_its_position():
    [person] = roster({ID: int(MAN)})
    [error] = person.errors
    assert (error.sheet, error.row, error.column) == ("居民花名册", 2, ID)
    assert error.value.startswith("3.30106")
    assert "文本" in error.message
    assert person.id_number == ""


@pytest.mark.parametrize(
    ("cell", "severity"),
    [
        (MAN[:17] + ("0" if MAN[17] != "0" else "1"), "error"),
        (f"{MAN}/{resident_id(order='124')}", "error"),
        ("330106********1235", "error"),
        ("330106850301123", "warning"),
        (330106850301123, "warning"),
        ("无", "warning"),
        ("未办", "warning"),
        ("丢失", "warning"),
        ("", "warning"),
        ("E12345678", "warning"),
        (resident_id("19851332"), "warning"),
        (resident_id(place="990106"), "warning"),
    ],
)
def test_severity_by_id_cell(cell, severity):
    [person] = roster({ID: cell, "出生年月": "1985.3"})
    assert messages(person) == [(ID, severity)]


def test_passport_is_stored_with_its_kind():
    [person] = roster({ID: "E12345678"})
    assert (person.id_kind, person.id_number) == ("passport", "E12345678")


def test_birth_and_sex_default_to_those_of_the_id_number():
    [person] = roster({ID: resident_id("19850315", "124")})
    assert (person.birth, person.sex) == (PartialDate.of(1985, 3, 15), "F")


def test_conflict_with_the_id_number_is_a_warning_and_the_number_wins():
    [person] = roster({ID: MAN, "性别": "女", "出生年月": "1984.3"})
    assert messages(person) == [("出生年月", "warning"), ("性别", "warning")]
    assert (person.sex, person.birth) == ("M", PartialDate.of(1985, 3, 1))


def test_agreeing_partial_date_is_no_warning():
    for cell in ("1985", "1985.3", "1985-03-01", datetime.date(1985, 3, 1)):
        [person] = roster({ID: MAN, "出生年月": cell})
        assert person.findings == ()


def test_other_birth_province_is_a_warning():
    from tests.workbooks import people, workbook

    header = ["姓名", "公民身份号码", "出生地", "户号", "户籍住址"]
    rows = [header, ["王芳", MAN, "四川省成都市", "1", "3-2-501"], ["李强", MAN, "浙江杭州", "1", "3-2-501"]]
    people_read = people(workbook(rows))
    assert messages(people_read[0]) == [("出生地", "warning")]
    assert people_read[1].findings == ()


def test_birth_date_of_an_id_number_in_the_future_is_an_error():
    [person] = roster({ID: resident_id("20290101")})
    assert messages(person) == [(ID, "error")]


def test_id_number_alone_identifies_people():
    first, second = roster({ID: resident_id(order="002")}, {ID: resident_id(order="004").lower()})
    assert first.id_number != second.id_number
    assert ROSTER.index(ID) == 10
