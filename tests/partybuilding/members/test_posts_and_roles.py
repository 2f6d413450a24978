"""What hangs on a membership: posts in party bodies and roles of the account end, move and come back with it."""

import datetime

import pytest

from community.accounts.actions import grant_role
from community.accounts.models import RoleAssignment, User
from community.bodies.models import Body, Post, PostHolder
from partybuilding.members import actions, transfers
from partybuilding.members.choices import EndReason

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretary(house, cast, members):
    """The first branch's member, its secretary, deputy of the committee, with a phone role and a secretary's."""
    member = members.own
    user = User.objects.create_user("shuji", member.person.name, person=member.person)
    for role in ("member", "branch"):
        grant_role(
            user=user,
            role=role,
            community_id=house.kuocang.id,
            by=cast["director"],
            body=house.branch,
        )
    for body, title in (
        (house.branch, "书记"),
        (Body.objects.get(community=house.kuocang, kind="committee"), "副主任"),
    ):
        post = Post.objects.create(community=house.kuocang, body=body, title=title)
        PostHolder.objects.create(
            community=house.kuocang, post=post, person=member.person, start=datetime.date(2024, 1, 1)
        )
    return user


def held(user) -> tuple[set, set]:
    """Posts and roles that are not over."""
    posts = PostHolder.objects.filter(person=user.person).not_over().select_related("post__body")
    roles = RoleAssignment.objects.filter(user=user).not_over().select_related("body")
    return {each.post.title for each in posts}, {(each.role, each.body.name) for each in roles}


def test_an_end_takes_party_posts_and_roles_and_their_return_brings_them_back(
    house, members, secretary, today
):
    before = held(secretary)
    assert before[0] == {"书记", "副主任"}
    assert len(before[1]) == 2
    actions.end_member(member=members.own, on=today, because=EndReason.EXPELLED)
    assert held(secretary) == ({"副主任"}, set())
    actions.restore_member(member=members.own)
    assert held(secretary) == before


def test_a_post_that_was_filled_meanwhile_stays_with_its_new_holder(house, members, secretary, today):
    actions.end_member(member=members.own, on=today, because=EndReason.EXPELLED)
    post = Post.objects.get(title="书记", body=house.branch)
    PostHolder.objects.create(
        community=house.kuocang, post=post, person=members.other.person, start=today, end=None
    )
    (refused,) = actions.restore_member(member=members.own)
    assert f"书记没有恢复：{post}职数1名，已有{members.other.person.name}任职" in refused
    assert held(secretary)[0] == {"副主任"}


def test_a_receipt_ends_them(house, members, secretary, today):
    members.own.refresh_from_db()
    letter = transfers.transfer_out(
        member=members.own, version=members.own.version, other="中共城东镇委员会", on=today
    )
    assert len(held(secretary)[1]) == 2  # until the receipt the member is here
    transfers.record_receipt(transfer=letter, on=today)
    assert held(secretary) == ({"副主任"}, set())


def test_the_phone_goes_along_to_another_branch_and_the_secretarys_role_does_not(
    house, members, secretary, today
):
    members.own.refresh_from_db()
    transfers.move_between(member=members.own, version=members.own.version, branch=house.branch2, on=today)
    assert held(secretary) == ({"副主任"}, {("member", house.branch2.name)})


def test_pages_say_before_what_ends(client, house, cast, members, secretary):
    client.force_login(cast["party"])
    for page, words in (
        ("end", "书记、账号的“党员”权限、账号的“党支部书记”权限"),
        ("move", "书记、账号的“党支部书记”权限。"),
    ):
        text = client.get(f"/c/kuocang/members/{members.own.uuid}/{page}/").content.decode()
        assert words in text
        assert "副主任" not in text
