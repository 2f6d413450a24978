"""A branch with posts and holders, and an election of it brought to any step."""

import datetime
from types import SimpleNamespace

import pytest

from community.bodies.models import Post, PostHolder
from community.people.models import Person
from partybuilding.elections.actions import (
    Tally,
    change_candidates,
    post_notice,
    record_meeting,
    record_result,
)
from partybuilding.elections.models import Election
from partybuilding.elections.results import results_of
from partybuilding.elections.tally import Votes

MEETING = datetime.date(2026, 3, 20)
NOTICE = datetime.date(2026, 3, 10)


@pytest.fixture
def people(house):
    """By name: 甲 to 戊, living people of kuocang."""
    names = "甲乙丙丁戊"
    return {
        name: Person.objects.create(community=house.kuocang, name=f"{name}党员", name_key=name, sex="F")
        for name in names
    }


@pytest.fixture
def branch(house, people):
    """The first branch: a secretary (甲 holds it) and two members of the committee (乙 holds one seat)."""
    Election.objects.all().delete()  # that of the house
    house.branch.term_began_on = datetime.date(2021, 3, 1)
    house.branch.term_ends_on = datetime.date(2026, 3, 1)
    house.branch.save()
    of_branch = {"community": house.kuocang, "body": house.branch}
    secretary = Post.objects.create(**of_branch, title="书记", is_head=True)
    member = Post.objects.create(**of_branch, title="委员", seats=2, order=2)
    start = datetime.date(2021, 3, 1)
    for post, name in ((secretary, "甲"), (member, "乙")):
        PostHolder.objects.create(community=house.kuocang, post=post, person=people[name], start=start)
    return SimpleNamespace(body=house.branch, secretary=secretary, member=member)


@pytest.fixture
def election(house, branch, people):
    """Planned for 20 March 2026: 甲 and 丙 stand for secretary, 乙, 丙, 丁 and 戊 for the two other seats."""
    election = Election.objects.create(
        community=house.kuocang, body=branch.body, planned_on=MEETING, term_years=3
    )
    for post, names in ((branch.secretary, "甲丙"), (branch.member, "乙丙丁戊")):
        for name in names:
            change_candidates(election=election, post=post, person=people[name])
    return election


def announce(election: Election, on: datetime.date = NOTICE) -> Election:
    return post_notice(
        election=election, seen=None, on=on, at=datetime.time(9), place="党群服务中心", notice_place="公开栏"
    )


def meet(election: Election, entitled: int = 30, present: int = 24, on: datetime.date = MEETING) -> Election:
    return record_meeting(election=election, seen=None, on=on, entitled=entitled, present=present)


def tallies_of(election: Election, votes: dict[str, tuple[int, ...]], **papers: int) -> dict[int, Tally]:
    """Tallies of the latest round: votes by post title in the order of the candidates; all papers valid."""
    election.refresh_from_db()
    number = election.present
    numbers = {"issued": number, "returned": number, "valid": number, "spoiled": 0} | papers
    tallies = {}
    for each in results_of(election).current:
        counted = votes[each.contest.post.title]
        lines = zip(each.candidates, counted, strict=True)
        tallies[each.contest.pk] = Tally(
            numbers,
            {one.candidate.pk: Votes(one.name, number) for one, number in lines},
        )
    return tallies


def count(election: Election, votes: dict[str, tuple[int, ...]]) -> Election:
    return record_result(election=election, seen=None, tallies=tallies_of(election, votes))


WON = {"书记": (5, 18), "委员": (20, 4, 16, 8)}
"""丙 becomes secretary, 乙 and 丁 members."""


@pytest.fixture
def counted(election):
    """Counted with 丙 as secretary, and 乙 and 丁."""
    announce(election)
    meet(election)
    return count(election, WON)
