"""The demo's branch life: two years with attendance, one assembly overdue, one meeting to come, last year's appraisals."""

import datetime
from types import SimpleNamespace

import pytest
from django.utils import timezone

from community.activities.models import Activity, Attendance
from community.ballots.models import BallotLine
from community.ballots.tally import tally_problems
from community.demo.parts import Demo, DemoCommunity
from partybuilding.appraisal.demo import appraise_members
from partybuilding.appraisal.models import Appraisal, AppraisalResult
from partybuilding.branch_life.demo import hold_meetings
from partybuilding.branch_life.plan import Standing, all_of, plans_of
from partybuilding.branch_life.rules import ASSEMBLY, CODES
from partybuilding.branch_life.windows import LifeRules
from partybuilding.members.models import Member
from tests.community.activities.planned import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(house, cast):
    for number in range(12):
        branch = (house.branch, house.branch2)[number % 2]
        person = make_person(house, f"党员{number}")
        Member.objects.create(community=house.kuocang, branch=branch, person=person)
    AppraisalResult.objects.of(house.kuocang).delete()
    Appraisal.objects.of(house.kuocang).delete()
    run = Demo(timezone.localdate(), "", print, users=cast)
    community = DemoCommunity(run, SimpleNamespace(code="kuocang"), house.kuocang, True, None, None)
    hold_meetings(community)
    appraise_members(community)
    return community


def test_two_years_of_branch_life(demo, house):
    meetings = Activity.objects.of(house.kuocang).filter(kind__in=CODES)
    assert not meetings.filter(state="held", starts_at__gt=timezone.now()).exists()
    assert set(meetings.values_list("starts_at__year", flat=True)) == {demo.today.year - 1, demo.today.year}
    lines = Attendance.objects.of(house.kuocang).filter(activity__in=meetings)
    assert lines.filter(activity__state="held", state="expected").count() == 0
    assert lines.filter(made_up_on__gt=demo.today).count() == 0
    assert lines.filter(state="present").count() > 0.8 * lines.filter(activity__state="held").count()
    today = datetime.date(demo.today.year, 12, 31)
    for branch in (house.branch, house.branch2):
        plans = [
            plans_of(all_of(house.kuocang), [branch], year, demo.today, LifeRules([house.kuocang.id]))[0]
            for year in (today.year - 1, today.year)
        ]
        overdue = [
            cell.kind.code
            for plan in plans
            for code, cells in plan.cells.items()
            for cell in cells
            if cell.standing is Standing.OVERDUE and code in CODES and code != "party_group_meeting"
        ]
        assert overdue == ([ASSEMBLY] if branch == house.branch else [])


def test_last_years_appraisals_add_up(demo, house):
    appraisals = Appraisal.objects.of(house.kuocang).filter(ballot__isnull=False).select_related("ballot")
    assert {appraisal.branch for appraisal in appraisals} == {house.branch, house.branch2}
    for appraisal in appraisals:
        assert (
            tally_problems(appraisal.ballot, list(BallotLine.objects.filter(ballot=appraisal.ballot))) == []
        )
        assert not AppraisalResult.objects.filter(appraisal=appraisal, grade="").exists()
