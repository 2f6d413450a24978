"""Demo accounts of party members: two members of different branches who look after a post, each with a bound phone."""

import datetime

from django.contrib.auth.hashers import make_password

from community.accounts.demo import MEMBERS
from community.accounts.models import RoleAssignment, User
from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.phones.demo import add_bound_phone
from partybuilding.duties.models import DutyClaim, DutyPost
from partybuilding.members.models import Member


@demo_part(630, RunFor.EACH)
def add_members(demo: DemoCommunity) -> None:
    """The accounts that are missing; without any member here there are none."""
    if not demo.plan.is_showcase:
        return
    branches = set()
    for username in MEMBERS:
        user = User.objects.filter(username=username).select_related("person").first()
        if user is None:
            member = _member(demo, branches)
            if member is None:
                return
            user = _account(demo, username, member)
        else:
            member = Member.objects.of(demo.community).open().filter(person=user.person).first()
        branches.add(member.branch_id if member else None)


def _account(demo: DemoCommunity, username: str, member: Member) -> User:
    user = User.objects.create(
        username=username,
        name=member.person.name,
        person=member.person,
        is_demo=True,
        password=make_password(demo.demo.password),
    )
    RoleAssignment.objects.create(
        user=user,
        role="member",
        community=demo.community,
        body=member.branch,
        start=demo.today - datetime.timedelta(days=100),
        granted_by=demo.users["director"],
    )
    add_bound_phone(demo.community, user, demo.users["party"])
    demo.users[username] = user
    return user


def _member(demo: DemoCommunity, branches: set[int]) -> Member | None:
    """A member of another branch than these who looks after a trash bin and has no account."""
    accounts = User.objects.filter(person__isnull=False).values("person")
    claims = DutyClaim.objects.of(demo.community).current().filter(post__kind=DutyPost.Kind.BIN)
    claims = claims.exclude(member__branch__in=branches).exclude(member__person__in=accounts)
    claim = claims.select_related("member__person", "member__branch").order_by("id").first()
    return claim and claim.member
