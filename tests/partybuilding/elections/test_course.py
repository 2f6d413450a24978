"""The course of an election: notice, meeting, count, second ballot, new term, and each step back."""

import datetime

import pytest

from community.activities.models import Activity
from community.ballots.models import Ballot, BallotLine
from community.bodies.actions import end_holder
from community.bodies.models import Post, PostHolder
from community.dated_rules.models import DatedRule
from community.people.models import Person
from partybuilding.elections.actions import (
    call_second_ballot,
    change_candidates,
    record_result,
    take_back,
)
from partybuilding.elections.hooks import elections_due
from partybuilding.elections.models import Candidate, Contest, Election
from partybuilding.elections.new_term import take_back_term, take_office
from partybuilding.elections.results import results_of
from portal.access.user_access import Access
from portal.forms.forms import EditConflict
from portal.forms.refusals import Refusal, UndoRefused, WrongDate
from tests.partybuilding.elections.conftest import (
    MEETING,
    NOTICE,
    WON,
    announce,
    count,
    meet,
    tallies_of,
)

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
OFFICE = datetime.date(2026, 4, 1)


def holders_today(branch) -> list[tuple[str, str]]:
    holders = PostHolder.objects.filter(post__body=branch.body).current()
    return sorted(
        (holder.post.title, holder.person.name) for holder in holders.select_related("person", "post")
    )


def test_the_notice_stands_long_enough(election):
    with pytest.raises(WrongDate, match=r"应不少于5天.*最迟2026年3月15日公告"):
        announce(election, MEETING - 4 * DAY)
    row = announce(election, MEETING - 5 * DAY)
    assert (row.state, row.activity.state, row.activity.kind) == ("noticed", "planned", "party_election")


def test_the_days_of_notice_are_a_dated_rule(house, cast, election):
    DatedRule.objects.create(
        community=house.kuocang, key="party_election_notice_days", value=10, start=datetime.date(2026, 1, 1),
        source="街道党工委", set_by=cast["director"],
    )  # fmt: skip
    with pytest.raises(WrongDate, match="不少于10天"):
        announce(election, MEETING - 9 * DAY)
    announce(election, MEETING - 10 * DAY)


def test_no_notice_without_candidates_or_with_too_few(house, branch, people, election):
    stands = Candidate.objects.filter(contest__post=branch.member)
    change_candidates(election=election, remove=[c.pk for c in stands[:3]])
    with pytest.raises(Refusal, match="委员应选2名，候选人只有1名，还缺1名"):
        announce(election)
    change_candidates(election=election, remove=list(Candidate.objects.values_list("pk", flat=True)))
    assert not Contest.objects.exists()
    with pytest.raises(Refusal, match="还没有候选人"):
        announce(election)


def test_one_person_stands_once_for_a_post(branch, people, election):
    with pytest.raises(Refusal, match="甲党员已是书记候选人"):
        change_candidates(election=election, post=branch.secretary, person=people["甲"])


def test_the_meeting_follows_the_notice(election):
    announce(election)
    with pytest.raises(WrongDate, match="满5天后才能选举"):
        meet(election, on=NOTICE + 4 * DAY)
    with pytest.raises(Refusal, match="实到31人，比应到30人多1人"):
        meet(election, 30, 31)


@pytest.mark.parametrize(("present", "state"), [(24, "held"), (23, "void")])
def test_without_four_fifths_the_election_is_void(election, present, state):
    announce(election)
    row = meet(election, 30, present)
    assert row.state == state
    assert results_of(row).quorum.is_met is (state == "held")
    assert Activity.objects.get(pk=row.activity_id).state == "held"


def test_after_a_void_election_the_next_one_is_planned(house, branch, election):
    announce(election)
    void = meet(election, 30, 23)
    Election.objects.create(community=house.kuocang, body=branch.body, planned_on=MEETING + 30 * DAY)
    with pytest.raises(Refusal, match="已重新组织换届选举，不能撤回"):
        take_back(election=void, seen=None)


def test_who_is_elected(counted):
    results = results_of(counted)
    assert [(each.contest.post.title, each.person.name) for each in results.elected] == [
        ("书记", "丙党员"),
        ("委员", "乙党员"),
        ("委员", "丁党员"),
    ]
    assert results.unfilled == []
    assert Ballot.objects.filter(kind="election").count() == 2
    assert BallotLine.objects.filter(ballot__kind="election").count() == 6


def test_a_seat_without_a_majority_stays_empty(election):
    announce(election)
    meet(election)
    row = count(election, {"书记": (12, 12), "委员": (20, 4, 12, 8)})
    assert [(post.title, number) for post, number in results_of(row).unfilled] == [("书记", 1), ("委员", 1)]


def test_a_tie_goes_to_a_second_ballot(branch, election):
    announce(election)
    meet(election)
    tie = count(election, {"书记": (5, 18), "委员": (20, 14, 14, 0)})
    with pytest.raises(Refusal, match="丙党员、丁党员票数相等，请先再次投票"):
        take_office(election=tie, seen=None, on=OFFICE)
    again = call_second_ballot(election=tie, seen=None)
    (second,) = results_of(again).current
    assert (second.contest.title, second.contest.seats) == ("委员（第2次投票）", 1)
    row = count(again, {"委员": (15, 9)})
    assert [c.person.name for c in results_of(row).elected] == ["丙党员", "乙党员", "丙党员"]
    assert results_of(row).unfilled == []
    with pytest.raises(Refusal, match="不用再次投票"):
        call_second_ballot(election=row, seen=None)


def test_a_second_ballot_is_taken_back(election):
    announce(election)
    meet(election)
    tie = count(election, {"书记": (5, 18), "委员": (20, 14, 14, 0)})
    again = call_second_ballot(election=tie, seen=None)
    assert take_back(election=again, seen=None).state == "counted"
    assert not Contest.objects.filter(round=2).exists()


def test_wrong_numbers_are_refused_without_a_form_as_well(election):
    announce(election)
    meet(election)
    tallies = tallies_of(election, WON, spoiled=1)
    with pytest.raises(Refusal, match="收回24张，有效24张加废票1张共25张，多1张"):
        record_result(election=election, seen=None, tallies=tallies)
    assert not Ballot.objects.filter(kind="election").exists()


def test_the_second_of_two_counts_meets_the_first(election):
    announce(election)
    meet(election)
    election.refresh_from_db()
    seen = election.version
    first = tallies_of(election, WON)
    second = tallies_of(election, WON | {"书记": (4, 19)})
    record_result(election=election, seen=seen, tallies=first)
    with pytest.raises(EditConflict) as conflict:
        record_result(election=election, seen=seen, tallies=second)
    assert conflict.value.differences == [
        ("书记 甲党员", "赞成5，反对0，弃权0", "赞成4，反对0，弃权0"),
        ("书记 丙党员", "赞成18，反对0，弃权0", "赞成19，反对0，弃权0"),
    ]
    assert BallotLine.objects.get(name="丙党员", ballot__title="选举书记").votes == 18


def test_a_count_is_put_right(counted):
    row = count(counted, WON | {"书记": (18, 5)})
    assert results_of(row).elected[0].person.name == "甲党员"
    assert Ballot.objects.filter(kind="election").count() == 2


def test_two_of_one_name_are_told_apart_on_the_paper(house, branch, people, election):
    double = Person.objects.create(community=house.kuocang, name="甲党员", name_key="甲", sex="M")
    change_candidates(election=election, post=branch.secretary, person=double)
    announce(election)
    meet(election)
    row = count(election, WON | {"书记": (5, 0, 18)})
    names = [(each.name, each.decision.verdict) for each in results_of(row).contests[0].candidates]
    assert names == [("甲党员（1号）", "未当选"), ("丙党员", "未当选"), ("甲党员（3号）", "当选")]
    assert results_of(row).elected[0].person == double


# The new term


def test_the_elected_take_office_and_the_others_leave(branch, counted):
    row = take_office(election=counted, seen=None, on=OFFICE, document="岩街党〔2026〕3号")
    assert row.state == "filled"
    assert holders_today(branch) == [("书记", "丙党员"), ("委员", "丁党员"), ("委员", "乙党员")]
    branch.body.refresh_from_db()
    assert (branch.body.term_began_on, branch.body.term_ends_on) == (OFFICE, datetime.date(2029, 4, 1))
    old = PostHolder.objects.get(post=branch.secretary, person__name="甲党员")
    assert old.end == OFFICE
    new = PostHolder.objects.get(post=branch.secretary, person__name="丙党员")
    assert (new.start, new.manner, new.document) == (OFFICE, "elected", "岩街党〔2026〕3号")


@pytest.mark.parametrize(
    ("on", "words"),
    [(MEETING - DAY, "不能早于选举大会日期2026年3月20日"), (datetime.date(2099, 1, 1), "不能晚于今天")],
)
def test_days_on_which_nobody_takes_office(counted, on, words):
    with pytest.raises(WrongDate, match=words):
        take_office(election=counted, seen=None, on=on)


def test_nobody_elected_and_somebody_dead(election, people):
    announce(election)
    meet(election)
    row = count(election, {"书记": (12, 12), "委员": (12, 12, 12, 12)})
    with pytest.raises(Refusal, match="没有人当选"):
        take_office(election=row, seen=None, on=OFFICE)
    row = count(row, WON)
    people["丙"].died_on = MEETING
    people["丙"].save()
    with pytest.raises(Refusal, match="丙党员已登记死亡"):
        take_office(election=row, seen=None, on=OFFICE)


def test_the_new_term_is_taken_back_while_nothing_follows(branch, counted):
    before = holders_today(branch)
    filled = take_office(election=counted, seen=None, on=OFFICE)
    row = take_back_term(election=filled, seen=None)
    assert (row.state, row.replaced, row.in_office_on) == ("counted", None, None)
    assert holders_today(branch) == before == [("书记", "甲党员"), ("委员", "乙党员")]
    branch.body.refresh_from_db()
    assert branch.body.term_began_on == datetime.date(2021, 3, 1)
    take_office(election=row, seen=None, on=OFFICE)


def test_the_new_term_stays_once_a_holding_has_changed(branch, counted):
    filled = take_office(election=counted, seen=None, on=OFFICE)
    holder = PostHolder.objects.get(post=branch.secretary, end__isnull=True)
    end_holder(holder=holder, on=OFFICE + 30 * DAY)
    with pytest.raises(UndoRefused, match=r"丙党员.*书记在到任后已经修改，不能撤回"):
        take_back_term(election=filled, seen=None)


def test_the_new_term_stays_once_somebody_else_came_in(house, branch, people, counted):
    filled = take_office(election=counted, seen=None, on=OFFICE)
    post = Post.objects.create(community=house.kuocang, body=branch.body, title="纪检委员", order=3)
    PostHolder.objects.create(community=house.kuocang, post=post, person=people["戊"], start=OFFICE + DAY)
    with pytest.raises(UndoRefused, match=r"戊党员.*的任职在到任后登记，不能撤回"):
        take_back_term(election=filled, seen=None)


def test_every_step_is_taken_back(election):
    announce(election)
    meet(election)
    count(election, WON)
    assert take_back(election=election, seen=None).state == "held"
    assert not Ballot.objects.filter(kind="election").exists()
    row = take_back(election=election, seen=None)
    assert (row.state, row.entitled, row.held_on) == ("noticed", None, None)
    assert Activity.objects.get(pk=row.activity_id).state == "planned"
    activity = row.activity_id
    assert take_back(election=election, seen=None).state == "planned"
    assert Activity.objects.get(pk=activity).state == "cancelled"
    with pytest.raises(Refusal, match="不能再办理这一步"):
        take_back(election=election, seen=None)
    announce(election)


def test_the_election_of_an_ended_body_goes_no_further(house, cast, branch, election, today):
    announce(election)
    branch.body.ended_on = MEETING
    branch.body.save()
    with pytest.raises(Refusal, match="第一党支部已经撤销，换届选举不再办理"):
        meet(election)
    assert list(elections_due(Access.of(cast["party"]), [house.kuocang.ref], today)) == []
