import datetime
from types import SimpleNamespace

import pytest

from partybuilding.members.models import Member
from tests.community.activities.planned import make_person


@pytest.fixture
def branch(house):
    """The first branch with two members besides that of the house, one who is lost and one who only reports here."""

    def member(name: str, **fields) -> Member:
        values = {"community": house.kuocang, "branch": house.branch, "person": make_person(house, name)}
        return Member.objects.create(**values | fields)

    return SimpleNamespace(
        body=house.branch,
        house_member=Member.objects.of(house.kuocang).get(person=house.person),
        first=member("李一"),
        second=member("王二", branch=house.party_group),
        lost=member("孙六", state="lost", lost_since=datetime.date(2026, 1, 10)),
        reporting=member("周七", relation="reporting"),
        away=member("吴八", state="mobile_out"),
    )
