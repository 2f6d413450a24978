"""Personal numbers in a text: ID numbers, mobile numbers and bank cards."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from portal.values.id_numbers import EIGHTEEN_CHARACTERS, PROVINCES, birth_of, convert_15

ID_NUMBER = "身份证号码"
MOBILE = "手机号码"
BANK_CARD = "银行卡号"
SEGMENT_SEPARATOR = "\x1f"
"""Separator of texts that are scanned separately, as cells of a table: no number continues across it."""


@dataclass(frozen=True, slots=True)
class PersonalNumber:
    """One personal number: its place, its kind, and its first digits with the rest masked."""

    where: str
    kind: str
    masked: str


def numbers_in_text(text: str, where: str) -> list[PersonalNumber]:
    """Findings in a text, in order. `where` is the place as shown to the user (标题、第3页).

    A number may continue on the next line; not in files, whose lines are often table cells.
    """
    return [finding(where, kind, number) for kind, number in personal_numbers(text, across_lines=True)]


def finding(where: str, kind: str, number: str) -> PersonalNumber:
    """Finding with the number masked except for its first four characters (mobile numbers: three)."""
    visible = 3 if kind == MOBILE else 4
    return PersonalNumber(where, kind, number[:visible] + "*" * (len(number) - visible))


def digit_of(char: str) -> int | None:
    """Decimal digit of a character in any script, full-width ones too."""
    return unicodedata.decimal(char, None)


# Normalisation of characters that look like a digit, an X, a dash, a dot or a space; invisible ones are removed.
_NORMALISED = str.maketrans(
    {
        **{
            chr(code): str(digit)
            for code in range(0x660, 0x10000)
            if (digit := digit_of(chr(code))) is not None
        },
        **dict.fromkeys("ＸｘxΧХ×✕", "X"),
        **dict.fromkeys("－‐‑‒–—―−﹣_＿~～", "-"),
        **dict.fromkeys("·•‧∙⋅・･．｡*＊", "."),
        **dict.fromkeys("，、,", ","),
        **dict.fromkeys("／\\＼|｜()（）[]［］", "/"),
        **dict.fromkeys("\t\r\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000", " "),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", None),
    }
)
# Never a personal number: a code of letters and digits (统一社会信用代码), an amount (13800138000.00), a fraction
# (0.13800138000).
_NOT_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])(?=[0-9]*[A-WYZ])[0-9A-Z]{18}(?![0-9A-Za-z])"
    r"|(?<![0-9.])[0-9]{1,14}\.[0-9]{1,2}(?![0-9.])"
    r"|(?<![0-9.])0\.[0-9]+"
)
# Digits that read as one number: unseparated, or separated by up to three marks (330102 - 1970…, 330102·1970…).
_MARK = r"[ \n.,/-]"
_GROUP = re.compile(rf"[0-9]+(?:{_MARK}{{1,3}}[0-9]+)*(?:{_MARK}{{0,3}}X)?")
_PIECES = re.compile(rf"({_MARK}+)(?!X)")
_LISTING = re.compile(r"[\n,]")
"""Mark that separates the items of a list as often as the groups of one number."""
_SHORTEST = 11
_LONGEST = 19

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_WITH_COUNTRY = re.compile(r"(?:00)?86(1[3-9][0-9]{9})")
_MOBILE_GROUPS = {
    *(
        (3, 4, 4),
        (4, 3, 4),
        (4, 4, 3),
        (3, 3, 5),
        (3, 5, 3),
        (5, 3, 3),
        (3, 2, 3, 3),
        (3, 3, 3, 2),
        (3, 4, 2, 2),
    ),
    *((3, 8), (8, 3), (7, 4), (5, 6)),
}
_MOBILE_GROUPS_IN_A_LIST = {(3, 4, 4), (4, 3, 4), (4, 4, 3), (3, 8), (7, 4)}
# UnionPay and older bank cards, Visa, MasterCard; then American Express and JCB, which begin with 3.
_CARD = re.compile(r"(?:62|4|5)[0-9]{11,17}|(?:6[0-9]|9)[0-9]{14,17}|3[47][0-9]{13}|35[0-9]{14}")
_BIRTH = re.compile(r"(?:18[5-9]|19[0-9]|20[0-9])[0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")


def personal_numbers(text: str, *, across_lines: bool = False) -> Iterator[tuple[str, str]]:
    """Kind and digits of each personal number in a text."""
    text = text.translate(_NORMALISED)
    if not across_lines:
        text = text.replace("\n", SEGMENT_SEPARATOR)
    for group in _GROUP.finditer(_NOT_PERSONAL.sub(SEGMENT_SEPARATOR, text)):
        if len(group.group()) >= _SHORTEST:
            pieces = _PIECES.split(group.group())
            yield from _numbers_in_group(
                [re.sub("[^0-9X]", "", piece) for piece in pieces[::2]], pieces[1::2]
            )


def _numbers_in_group(pieces: list[str], marks: list[str]) -> Iterator[tuple[str, str]]:
    """Numbers in adjacent groups of digits; each group belongs to at most one number."""
    start = 0
    while start < len(pieces):
        for end, joined in _join_groups(pieces, start):
            is_listed = any(map(_LISTING.search, marks[start : end - 1]))
            if match := _classify(joined, tuple(map(len, pieces[start:end])), is_listed):
                yield match
                start = end
                break
        else:
            start += 1


def _join_groups(pieces: list[str], start: int) -> Iterator[tuple[int, str]]:
    """Groups from `start` on, joined up to the longest possible number; the longest first, with their end."""
    numbers, number = [], ""
    for end in range(start, len(pieces)):
        number += pieces[end]
        if len(number) > _LONGEST:
            break
        if len(number) >= _SHORTEST:
            numbers.append((end + 1, number))
    return reversed(numbers)


def _classify(number: str, groups: tuple[int, ...], is_listed: bool) -> tuple[str, str] | None:
    """Classify a number by its digits, its grouping, and whether the groups may be a list."""
    is_unbroken = len(groups) == 1 or set(groups) == {1}
    # An X behind a complete number belongs to the next word: 330102….xlsx.
    for candidate in dict.fromkeys((number, number.removesuffix("X"))):
        if is_id_number(candidate, is_unbroken=is_unbroken or groups == (6, 6, 3)):
            return ID_NUMBER, candidate
    number = number.removesuffix("X")
    in_groups = groups in (_MOBILE_GROUPS_IN_A_LIST if is_listed else _MOBILE_GROUPS)
    if _MOBILE.fullmatch(number) and (is_unbroken or in_groups):
        return MOBILE, number
    if is_unbroken and (country := _WITH_COUNTRY.fullmatch(number)):
        return MOBILE, country.group(1)
    in_fours = not is_listed and (set(groups[:-1]) == {4} or (groups[0] == 6 and len(groups) == 2))
    if _CARD.fullmatch(number) and (is_unbroken or in_fours) and _luhn(number):
        return BANK_CARD, number
    return None


def is_id_number(number: str, *, is_unbroken: bool = True) -> bool:
    """Whether a number is an ID number: province and birth date must be plausible.

    The check digit is ignored, since a mistyped number still identifies its person. The date need not exist in the
    calendar, because such numbers were issued; in numbers of 15 digits, which match more easily, it must.
    """
    if EIGHTEEN_CHARACTERS.fullmatch(number):
        return number[:2] in PROVINCES and _looks_like_birth(number)
    if len(number) == 15 and is_unbroken and number.isdigit() and number[:2] in PROVINCES:
        return birth_of(convert_15(number)) is not None
    return False


def is_truncated_id_number(number: str) -> bool:
    """Whether an 18-digit number that lost its last digits as a spreadsheet number was an ID number."""
    return len(number) == 18 and number[:2] in PROVINCES and _looks_like_birth(number)


def _looks_like_birth(number: str) -> bool:
    return _BIRTH.fullmatch(number[6:14]) is not None


def _luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    return sum(digits[::2] + [digit * 2 - 9 * (digit > 4) for digit in digits[1::2]]) % 10 == 0
