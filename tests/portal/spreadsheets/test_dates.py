"""Parsing of dates in all the ways people type them (dirt 5 of decision 0097)."""

import datetime

import pytest

from portal.spreadsheets.dates import read_date
from portal.values.partial_dates import PartialDate

TODAY = datetime.date(2026, 11, 21)
DAY, MONTH, YEAR = PartialDate.of(1985, 3, 1), PartialDate.of(1985, 3), PartialDate.of(1985)


@pytest.mark.parametrize(
    ("cell", "date"),
    [
        (datetime.date(1985, 3, 1), DAY),
        (datetime.datetime(1985, 3, 1, 8, 30), DAY),  # noqa: DTZ001 - cells have no time zone
        (31107.0, DAY),
        ("31107", DAY),
        (19850301.0, DAY),
        ("19850301", DAY),
        ("1985.03.01", DAY),
        ("1985-3-1", DAY),
        ("1985/3/1", DAY),
        ("1985/3/1 0:00:00", DAY),
        ("1985年3月1日", DAY),
        ("1985 . 3 . 1", DAY),
        ("１９８５．３．１", DAY),
        ("一九八五年三月一日", DAY),
        ("85.3.1", DAY),
        ("850301", DAY),
        ("1985-03-01生", DAY),
        (198503.0, MONTH),
        ("198503", MONTH),
        (1985.3, MONTH),
        ("1985.3", MONTH),
        ("1985-3", MONTH),
        ("1985年3月", MONTH),
        ("85.3", MONTH),
        (85.3, MONTH),
        ("1985", YEAR),
        (1985.0, YEAR),
        ("1985年", YEAR),
        ("2000年12月31日", PartialDate.of(2000, 12, 31)),
        ("二〇〇〇年十二月三十一日", PartialDate.of(2000, 12, 31)),
        ("1984-02-29", PartialDate.of(1984, 2, 29)),
        (1985.12, PartialDate.of(1985, 12)),
        ("1985.10", PartialDate.of(1985, 10)),
    ],
)
def test_dates_are_parsed_with_precision(cell, date):
    assert read_date(cell, today=TODAY).date == date


def test_serials_follow_the_date_system_of_the_workbook():
    assert read_date(29645.0, today=TODAY, date1904=True).date == DAY
    assert read_date(29645.0, today=TODAY).date == PartialDate.of(1981, 2, 28)


def test_october_as_number_needs_a_hint():
    reading = read_date(1985.10, today=TODAY)
    assert reading.is_error
    assert "1月还是10月" in reading.problem
    for month in (1, 10):
        hinted = read_date(1985.10, today=TODAY, hint=datetime.date(1985, month, 3))
        assert hinted.date == PartialDate.of(1985, month)
    assert not read_date(1985.10, today=TODAY, hint=datetime.date(1985, 3, 3)).date.agrees_with(
        datetime.date(1985, 3, 3)
    )


def test_date_cell_in_a_month_column_is_a_month():
    """Excel stores a typed 1985-3 as 1 March and shows 1985-3."""
    assert read_date(datetime.date(1985, 3, 1), today=TODAY, month_column=True).date == MONTH
    assert read_date(datetime.date(1985, 3, 9), today=TODAY, month_column=True).date == PartialDate.of(
        1985, 3, 9
    )


def test_ambiguous_two_digit_year_is_a_warning():
    assert read_date("05.3", today=TODAY).problem
    assert read_date("05.3", today=TODAY).date == PartialDate.of(2005, 3)
    assert read_date("05.3", today=TODAY, hint=datetime.date(1905, 3, 1)).date == PartialDate.of(1905, 3)
    assert read_date("85.3", today=TODAY).problem == ""


@pytest.mark.parametrize("cell", ["", "无", "不详", "-"])
def test_blank_is_no_date_and_no_error(cell):
    reading = read_date(cell, today=TODAY)
    assert (reading.date, reading.problem) == (None, "")


@pytest.mark.parametrize(
    "cell",
    [
        "1985-02-30",
        "1985-13",
        "3月1日",
        "3/1/1985",
        "三月",
        12.0,
        1985.123,
        True,
        "去年",
        "99999999",
        datetime.time(8),
    ],
)
def test_unreadable_date_is_an_error_with_expected_format(cell):
    reading = read_date(cell, today=TODAY)
    assert reading.is_error
    assert "1985-03" in reading.problem
