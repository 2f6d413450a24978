"""Bodies of a demo community: the committee and its sub-committees, mass organisations, a patrol, with who holds the posts.

The party bodies are those of partybuilding; here is only the branch at which the demo account of its secretary stands.
"""

import datetime
import random
from dataclasses import dataclass

from community.bodies.kinds import BodyKind as K
from community.bodies.models import Body, BodyMember, Post, PostHolder
from community.communities.models import Community
from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.people.models import Person
from community.places.models import HeadAppointment

_TERM_DAYS = 620
"""Days since the last election of the committee and its sub-committees."""
_SOON = 45
"""Days until the term of the supervision committee is over."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """A body: its posts with seats, the first of them its head; number of members; what of the posts stays vacant.

    same_head: kind of the body whose head also heads this one.
    """

    kind: K
    name: str
    posts: tuple[tuple[str, int], ...]
    parent: K | None = None
    members: int = 0
    vacant: tuple[str, ...] = ()
    same_head: K | None = None
    term_years: int | None = 5

    @property
    def people(self) -> int:
        """How many people it takes at most."""
        return self.members + sum(seats for _, seats in self.posts)


_COMMITTEE = _Plan(K.COMMITTEE, "居民委员会", (("主任", 1), ("副主任", 2), ("委员", 4)))
_SUPERVISION = _Plan(K.SUPERVISION, "居务监督委员会", (("主任", 1), ("委员", 2)))
_MEDIATION = _Plan(K.MEDIATION, "人民调解委员会", (("主任", 1), ("委员", 4)), K.COMMITTEE)
_PATROL = _Plan(K.TEAM, "义务巡逻队", (("队长", 1), ("副队长", 1)), K.SECURITY_COMMITTEE, 10, term_years=None)
_FEW = (_COMMITTEE, _SUPERVISION, _MEDIATION)
_ALL = (
    _COMMITTEE,
    _SUPERVISION,
    _Plan(K.FINANCE_GROUP, "民主理财小组", (("组长", 1), ("成员", 4)), K.SUPERVISION),
    _MEDIATION,
    _Plan(K.SECURITY_COMMITTEE, "治保会", (("主任", 1), ("委员", 3)), K.COMMITTEE),
    _Plan(K.UNION, "工会委员会", (("主席", 1), ("委员", 2)), term_years=3),
    _Plan(K.YOUTH, "团支部", (("书记", 1), ("委员", 1)), vacant=("委员",), term_years=3),
    _Plan(K.WOMEN, "妇女联合会", (("主席", 1), ("副主席", 1), ("执委", 5))),
    _Plan(K.FAMILY_PLANNING, "计划生育协会", (("会长", 1), ("秘书长", 1)), members=8),
    _Plan(K.ELDERLY, "老年协会", (("会长", 1), ("副会长", 2)), members=12, vacant=("副会长",)),
    _Plan(K.DISABLED, "残疾人协会", (("主席", 1), ("专职委员", 1)), members=6),
    _Plan(K.COUNCIL, "共建委员会", (("主任", 1), ("副主任", 2)), same_head=K.COMMITTEE),
    _Plan(
        K.SAFETY_GROUP, "综治领导小组", (("组长", 1), ("副组长", 1)), same_head=K.COMMITTEE, term_years=None
    ),
    _PATROL,
)
"""Of the showcase; two posts have a vacancy."""


def _plans(demo: DemoCommunity) -> tuple[_Plan, ...]:
    return _ALL if demo.plan.is_showcase else _FEW


@demo_part(195, RunFor.EACH)
def found_bodies(demo: DemoCommunity) -> None:
    """The bodies and their posts, for a community that has none yet, and people to hold them."""
    community = demo.community
    if Body.objects.of(community).filter(kind=K.COMMITTEE).exists() or not _has_enough_people(demo):
        return
    bodies: dict[K, Body] = {}
    for plan in _plans(demo):
        began_on = demo.today - datetime.timedelta(days=_TERM_DAYS)
        ends_on = began_on.replace(year=began_on.year + plan.term_years, day=1) if plan.term_years else None
        if plan.kind is K.SUPERVISION:
            ends_on = demo.today + datetime.timedelta(days=_SOON)
        bodies[plan.kind] = body = Body.objects.create(
            community=community,
            kind=plan.kind,
            name=f"{community.name}{plan.name}",
            short_name=plan.name,
            parent=bodies.get(plan.parent),
            founded_on=demo.plan.founded_on,
            term_years=plan.term_years,
            term_began_on=began_on if plan.term_years else None,
            term_ends_on=ends_on,
        )
        Post.objects.bulk_create(
            Post(community=community, body=body, title=title, seats=seats, order=order, is_head=order == 1)
            for order, (title, seats) in enumerate(plan.posts, start=1)
        )


@demo_part(210, RunFor.EACH)
def fill_posts(demo: DemoCommunity) -> None:
    """Holders of the posts and members of the bodies, where nobody holds a post yet: employees and heads of places."""
    community = demo.community
    filled = PostHolder.objects.of(community).filter(post__body__kind=K.COMMITTEE).exists()
    if filled or not _has_enough_people(demo):
        return
    people = _People(demo)
    heads: dict[K, Person] = {}
    for plan in _plans(demo):
        body = Body.objects.of(community).filter(kind=plan.kind, short_name=plan.name).first()
        if body is None:
            continue
        holders = []
        for post in Post.objects.of(community).filter(body=body).order_by("order"):
            seats = post.seats - (post.title in plan.vacant)
            chosen = (
                [heads[plan.same_head]] if post.is_head and plan.same_head else people.take(seats, plan.kind)
            )
            holders += [_holder(demo, post, person) for person in chosen]
        PostHolder.objects.bulk_create(holders)
        heads[plan.kind] = holders[0].person
        members = people.take(plan.members, None)
        if plan is _PATROL and "patrol" in demo.users:
            members.append(demo.users["patrol"].person)
        BodyMember.objects.bulk_create(
            BodyMember(community=community, body=body, person=person, start=holders[0].start)
            for person in members
        )


def _officers(community: Community) -> list[int]:
    """Ids of the heads of stairwells, groups and areas, in a random order of their own: later parts draw as ever."""
    heads = HeadAppointment.objects.of(community).current().order_by("id")
    ids = list(dict.fromkeys(heads.values_list("person", flat=True)))
    random.Random(f"bodies {community.code}").shuffle(ids)  # noqa: S311 - invented people
    return ids


def _has_enough_people(demo: DemoCommunity) -> bool:
    return len(_officers(demo.community)) >= sum(plan.people for plan in _plans(demo))


class _People:
    """Who holds posts here: the employees for those of the committee, heads of stairwells and groups for the others."""

    def __init__(self, demo: DemoCommunity):
        community = demo.community
        officers = _officers(community)
        by_id = Person.objects.of(community).in_bulk(officers)
        self._officers = [by_id[pk] for pk in officers]
        self._employees = list(Person.objects.of(community).filter(note="社区专工").order_by("id"))

    def take(self, number: int, kind: K | None) -> list[Person]:
        """The next people for a body of this kind; nobody is taken twice."""
        chosen = []
        while len(chosen) < number:
            of_committee = kind is K.COMMITTEE and self._employees
            chosen.append(self._employees.pop(0) if of_committee else self._officers.pop(0))
        return chosen


def _holder(demo: DemoCommunity, post: Post, person: Person) -> PostHolder:
    start = demo.today - datetime.timedelta(days=_TERM_DAYS)
    return PostHolder(
        community=demo.community,
        post=post,
        person=person,
        start=start,
        manner=PostHolder.Manner.ELECTED if post.body.term_years else PostHolder.Manner.APPOINTED,
        document=f"{demo.plan.name[:1]}居〔{start.year}〕{start.timetuple().tm_yday % 40 + 1}号",
    )


def body_of_account(community: Community, role: str) -> Body:
    """The body at which the demo account of a role stands; the branch is added where partybuilding has made none."""
    if role == "patrol":
        return Body.objects.of(community).get(kind=K.TEAM, short_name=_PATROL.name)
    branch = Body.objects.of(community).filter(kind=K.BRANCH).order_by("id").first()
    return branch or Body.objects.create(community=community, kind=K.BRANCH, name="第一党支部")
