import datetime

import pytest

from portal.values.partial_dates import PartialDate

DAY = datetime.date(1985, 3, 15)


def test_chinese_text_of_each_precision():
    assert str(PartialDate.of(1985)) == "1985年"
    assert str(PartialDate.of(1985, 3)) == "1985年3月"
    assert str(PartialDate.of(1985, 3, 15)) == "1985年3月15日"


def test_incomplete_date_is_stored_as_its_first_day():
    assert PartialDate.of(1985, 3).value == datetime.date(1985, 3, 1)
    assert PartialDate.of(1985).value == datetime.date(1985, 1, 1)
    with pytest.raises(ValueError, match="day"):
        PartialDate.of(1985, 2, 30)


@pytest.mark.parametrize(
    ("date", "agrees"),
    [
        (PartialDate.of(1985), True),
        (PartialDate.of(1985, 3), True),
        (PartialDate.of(1985, 3, 15), True),
        (PartialDate.of(1985, 3, 1), False),
        (PartialDate.of(1985, 4), False),
        (PartialDate.of(1986), False),
    ],
)
def test_dates_agree_to_the_lesser_precision(date, agrees):
    assert date.agrees_with(DAY) is agrees
    assert PartialDate(DAY).agrees_with(date) is agrees


def test_finer_of_returns_the_more_precise_date():
    month, day = PartialDate.of(1985, 3), PartialDate.of(1985, 3, 15)
    assert month.more_precise_of(day) == day
    assert day.more_precise_of(month) == day
