"""Party members with accounts and duty posts, as the tests of the phone pages need them."""

import datetime

from django.utils import timezone

from community.accounts.models import User
from community.people.models import Person
from partybuilding.duties.models import DutyClaim, DutyPost
from partybuilding.members.models import Member


def days_ago(days: int) -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=days)


def add_member(house, name: str, branch, user: User | None = None) -> Member:
    person = Person.objects.create(community=house.kuocang, name=name, name_key=name)
    if user:
        user.person = person
        user.save()
    return Member.objects.create(community=house.kuocang, person=person, branch=branch)


def add_post(house, member: Member, place: str, days: int = 30) -> DutyPost:
    post = DutyPost.objects.create(community=house.kuocang, kind="bin", place=place, body=member.branch)
    DutyClaim.objects.create(community=house.kuocang, post=post, member=member, start=days_ago(days))
    return post
