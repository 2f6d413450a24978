"""Parsing of dates as people type them into spreadsheets: real dates, serials, and a dozen text formats."""

import datetime
import re
from dataclasses import dataclass
from functools import lru_cache

from portal.spreadsheets.cells import Cell
from portal.spreadsheets.values import cell_text, is_placeholder, normalise
from portal.values.partial_dates import PartialDate

_EPOCH_1900 = datetime.date(1899, 12, 30)
_EPOCH_1904 = datetime.date(1904, 1, 1)
# Serials of 1905 to 2099; smaller numbers are years, larger ones are not dates.
_SERIALS = range(2101, 73_051)
_YEARS = range(1850, 2101)
_EXPECTED_FORMAT = "请写成 1985-03-01、1985-03 或 1985"
_TEXT = re.compile(r"^(\d{4}|\d{2})(?:年|[-./])(?:(\d{1,2})(?:(?:月|[-./])(?:(\d{1,2})[日号]?)?)?)?$")
_CLOCK = re.compile(r"[T\s]*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*$")
_TAIL = re.compile(r"(?:出生|生|日生|前后|左右|\(.*\))$")
_HAN = str.maketrans("〇零一二三四五六七八九", "00123456789")


@dataclass(frozen=True, slots=True)
class DateReading:
    """Result of parsing a cell. ``date`` is None for a blank cell and for an error.

    ``problem`` is the sentence to show; with ``date`` set it is a warning.
    """

    date: PartialDate | None = None
    problem: str = ""

    @property
    def is_error(self) -> bool:
        return bool(self.problem) and self.date is None


def read_date(
    value: Cell,
    *,
    today: datetime.date,
    date1904: bool = False,
    hint: datetime.date | None = None,
    month_column: bool = False,
) -> DateReading:
    """Parse the date of a cell, with its precision.

    ``hint`` is the same date from another column: it resolves a month typed as the number 1985.10 and a
    two-digit year; ``today`` bounds the latter. ``month_column`` says that the column asks for year and month
    only, where a date cell on the first day was typed as a month.
    """
    if isinstance(value, bool | datetime.time):
        return DateReading(problem=f"这不是日期，{_EXPECTED_FORMAT}")
    if isinstance(value, datetime.date):
        day = value.date() if isinstance(value, datetime.datetime) else value
        return DateReading(PartialDate(day, "m" if month_column and day.day == 1 else "d"))
    if isinstance(value, float):
        return _read_number(value, date1904, hint, today)
    if is_placeholder(value):
        return DateReading()
    return _read_text(value, date1904, hint, today)


def _read_number(
    value: float, date1904: bool, hint: datetime.date | None, today: datetime.date
) -> DateReading:
    whole = int(value)
    if value == whole:
        return _read_digits(str(whole), date1904, hint, today) if whole > 0 else _unreadable()
    if whole in _SERIALS:
        return _from_serial(whole, date1904)
    if whole not in _YEARS and whole > 99:
        return _unreadable()
    fraction = repr(value).partition(".")[2]
    if fraction == "1":
        return _january_or_october(whole, hint, today)
    if len(fraction) == 4:
        return _from_parts(str(whole), fraction[:2], fraction[2:], hint, today)
    if len(fraction) > 2:
        return _unreadable()
    return _from_parts(str(whole), fraction, None, hint, today)


def _january_or_october(year: int, hint: datetime.date | None, today: datetime.date) -> DateReading:
    """A typed 1985.10 is the number 1985.1: only another column can resolve the month.

    If that column has a third month, January is returned and the caller reports the contradiction.
    """
    if hint is None:
        return DateReading(
            problem=f"单元格是数字 {year}.1，分不清是1月还是10月；请改为文本，如 {year}-01 或 {year}-10"
        )
    return _from_parts(str(year), "10" if hint.month == 10 else "1", None, hint, today)


_LONGEST_RUN = 8
"""Digits of a full date; Python refuses to convert thousands of digits."""


def _read_digits(
    digits: str, date1904: bool, hint: datetime.date | None, today: datetime.date
) -> DateReading:
    """A run of digits: 19850301, 198503, 850301, 1985 or a serial."""
    if len(digits) > _LONGEST_RUN:
        return _unreadable()
    number = int(digits)
    if len(digits) == 8:
        return _from_parts(digits[:4], digits[4:6], digits[6:], hint, today)
    if len(digits) == 6:
        if int(digits[:4]) in _YEARS and 1 <= int(digits[4:]) <= 12:
            return _from_parts(digits[:4], digits[4:], None, hint, today)
        return _from_parts(digits[:2], digits[2:4], digits[4:], hint, today)
    if len(digits) == 4 and number in _YEARS:
        return _from_parts(digits, None, None, hint, today)
    if number in _SERIALS:
        return _from_serial(number, date1904)
    return _unreadable()


def _from_serial(serial: int, date1904: bool) -> DateReading:
    epoch = _EPOCH_1904 if date1904 else _EPOCH_1900
    return DateReading(PartialDate(epoch + datetime.timedelta(days=serial)))


@lru_cache(maxsize=10_000)
def _read_text(value: str, date1904: bool, hint: datetime.date | None, today: datetime.date) -> DateReading:
    text = _CLOCK.sub("", cell_text(value))
    text = (
        normalise(text)
        .replace("、", ".")
        .replace("—", "-")
        .replace("–", "-")
        .replace("。", ".")
        .replace("．", ".")
    )
    text = _TAIL.sub("", _han_numbers(text)).rstrip(".-/")
    if text.isdigit() and text.isascii():
        return _read_digits(text, date1904, hint, today)
    match = _TEXT.match(text)
    return _from_parts(*match.groups(), hint, today) if match else _unreadable()


def _han_numbers(text: str) -> str:
    """一九八五年三月十五日 → 1985年3月15日."""
    if not re.search("[一二三四五六七八九十〇零]", text):
        return text
    text = re.sub(r"([二三])?十([一二三四五六七八九])?", _tens, text)
    return text.translate(_HAN)


def _tens(match: re.Match[str]) -> str:
    tens, ones = match.groups()
    return f"{(tens or '一').translate(_HAN)}{(ones or '0').translate(_HAN)}"


def _from_parts(
    year: str, month: str | None, day: str | None, hint: datetime.date | None, today: datetime.date
) -> DateReading:
    number, problem = int(year), ""
    if len(year) <= 2:
        number, problem = _full_year(number, hint, today)
    if number not in _YEARS:
        return _unreadable()
    try:
        date = PartialDate.of(number, int(month) if month else None, int(day) if day else None)
    except ValueError:
        return DateReading(problem=f"没有这一天，请核对后改正；{_EXPECTED_FORMAT}")
    return DateReading(date, problem)


def _full_year(short: int, hint: datetime.date | None, today: datetime.date) -> tuple[int, str]:
    """Full year of two digits and a warning: 85 is 1985; 05 may be 1905 or 2005, which the hint resolves."""
    if hint is not None and hint.year % 100 == short:
        return hint.year, ""
    if 2000 + short > today.year:
        return 1900 + short, ""
    return 2000 + short, f"年份只有两位，按 {2000 + short} 年读取，请核对"


def _unreadable() -> DateReading:
    return DateReading(problem=f"认不出这个日期，{_EXPECTED_FORMAT}")
