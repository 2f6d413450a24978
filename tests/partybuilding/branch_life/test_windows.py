"""Windows of a year by the dated rules, and the day that a meeting is likely held on."""

import datetime
import itertools

import pytest
from django.utils import timezone

from community.activities.models import Activity
from community.dated_rules.models import DatedRule
from partybuilding.branch_life.plan import next_start
from partybuilding.branch_life.rules import ASSEMBLY, CODES, KINDS_BY_CODE, LECTURE, THEME_DAY
from partybuilding.branch_life.windows import LifeRules, Window

pytestmark = pytest.mark.django_db
DAY = datetime.date


def labels(community, code: str, year: int = 2026) -> list[str]:
    return [window.label for window in LifeRules([community.id]).windows(community.id, code, year)]


def test_months_quarters_and_years(house):
    assert labels(house.kuocang, THEME_DAY) == [f"{month}月" for month in range(1, 13)]
    assert labels(house.kuocang, ASSEMBLY) == ["第一季度", "第二季度", "第三季度", "第四季度"]
    assert labels(house.kuocang, LECTURE) == ["全年"]


@pytest.mark.parametrize("code", CODES)
def test_windows_cover_the_year_once(house, code):
    windows = LifeRules([house.kuocang.id]).windows(house.kuocang.id, code, 2026)
    assert (windows[0].first, windows[-1].last) == (DAY(2026, 1, 1), DAY(2026, 12, 31))
    for before, after in itertools.pairwise(windows):
        assert after.first - before.last == datetime.timedelta(days=1)


def test_a_rule_of_the_community_begins_with_the_next_window(house, cast):
    rule = {"source": "街道党工委通知", "set_by": cast["director"]}
    key = KINDS_BY_CODE[LECTURE].period
    DatedRule.objects.create(community=house.kuocang, key=key, value=3, start=DAY(2025, 6, 1), **rule)
    assert labels(house.kuocang, LECTURE, 2025) == ["全年"]
    assert labels(house.kuocang, LECTURE, 2026) == ["第一季度", "第二季度", "第三季度", "第四季度"]
    assert labels(house.xizhigou, LECTURE, 2026) == ["全年"]


def test_an_odd_period_ends_with_the_year(house, cast):
    rule = {"source": "街道党工委通知", "set_by": cast["director"], "start": DAY(2025, 1, 1)}
    DatedRule.objects.create(community=house.kuocang, key=KINDS_BY_CODE[LECTURE].period, value=5, **rule)
    assert labels(house.kuocang, LECTURE) == ["1至5月", "6至10月", "11至12月"]


def test_notice_grows_with_the_window(house):
    rules = LifeRules([house.kuocang.id])
    month, quarter, year = (
        Window(DAY(2026, 12, 1), DAY(2026, 12, 31)),
        Window(DAY(2026, 10, 1), DAY(2026, 12, 31)),
        Window(DAY(2026, 1, 1), DAY(2026, 12, 31)),
    )
    days = [(each.last - rules.notice_from(house.kuocang.id, each)).days for each in (month, quarter, year)]
    assert days == [10, 30, 60]


def test_the_next_meeting_is_likely_on_the_day_of_the_last_one():
    this_year = timezone.localdate().year
    last = Activity(starts_at=timezone.make_aware(datetime.datetime(this_year, 1, 15, 14, 30)))  # noqa: DTZ001
    window = Window(DAY(this_year + 1, 3, 1), DAY(this_year + 1, 3, 31))
    assert f"{timezone.localtime(next_start(window, last)):%Y-%m-%d %H:%M}" == f"{this_year + 1}-03-15 14:30"
    past = Window(DAY(2020, 3, 1), DAY(2020, 3, 31))
    assert next_start(past, last) is None
    assert next_start(window, None) is None
