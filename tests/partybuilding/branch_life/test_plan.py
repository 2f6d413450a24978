"""The plan of a year: what was held, planned, due and overdue, for branches and their groups."""

import datetime

import pytest

from partybuilding.branch_life.plan import all_of, plans_of
from partybuilding.branch_life.rules import ASSEMBLY, COMMITTEE, GROUP, LECTURE, THEME_DAY
from partybuilding.branch_life.windows import LifeRules
from tests.partybuilding.branch_life.meetings import hold

pytestmark = pytest.mark.django_db
DAY = datetime.date
TODAY = DAY(2026, 5, 20)


def cells(house, code: str, body=None):
    [plan] = plans_of(
        all_of(house.kuocang), [body or house.branch], 2026, TODAY, LifeRules([house.kuocang.id])
    )
    return plan.cells.get(code)


def words(house, code: str, **kwargs) -> list[str]:
    return [cell.standing.word for cell in cells(house, code, **kwargs)]


def test_each_window_says_how_it_stands(house):
    hold(house.branch, THEME_DAY, DAY(2026, 1, 15))
    hold(house.branch, THEME_DAY, DAY(2026, 3, 15), state="planned")
    hold(house.branch, THEME_DAY, DAY(2026, 7, 15), state="planned")
    hold(house.branch, THEME_DAY, DAY(2026, 4, 15)).__class__.objects.filter(
        starts_at__month=4, kind=THEME_DAY
    ).update(state="cancelled", cancelled_because="停电")
    assert words(house, THEME_DAY)[:8] == [
        "已举行", "逾期未举行", "待登记到会", "逾期未举行", "待安排", "未到期", "已安排", "未到期",
    ]  # fmt: skip


def test_one_meeting_is_enough_for_a_quarter_and_a_year(house):
    hold(house.branch, ASSEMBLY, DAY(2026, 2, 1))
    hold(house.branch, LECTURE, DAY(2026, 3, 1))
    assert words(house, ASSEMBLY) == ["已举行", "待安排", "未到期", "未到期"]
    assert words(house, LECTURE) == ["已举行"]


def test_the_last_day_of_a_window_is_in_time_and_the_next_is_not(house):
    first_quarter = {
        today: plans_of(all_of(house.kuocang), [house.branch], 2026, today, LifeRules([house.kuocang.id]))[0]
        .cells[ASSEMBLY][0]
        .standing.word
        for today in (DAY(2026, 3, 31), DAY(2026, 4, 1))
    }
    assert list(first_quarter.values()) == ["待安排", "逾期未举行"]


def test_every_group_holds_its_own_meeting(house):
    second = house.party_group.__class__.objects.create(
        community=house.kuocang, kind="party_group", name="第二党小组", parent=house.branch
    )
    hold(house.party_group, GROUP, DAY(2026, 1, 9))
    january = cells(house, GROUP)[0]
    assert january.word == "逾期未举行（1/2个小组）"
    assert january.missing == [second]
    hold(second, GROUP, DAY(2026, 1, 20))
    assert cells(house, GROUP)[0].word == "已举行（2/2个小组）"


def test_a_branch_without_groups_needs_no_group_meetings(house):
    assert cells(house, GROUP, body=house.branch2) is None


def test_nothing_is_required_before_a_branch_was_founded(house):
    house.branch.founded_on = DAY(2026, 3, 10)
    house.branch.save()
    assert words(house, COMMITTEE)[:5] == ["不要求", "不要求", "不要求", "逾期未举行", "待安排"]


def test_meetings_of_another_branch_do_not_count(house):
    hold(house.branch2, THEME_DAY, DAY(2026, 1, 15))
    assert words(house, THEME_DAY)[0] == "逾期未举行"
    assert words(house, THEME_DAY, body=house.branch2)[0] == "已举行"
