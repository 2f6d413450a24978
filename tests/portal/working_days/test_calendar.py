"""Counting of working days."""

import datetime

import pytest

from portal.working_days.calendar import WorkingCalendar, announced_days

D = datetime.date
PLAIN = WorkingCalendar()


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        (D(2026, 11, 30), 1, D(2026, 12, 1)),
        (D(2026, 11, 27), 1, D(2026, 11, 30)),  # over a weekend
        (D(2026, 9, 30), 1, D(2026, 10, 8)),  # over the National Day holiday
        (D(2026, 10, 9), 1, D(2026, 10, 10)),  # a Saturday on which work is made up
        (D(2024, 2, 28), 1, D(2024, 2, 29)),  # leap year
        (D(2023, 2, 28), 1, D(2023, 3, 1)),
        (D(2026, 12, 31), 1, D(2027, 1, 4)),  # New Year: a holiday that is known, then a weekend
        (D(2026, 10, 1), 0, D(2026, 10, 8)),  # nothing added: the next working day
        (D(2026, 10, 8), 0, D(2026, 10, 8)),
        (D(2026, 10, 10), 0, D(2026, 10, 10)),
    ],
)
def test_add(start, number, end):
    assert PLAIN.add(start, number) == end


def test_between_counts_the_end_and_not_the_start():
    assert PLAIN.between(D(2026, 9, 30), D(2026, 10, 8)) == 1
    assert PLAIN.between(D(2026, 10, 8), D(2026, 10, 12)) == 3  # Friday, the made-up Saturday, Monday
    assert PLAIN.between(D(2026, 10, 12), D(2026, 10, 8)) == 0
    for number in (1, 5, 30):
        assert PLAIN.between(D(2026, 9, 1), PLAIN.add(D(2026, 9, 1), number)) == number


def test_a_year_is_known_once_a_made_up_weekend_day_is():
    assert PLAIN.is_known(D(2026, 12, 31))
    assert not PLAIN.is_known(D(2027, 1, 4))
    typhoon = {D(2027, 7, 1): False}
    assert not WorkingCalendar(typhoon).is_known(D(2027, 1, 4))
    assert not WorkingCalendar(typhoon | {D(2027, 7, 2): True}).is_known(
        D(2027, 1, 4)
    )  # a Friday says nothing
    assert WorkingCalendar(typhoon | {D(2027, 1, 30): True}).is_known(D(2027, 1, 4))


def test_the_administrators_days_go_before_the_announced_ones():
    calendar = WorkingCalendar({D(2026, 10, 8): False, D(2026, 10, 7): True})
    assert calendar.add(D(2026, 9, 30), 1) == D(2026, 10, 7)
    assert calendar.add(D(2026, 10, 7), 1) == D(2026, 10, 9)


def test_announced_days_are_those_of_the_year():
    days = {each.day: each.is_working for each in announced_days(2026)}
    assert days[D(2026, 10, 10)]
    assert not days[D(2026, 10, 1)]
    assert {day.year for day in days} == {2026}
    assert not any(each.is_working for each in announced_days(2027))
