"""Party bodies of the demo with their posts: those of kuocang and beizheng, as the documents count them."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone

from community.bodies.kinds import BodyKind
from community.bodies.models import Body, PostHolder
from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.people.models import Person
from community.units.models import Unit
from partybuilding.members.models import Member
from partybuilding.organisations.actions import plan_joint_meeting, record_joint_meeting, set_posts
from portal.access.db_scope import APP, scope
from portal.values.months import months_later

_BRANCHES = {"kuocang": 5, "beizheng": 3}
_NUMBERS = "一二三四五"
_GENERAL_POSTS = {"书记": 1, "副书记": 1, "组织委员": 1, "宣传委员": 1, "纪检委员": 1}
_BRANCH_POSTS = {"书记": 1, "组织委员": 1, "宣传委员": 1}
_SMALL_POSTS = {"书记": 1, "组织委员": 1}
_SMALL, _VACANT = "第五党支部", "第四党支部"
"""The branch without a 宣传委员, and the one in which nobody holds that post: together there are 17 holders in kuocang."""
_MONTHS_AGO = {"第二党支部": 62, "第三党支部": 58}
"""When the term of a branch began: one has elected late (`partybuilding.elections.demo`), one elects soon."""
_TERM_YEARS = 5


@dataclass(slots=True)
class _People:
    """Who takes posts: members of the branch first, then any resident of working age; nobody twice."""

    demo: DemoCommunity
    taken: set[int]

    def take(self, body: Body) -> Person | None:
        person = next(self._candidates(body), None)
        if person is not None:
            self.taken.add(person.pk)
        return person

    def _candidates(self, body: Body) -> Iterator[Person]:
        community, today = self.demo.community, self.demo.today
        members = Member.objects.of(community).present().exclude(person__in=self.taken)
        for member in members.filter(branch=body).select_related("person").order_by("id")[:1]:
            yield member.person
        if body.kind == BodyKind.GENERAL_BRANCH:
            for member in members.select_related("person").order_by("-id")[:1]:
                yield member.person
        born = (today.replace(year=today.year - 58, day=1), today.replace(year=today.year - 35, day=1))
        people = Person.objects.of(community).filter(died_on__isnull=True, birth_date__range=born)
        yield from people.exclude(pk__in=self.taken).order_by("id")[:1]


@demo_part(700, RunFor.EACH)
def fill_party_posts(demo: DemoCommunity) -> None:
    """General branch, branches and who holds their posts, where nobody holds a party post yet."""
    number = _BRANCHES.get(demo.plan.code)
    holders = PostHolder.objects.of(demo.community)
    if number is None or holders.filter(post__body__kind=BodyKind.BRANCH).exists():
        return
    general = _general_branch(demo)
    people = _People(demo, set(holders.values_list("person", flat=True)))
    secretary = _fill(demo, general, _GENERAL_POSTS, people)
    for position, digit in enumerate(_NUMBERS[:number]):
        branch = _branch(demo, general, f"第{digit}党支部")
        posts = _SMALL_POSTS if branch.name == _SMALL else _BRANCH_POSTS
        # The secretary of the general branch is that of the first branch, too (交叉任职).
        _fill(demo, branch, posts, people, secretary=None if position else secretary)


def _general_branch(demo: DemoCommunity) -> Body:
    bodies = Body.objects.of(demo.community).filter(kind=BodyKind.GENERAL_BRANCH)
    general = bodies.order_by("id").first() or Body(
        community=demo.community,
        kind=BodyKind.GENERAL_BRANCH,
        name=f"中共{demo.plan.name}总支部委员会",
        founded_on=demo.plan.founded_on,
    )
    return _with_term(general, demo.today, months=26)


def _branch(demo: DemoCommunity, general: Body, name: str) -> Body:
    of_name = Body.objects.of(demo.community).filter(kind=BodyKind.BRANCH, name=name)
    branch = of_name.first() or Body(community=demo.community, kind=BodyKind.BRANCH, name=name)
    branch.parent = branch.parent or general
    return _with_term(branch, demo.today, months=_MONTHS_AGO.get(name, 20))


def _with_term(body: Body, today: datetime.date, *, months: int) -> Body:
    """Save it with a term that began some months ago."""
    body.term_years = body.term_years or _TERM_YEARS
    body.term_began_on = months_later(today, -months)
    body.term_ends_on = months_later(body.term_began_on, 12 * body.term_years)
    body.save()
    return body


def _fill(
    demo: DemoCommunity,
    body: Body,
    posts: dict[str, int],
    people: _People,
    *,
    secretary: Person | None = None,
) -> Person | None:
    """Set the posts of a body and put people into them; returns its secretary."""
    head = None
    for post in set_posts(body=body, seats=posts):
        if body.name == _VACANT and post.title == "宣传委员":
            continue
        person = secretary if post.is_head and secretary else people.take(body)
        if person is None:
            continue
        head = person if post.is_head else head
        PostHolder.objects.create(
            community=demo.community,
            post=post,
            person=person,
            start=body.term_began_on,
            document=f"岩街党〔{body.term_began_on.year}〕{body.pk % 40 + 1}号",
        )
    return head


@demo_part(705, RunFor.SHOWCASE)
def hold_joint_meeting(demo: DemoCommunity) -> None:
    """A joint meeting of the last months, with units that came and one that did not."""
    ids = [demo.community.id]
    general = Body.objects.of(demo.community).filter(kind=BodyKind.GENERAL_BRANCH).first()
    units = list(Unit.objects.of(demo.community).order_by("id")[:6])
    if general is None or not units:
        return
    day = demo.today - datetime.timedelta(days=25)
    with scope(APP, communities=ids, write=ids, user_id=demo.users["party"].id):
        meeting = plan_joint_meeting(
            community_id=demo.community.id,
            body=general,
            title=f"{demo.plan.name}党建联席会议",
            starts_at=timezone.make_aware(datetime.datetime.combine(day, datetime.time(9, 30))),
            place="社区三楼会议室",
            agenda="通报上半年共建项目\n商定暑期托管和场地共享\n认领微心愿",
            bodies=[],
            units=units,
        )
        invited = meeting.joint_invitations.order_by("id")
        came = {
            each.pk: ("present", f"{surname}主任")
            for each, surname in zip(invited, "陈林吴周何沈", strict=False)
        }
        came[max(came)] = ("leave", "")
        record_joint_meeting(activity=meeting, seen=None, came=came)
