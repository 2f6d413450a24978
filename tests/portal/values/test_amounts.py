"""Amounts in figures and in words."""

from decimal import Decimal

import pytest

from portal.values.amounts import in_figures, in_words

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = {"仟": 1000, "佰": 100, "拾": 10}


def read_back(words: str) -> Decimal:
    """The amount that words mean, read without the library."""
    sign = -1 if words.startswith("负") else 1
    words = words.removeprefix("负").removesuffix("整")
    yuan, _, rest = words.rpartition("元")
    total, section, digit = 0, 0, 0
    for character in yuan:
        if character in _DIGITS:
            digit = _DIGITS.index(character)
        elif character in _PLACES:
            section, digit = section + digit * _PLACES[character], 0
        else:
            unit = {"万": 10**4, "亿": 10**8}[character]
            total, section, digit = total + (section + digit) * unit, 0, 0
    fen = 0
    for character in rest:
        if character in _DIGITS:
            digit_of_rest = _DIGITS.index(character)
        else:
            fen += digit_of_rest * {"角": 10, "分": 1}[character]
    return sign * (total + section + digit + Decimal(fen) / 100)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角"),
        ("0.55", "伍角伍分"),
        ("10.00", "壹拾元整"),
        ("10.05", "壹拾元零伍分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("10001", "壹万零壹元整"),
        ("20000000", "贰仟万元整"),
        ("200005000", "贰亿零伍仟元整"),
        ("-0.05", "负伍分"),
        ("-30", "负叁拾元整"),
    ],
)
def test_amounts_in_words(amount, words):
    assert in_words(Decimal(amount)) == words


def test_zeros_in_every_place_mean_the_same_amount():
    for mask in range(1, 2**10):
        fen = sum((place % 9 + 1) * 10**place for place in range(10) if mask & 1 << place)
        for amount in (Decimal(fen) / 100, -Decimal(fen) / 100):
            words = in_words(amount)
            assert read_back(words) == amount, words
            assert "零零" not in words


def test_zeros_between_digits_are_said():
    """A zero that nobody says could be filled in: 1,005 is no 壹仟伍."""
    for amount, words in ((1005, "壹仟零伍元整"), (10050, "壹万零伍拾元整"), (105000, "壹拾万伍仟元整")):
        assert in_words(amount) == words


def test_parts_of_a_fen_are_refused():
    with pytest.raises(ValueError, match="fen"):
        in_words(Decimal("0.005"))


def test_figures_have_separators():
    assert in_figures(Decimal("-1234567.5")) == "-1,234,567.50"
