"""Appraisals of the demo: all branches appraised their members last year; one has more excellent ones than the rule allows."""

import random

from django.utils import timezone

from community.activities.models import Activity, Attendance
from community.ballots.models import Ballot, BallotLine
from community.demo.parts import DemoCommunity, RunFor, demo_part
from partybuilding.appraisal.actions import BALLOT_TITLE, Entry, Tally, add_members, lines_of, names_of
from partybuilding.appraisal.models import Appraisal, AppraisalResult, Grade
from partybuilding.branch_life.plan import in_year
from partybuilding.branch_life.rules import APPRAISAL

_SHARES = (0.28, 0.45)
"""Share of excellent members: of all branches but the second, and of the second."""


@demo_part(760, RunFor.SHOWCASE)
def appraise_members(demo: DemoCommunity) -> None:
    """The results of last year's appraisals, as the papers gave them."""
    stream = random.Random(f"appraisal {demo.community.code}")  # noqa: S311 - invented votes
    meetings = Activity.objects.of(demo.community).filter(in_year(demo.today.year - 1), kind=APPRAISAL)
    meetings = meetings.filter(state=Activity.State.HELD).select_related("body").order_by("body_id", "id")
    for number, meeting in enumerate(meetings):
        appraisal = Appraisal.objects.create(
            community=demo.community,
            branch=meeting.body,
            year=timezone.localdate(meeting.starts_at).year,
            activity=meeting,
        )
        add_members(appraisal=appraisal)
        _count(appraisal, stream, _SHARES[number == 1])


def _count(appraisal: Appraisal, stream, share: float) -> None:
    """Votes and grades of the members of an appraisal."""
    results = list(
        AppraisalResult.objects.filter(community_id=appraisal.community_id, appraisal=appraisal)
        .select_related("member__person")
        .order_by("id")
    )
    lines = Attendance.objects.filter(community_id=appraisal.community_id, activity=appraisal.activity)
    entitled, present = lines.count(), lines.present().count()
    if not present or not results:
        return
    valid = present - (present > 10)
    excellent = set(stream.sample(range(len(results)), int(len(results) * share)))
    entries = [_entry(result, valid, number in excellent, stream) for number, result in enumerate(results)]
    papers = {"entitled": entitled, "present": present, "issued": present, "returned": present}
    appraisal.ballot = Ballot.objects.create(
        community_id=appraisal.community_id,
        activity=appraisal.activity,
        kind=Ballot.Kind.APPRAISAL,
        title=BALLOT_TITLE,
        valid=valid,
        spoiled=present - valid,
        **papers,
    )
    appraisal.save(update_fields=["ballot"])
    votes = lines_of(entries, names_of(results))
    for order, line in enumerate(votes, 1):
        line.community_id, line.ballot, line.order = appraisal.community_id, appraisal.ballot, order
    BallotLine.objects.bulk_create(votes)
    for entry in entries:
        entry.result.grade = entry.grade
    AppraisalResult.objects.bulk_update(results, ["grade"])


def _entry(result: AppraisalResult, valid: int, is_excellent: bool, stream) -> Entry:
    most = valid - stream.randint(0, valid // 4)
    rest = valid - most
    votes = (most, rest, 0, 0) if is_excellent else (rest, most, 0, 0)
    grade = Grade.EXCELLENT if is_excellent else Grade.GOOD
    return Entry(result, grade, "", Tally(votes, 0))
