"""The board of 1,000 duty posts against the list of people."""

import datetime

from django.db import connections

from community.bodies.models import Body
from community.communities.models import Community
from community.people.models import Person
from community.places.models import Building
from partybuilding.duties.models import DutyCheckIn, DutyClaim, DutyPost
from partybuilding.members.models import Member
from tests.benchmarks.measures import COLUMNS, Browser, Measure, at_most, best

POSTS = 1_000


def measures(browser: Browser) -> list[Measure]:
    """Both in the director's session, through the whole middleware."""
    address = _fill()
    browser.choose(column=COLUMNS)
    assert browser.get(address).content.count(b'class="duty duty-') >= POSTS
    board, listed = best(40, lambda: browser.get(address), browser.page())
    return [at_most("定岗定责一览 of 1,000 posts / list of 50", board, listed, 2)]


def _fill() -> str:
    """Posts at the buildings of the first community, each claimed and with check-ins; the address of the board."""
    community = Community.objects.using("owner").get(code="bench0")
    rows = {"community": community}
    branch = Body.objects.using("owner").create(**rows, kind="branch", name="第一党支部")
    people = Person.objects.using("owner").filter(**rows).order_by("id")[:60]
    members = Member.objects.using("owner").bulk_create(
        Member(**rows, person=person, branch=branch) for person in people
    )
    buildings = list(Building.objects.using("owner").filter(**rows).order_by("id")[:50])
    posts = DutyPost.objects.using("owner").bulk_create(
        DutyPost(**rows, kind="bin", building=buildings[n % len(buildings)], place=f"{n}号桶", body=branch)
        for n in range(POSTS)
    )
    start = datetime.date(2025, 1, 1)
    chosen = [(post, members[n % len(members)]) for n, post in enumerate(posts)]
    DutyClaim.objects.using("owner").bulk_create(
        DutyClaim(**rows, post=post, member=member, start=start) for post, member in chosen
    )
    DutyCheckIn.objects.using("owner").bulk_create(
        DutyCheckIn(
            **rows,
            post=post,
            person_id=member.person_id,
            at=datetime.datetime(2025, month, 5, tzinfo=datetime.UTC),
        )
        for post, member in chosen
        for month in (1, 2, 3)
    )
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    return f"/c/{community.code}/duty-board/"
