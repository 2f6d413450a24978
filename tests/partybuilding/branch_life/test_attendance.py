"""Who is expected, rates of attendance, and make-up study."""

import datetime

import pytest

from community.activities.actions import participants_of
from community.bodies.models import Post, PostHolder
from partybuilding.branch_life import attendance
from partybuilding.branch_life.rules import ASSEMBLY, COMMITTEE, GROUP, THEME_DAY
from portal.access.user_access import Access
from tests.partybuilding.branch_life.meetings import hold

pytestmark = pytest.mark.django_db
DAY = datetime.date


def test_members_are_expected_but_not_the_lost_the_absent_and_those_who_only_report(house, branch):
    activity = hold(house.branch, ASSEMBLY, DAY(2026, 3, 1), state="planned")
    assert participants_of(activity) == {branch.first.person_id, branch.second.person_id}
    group = hold(house.party_group, GROUP, DAY(2026, 3, 1), state="planned")
    assert participants_of(group) == {branch.second.person_id}


def test_the_committee_is_expected_at_its_own_meeting(house, branch):
    post = Post.objects.create(community=house.kuocang, body=house.branch, title="书记")
    PostHolder.objects.create(
        community=house.kuocang, post=post, person=branch.first.person, start=DAY(2026, 1, 1)
    )
    activity = hold(house.branch, COMMITTEE, DAY(2026, 3, 1), state="planned")
    assert participants_of(activity) == {branch.first.person_id}


def test_rates_count_meetings_held(house, branch, cast):
    first, second, lost = branch.first.person, branch.second.person, branch.lost.person
    hold(house.branch, ASSEMBLY, DAY(2026, 1, 5), present=[first, lost], absent=[second])
    hold(house.branch, THEME_DAY, DAY(2026, 2, 5), present=[first], leave=[second], absent=[lost])
    hold(house.branch, THEME_DAY, DAY(2026, 3, 5), present=[first], off=[second])
    hold(house.branch, THEME_DAY, DAY(2026, 4, 5), state="planned", expected=[first, second])
    hold(house.branch, THEME_DAY, DAY(2025, 4, 5), absent=[first])
    hold(house.branch, "meeting", DAY(2026, 4, 6), absent=[first])
    access = Access.of(cast["branch"])
    rates = attendance.rates_by_person(access, [house.branch], 2026)
    assert rates[first.pk].words == "应到3次，到会3次，到会率100%"
    assert rates[second.pk].words == "应到2次，到会0次，请假1次，缺席1次，到会率0%"
    assert rates[lost.pk].words == "应到1次，到会1次，到会率100%"  # on the day before contact was lost
    years = attendance.rates_by_year(access, house.kuocang.ref, branch.first)
    assert {year: rate.percent for year, rate in years.items()} == {2026: "100%", 2025: "0%"}


def test_a_rate_is_whole_only_where_nobody_was_missing():
    rate = attendance.Rate()
    rate.by_state["present"], rate.by_state["absent"] = 999, 1
    assert rate.percent == "99%"


def test_whoever_missed_a_meeting_is_chased_until_they_made_up(house, branch, cast):
    today = DAY(2026, 6, 1)
    first, second, lost = branch.first.person, branch.second.person, branch.lost.person
    hold(house.branch, THEME_DAY, DAY(2026, 2, 5), leave=[first], absent=[lost], made_up=[])
    hold(house.branch, COMMITTEE, DAY(2026, 2, 6), absent=[second])
    hold(house.branch, THEME_DAY, DAY(2024, 2, 5), absent=[first])
    hold(house.branch2, THEME_DAY, DAY(2026, 2, 5), absent=[second])
    lines = attendance.to_make_up(Access.of(cast["party"]), [house.branch.pk], today)
    assert [line.person for line in lines] == [first]
    lines.get().__class__.objects.filter(person=first).update(state="made_up", made_up_on=DAY(2026, 2, 9))
    assert not attendance.to_make_up(Access.of(cast["party"]), [house.branch.pk], today)
