import datetime
from types import SimpleNamespace

import pytest

from partybuilding.members.models import Member
from tests.community.activities.planned import make_person


@pytest.fixture
def branch(house):
    """The first branch with two members, one of them in its group, and three who are not expected; that of the house has left."""

    def member(name: str, **fields) -> Member:
        values = {"community": house.kuocang, "branch": house.branch, "person": make_person(house, name)}
        return Member.objects.create(**values | fields)

    return SimpleNamespace(
        body=house.branch,
        first=member("李一"),
        second=member("王二", branch=house.party_group),
        lost=member("孙六", state="lost", lost_since=datetime.date(2026, 1, 10)),
        reporting=member("周七", relation="reporting"),
        away=member("吴八", state="mobile_out"),
    )
