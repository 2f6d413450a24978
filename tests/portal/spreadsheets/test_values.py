"""Conversion of cells to yes/no (dirt 7 of decision 0097), text and numbers."""

import datetime
from decimal import Decimal

import pytest

from portal.spreadsheets.values import cell_text, is_placeholder, read_decimal, read_yes_no


@pytest.mark.parametrize(
    "cell", ["是", "√", "✓", "有", "1", 1.0, "Y", "y", True, "是（低保）", "是(残疾二级)", " 是 ", "Ｙ"]
)
def test_yes(cell):
    assert read_yes_no(cell) is True


@pytest.mark.parametrize("cell", ["否", "×", "无", "0", 0.0, "N", False, "否（已迁）", "不是"])
def test_no(cell):
    assert read_yes_no(cell) is False


@pytest.mark.parametrize("cell", ["", " ", "不详", "/"])
def test_blank_is_unknown_and_not_no(cell):
    assert read_yes_no(cell) is None


@pytest.mark.parametrize("cell", ["也许", "2", datetime.date(2026, 1, 1)])
def test_other_words_are_an_error(cell):
    with pytest.raises(ValueError, match="是"):
        read_yes_no(cell)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (501.0, "501"),
        (1985.3, "1985.3"),
        (330106198503011234.0, repr(330106198503011234.0)),
        ("  王\u00a0芳\n", "王 芳"),
        ("\u200b501\ufeff", "501"),
        ("'012", "012"),
        (True, "是"),
        (datetime.date(1985, 3, 1), "1985-03-01"),
        (datetime.datetime(1985, 3, 1), "1985-03-01"),  # noqa: DTZ001 - cells have no time zone
    ],
)
def test_cell_text(cell, text):
    assert cell_text(cell) == text


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (1200.0, Decimal(1200)),
        (0.1, Decimal("0.1")),
        ("￥1,200.00元", Decimal(1200)),
        ("1，200", Decimal(1200)),
        ("１２．５", Decimal("12.5")),
        ("", None),
        ("-", None),
    ],
)
def test_read_decimal_from_text_and_money(cell, number):
    assert read_decimal(cell) == number


@pytest.mark.parametrize("cell", ["约1200", "NaN", "inf", "一千"])
def test_read_decimal_error(cell):
    with pytest.raises(ValueError, match="数字"):
        read_decimal(cell)


def test_long_text_is_no_placeholder():
    assert is_placeholder(" 无 ")
    assert not is_placeholder("无固定工作")
    assert not is_placeholder(0.0)
