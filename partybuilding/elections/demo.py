"""Elections of the demo: one whose result is in force, and one that is announced."""

import datetime

from community.bodies.kinds import BodyKind
from community.bodies.models import Body, PostHolder
from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.people.models import Person
from partybuilding.elections.actions import (
    Tally,
    change_candidates,
    post_notice,
    record_meeting,
    record_result,
)
from partybuilding.elections.models import Election
from partybuilding.elections.new_term import take_office
from partybuilding.elections.results import results_of
from partybuilding.elections.tally import Votes
from portal.access.db_scope import APP, scope

_DAY = datetime.timedelta(days=1)
_ENTITLED, _PRESENT, _VALID = 24, 21, 20


@demo_part(710, RunFor.SHOWCASE)
def hold_elections(demo: DemoCommunity) -> None:
    """The second branch elected its committee anew, the third one will."""
    branches = Body.objects.of(demo.community).filter(kind=BodyKind.BRANCH)
    second, third = (branches.filter(name=name).first() for name in ("第二党支部", "第三党支部"))
    ids = [demo.community.id]
    with scope(APP, communities=ids, write=ids, user_id=demo.users["party"].id):
        if second is not None and _holders(second).exists():
            _elect(demo, second)
        if third is not None and _holders(third).exists():
            announced = _plan(demo, third, demo.today + 12 * _DAY)
            _announce(announced, demo.today - 3 * _DAY)


def _holders(body: Body):
    return PostHolder.objects.filter(community_id=body.community_id, post__body=body).current()


def _plan(demo: DemoCommunity, body: Body, on: datetime.date) -> Election:
    """An election whose candidates are the holders, and one more for each post."""
    election = Election.objects.create(
        community=demo.community,
        body=body,
        planned_on=on,
        place="社区党群服务中心",
        approval=f"岩街党〔{on.year}〕{on.month + 6}号",
    )
    for holder in list(_holders(body).select_related("post", "person").order_by("post__order")):
        born = holder.person.birth_date
        others = Person.objects.of(demo.community).filter(died_on__isnull=True, birth_date__gt=born)
        other = others.exclude(post_holdings__isnull=False).exclude(candidacies__isnull=False)
        for person in (holder.person, other.order_by("birth_date", "id").first()):
            if person is not None:
                change_candidates(election=election, post=holder.post, person=person)
    return election


def _announce(election: Election, on: datetime.date) -> None:
    post_notice(
        election=election,
        seen=None,
        on=on,
        at=datetime.time(9),
        place="社区党群服务中心",
        notice_place="党务公开栏",
    )


def _elect(demo: DemoCommunity, body: Body) -> None:
    """The whole course: the holders are elected again."""
    held_on = demo.today - 50 * _DAY
    election = _plan(demo, body, held_on)
    _announce(election, held_on - 10 * _DAY)
    record_meeting(
        election=election,
        seen=None,
        on=held_on,
        entitled=_ENTITLED,
        present=_PRESENT,
        host="支部书记",
        tellers="监票人、计票人各2名",
    )
    election.refresh_from_db()
    tallies = {}
    for each in results_of(election).current:
        votes = (_VALID - 3 - each.contest.post.order, 3)
        papers = {"issued": _PRESENT, "returned": _PRESENT, "valid": _VALID, "spoiled": _PRESENT - _VALID}
        rows = zip(each.candidates, votes, strict=False)
        tallies[each.contest.pk] = Tally(
            papers, {one.candidate.pk: Votes(one.name, number) for one, number in rows}
        )
    record_result(election=election, seen=None, tallies=tallies)
    take_office(election=election, seen=None, on=held_on + 6 * _DAY, document=f"岩街党〔{held_on.year}〕21号")
