"""Members of two branches, with steps, transfers and dues, as the tests of this feature need them."""

import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from community.people.models import Person
from community.people.names import initials, name_key
from partybuilding.duties.models import DutyCheckIn, DutyClaim, DutyPost
from partybuilding.members.models import DuesMonth, DuesPayment, DuesYear, Member, MemberStep, Transfer


def make_person(community, name: str, **fields) -> Person:
    fields.setdefault("birth_date", datetime.date(1980, 5, 1))
    return Person.objects.create(
        community=community,
        name=name,
        name_key=name_key(name),
        initials=initials(name),
        birth_precision="d",
        **fields,
    )


def make_member(community, name: str, branch, **fields) -> Member:
    values = {"joined_on": datetime.date(2000, 7, 1), "full_on": datetime.date(2001, 7, 1)} | fields
    return Member.objects.create(
        community=community, person=make_person(community, name), branch=branch, **values
    )


def make_papers(member: Member) -> None:
    """A step, a transfer, a year of dues and a receipt."""
    of_member = {"community_id": member.community_id, "member": member}
    day, month = datetime.date(2020, 3, 2), datetime.date(2020, 3, 1)
    MemberStep.objects.create(**of_member, step="filed", on=day)
    Transfer.objects.create(
        **of_member, direction="in", to_branch=member.branch, other=f"{member}原单位党委", on=day
    )
    DuesYear.objects.create(**of_member, year=2020, monthly=Decimal(10))
    payment = DuesPayment.objects.create(
        **of_member, year=2020, serial=100 + member.pk, paid_on=day, amount=10, period="2020年3月"
    )
    DuesMonth.objects.create(**of_member, payment=payment, month=month, amount=10)


def make_duty(member: Member) -> None:
    """A duty post with a claim and a check-in."""
    of_community = {"community_id": member.community_id}
    at = datetime.datetime(2026, 1, 5, 9, tzinfo=datetime.UTC)
    post = DutyPost.objects.create(**of_community, kind="bin", place=f"{member}的桶", body=member.branch)
    DutyClaim.objects.create(**of_community, post=post, member=member, start=datetime.date(2024, 1, 1))
    DutyCheckIn.objects.create(**of_community, post=post, person=member.person, at=at, received_at=at)


@pytest.fixture
def members(house):
    """One member of the first branch, one of its group, one of the second branch, each with papers."""
    own = make_member(house.kuocang, "林一平", house.branch, dues_from=datetime.date(2020, 3, 1))
    group = make_member(house.kuocang, "郑小组", house.party_group)
    other = make_member(house.kuocang, "叶外支", house.branch2, dues_from=datetime.date(2020, 3, 1))
    for member in (own, group, other):
        make_papers(member)
    return SimpleNamespace(own=own, group=group, other=other)
