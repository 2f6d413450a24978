"""Dates as text: the day and time of the office's clock, without leading zeros in sentences."""

import datetime

from portal.values.dates import prose_date, prose_moment, table_day, table_moment

EVENING = datetime.datetime(2026, 3, 4, 23, 5, tzinfo=datetime.UTC)
"""Already the next morning in Shanghai."""


def test_dates_of_sentences():
    assert prose_date(datetime.date(2026, 3, 5)) == "2026年3月5日"
    assert prose_moment(EVENING) == "2026年3月5日 07:05"


def test_dates_of_tables():
    assert table_day(EVENING) == "2026-03-05"
    assert table_moment(EVENING) == "2026-03-05 07:05"
