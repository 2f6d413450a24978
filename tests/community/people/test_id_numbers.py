import datetime

import pytest

from community.people.id_numbers import province_of, read_id, sex_of
from portal.values.id_numbers import birth_of, checksum, convert_15, is_resident_id, mask_id
from portal.values.uscc import is_uscc
from tests.workbooks import resident_id

MAN = resident_id()
# 33010619850301003X: the order number whose check character is X.
WITH_X = next(number for order in range(1000) if (number := resident_id(order=f"{order:03d}")).endswith("X"))
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (MAN, MAN),
        (WITH_X, WITH_X),
        (WITH_X.lower(), WITH_X),
        (WITH_X[:17] + "Ｘ", WITH_X),
        (WITH_X[:17] + "×", WITH_X),
        (WITH_X[:17] + "*", WITH_X),
        (WITH_X.translate(FULL_WIDTH), WITH_X),
        (f"'{MAN}", MAN),
        (f"`{MAN}", MAN),
        (f" {MAN[:6]} {MAN[6:14]}\u00a0{MAN[14:]}\u200b", MAN),
        (f"\ufeff{MAN}\n", MAN),
        (f"{MAN[:6]}-{MAN[6:14]}-{MAN[14:]}", MAN),
        (f"身份证号：{MAN}", MAN),
    ],
)
def test_id_number_formats_are_normalised(cell, number):
    reading = read_id(cell)
    assert (reading.kind, reading.number, reading.problem) == ("resident_id", number, "")


def test_county_code_newer_than_birth_year_is_accepted():
    # 440307 (龙岗) exists since 1993, 500101 (万州) since 1997: the checksum is the rule.
    for number in (resident_id("19700101", place="440307"), resident_id("19500505", place="500101")):
        assert read_id(number).problem == ""


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        (MAN[:17] + ("0" if MAN[17] != "0" else "1"), "校验码不符"),
        (MAN[:17], "现为 17 位"),
        (MAN + "1", "现为 19 位"),
        ("13800000000", "现为 11 位"),
        (float(MAN), "Excel"),
        (330106198503010000.0, "Excel"),
        ("3.30106E+17", "Excel"),
        (f"{MAN}/{WITH_X}", "两个证件号码"),
        (f"{MAN} {WITH_X}", "两个证件号码"),
        (f"{MAN}\n{WITH_X}", "两个证件号码"),
        (f"{MAN}、{WITH_X}", "两个证件号码"),
        (f"{MAN}{WITH_X}", "两个证件号码"),
        ("330106********1234", "遮盖"),
        ("3301**************", "遮盖"),
        ("33010619850301xxxx", "遮盖"),
        (MAN + "41", "残疾人证号"),
        ("330106853301123", "出生日期不成立"),
        ("张三", "认不出"),
        (True, "这不是证件号码"),
        (datetime.date(1985, 3, 1), "这不是证件号码"),
        (12345.0, "位数不对"),
    ],
)
def test_unusable_id_numbers_are_errors(cell, sentence):
    reading = read_id(cell)
    assert reading.is_error
    assert sentence in reading.problem
    assert reading.number == ""


def test_a_numeric_cell_is_an_error_even_when_the_checksum_happens_to_fit():
    """About 9 % of truncated numbers still have a valid checksum."""
    lucky = next(
        number
        for order in range(1000)
        for day in range(1, 29)
        if (number := f"330106198503{day:02d}{order:03d}0")[14:] == "0000" and is_resident_id(number)
    )
    assert read_id(lucky).number == lucky
    assert read_id(float(lucky)).is_error


def test_an_old_number_is_converted_with_a_warning():
    for cell in ("330106850301123", 330106850301123.0):
        reading = read_id(cell)
        assert reading.number == resident_id("19850301", "123")
        assert not reading.is_error
        assert "15 位" in reading.problem
    assert convert_15("330106850301123") == MAN


@pytest.mark.parametrize("cell", ["", "无", "未办", "丢失", "没有", "不详", "-", "／", " 未 办 理 "])
def test_missing_id_number_is_a_warning(cell):
    reading = read_id(cell)
    assert (reading.kind, reading.number, reading.is_error) == ("", "", False)
    assert "没有证件号码" in reading.problem


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("E12345678", "passport"),
        ("EA1234567", "passport"),
        ("H12345678", "hk_macao"),
        ("12345678", "taiwan"),
        ("Q330012345", "birth_certificate"),
        ("南字第1234567号", "military"),
        ("AB-12345(6)", "other"),
    ],
)
def test_another_certificate_is_stored_as_its_kind_with_a_warning(cell, kind):
    reading = read_id(cell)
    assert (reading.kind, reading.is_error) == (kind, False)
    assert "请核对" in reading.problem


def test_stated_certificate_kind_is_used_without_warning():
    assert read_id("护照E12345678") == read_id("E12345678", "护照")
    assert read_id("E12345678", "护照").problem == ""
    assert read_id("H12345678（回乡证）").kind == "hk_macao"
    assert read_id("E12345678", "居民身份证").is_error


def test_invalid_place_or_date_in_id_number_is_a_warning():
    for number in (resident_id("19851332"), resident_id(place="990106")):
        reading = read_id(number)
        assert reading.number == number
        assert reading.problem
        assert not reading.is_error


def test_residence_permits_of_hong_kong_macao_and_taiwan_are_their_own_kind():
    assert read_id(resident_id(place="830000")).kind == "hmt_residence"


def test_sex_and_province_are_read_from_the_id_number():
    assert birth_of(MAN) == datetime.date(1985, 3, 1)
    assert birth_of(resident_id("19850230")) is None
    assert (sex_of(MAN), sex_of(resident_id(order="124"))) == ("M", "F")
    assert province_of(MAN) == "浙江"


def test_the_mask_shows_four_digits_only():
    assert mask_id(MAN) == "3301**************"
    assert mask_id("E12345678") == "E1*******"


def test_the_check_character_is_the_one_of_the_standard():
    # The example of GB 11643, annex A.
    assert checksum("11010519491231002") == "X"
    assert checksum("44052418800101001") == "4"


def test_social_credit_codes():
    assert is_uscc("91350100M000100Y43")  # the example of GB 32100
    assert not is_uscc("91350100M000100Y44")
    assert is_uscc("N2331102MF123456XB")  # a rural collective: its code begins with a letter
    assert not is_uscc("n2331102mf123456xb")
    assert not is_uscc("N2331102MF123456X")
    assert not is_uscc("91350100I000100Y43")
    assert not is_uscc("91350100M000100Y4")
