"""Rights that are held at a body: which rows they give, and that they give none where no path leads to a body."""

import datetime
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from community.accounts.models import RoleAssignment
from community.bodies.models import Body, BodyMember, Post, PostHolder
from community.people.models import Person
from community.tasks.models import Task
from portal.access.permissions import Permission as P
from portal.access.querysets import body_path_of, rows
from portal.access.roles import BODY_RIGHTS, ROLES, HeldAt
from portal.access.user_access import Access, HeldRole
from portal.attachments.models import Attachment
from portal.attachments.views import attachments_of
from portal.registers.registers import Register
from portal.registers.registry import all_registers, register

pytestmark = pytest.mark.django_db


class PostsOfBranch(Register):
    """A register as partybuilding has them: everything by the right of the branch."""

    model = Post
    noun = "postofbranch"
    view = edit = P.BRANCH
    create_label = "新增"
    form_fields = ("body", "title")


@pytest.fixture
def posts(house):
    """A post in each party body: two branches, the group below the first, and the general branch above both."""
    bodies = {name: getattr(house, name) for name in ("general_branch", "branch", "branch2", "party_group")}
    return {
        name: Post.objects.create(community=house.kuocang, body=body, title="书记")
        for name, body in bodies.items()
    }


def names_of(queryset, posts) -> set[str]:
    return {name for name, post in posts.items() if post in queryset}


def access_of(user) -> Access:
    return Access.of(user)


def at(house, **place) -> dict:
    return {"community": house.kuocang, "start": datetime.date(2024, 1, 1), **place}


def test_a_branch_secretary_has_the_own_branch_and_the_groups_below(house, cast, posts):
    visible = rows(Post, access_of(cast["branch"]), P.BRANCH, house.kuocang.ref)
    assert names_of(visible, posts) == {"branch", "party_group"}


@pytest.mark.parametrize("name", ["director", "party"])
def test_held_for_the_whole_community_it_gives_all_branches(house, cast, posts, name):
    access = access_of(cast[name])
    assert access.bodies(P.BRANCH, house.kuocang.id) is None
    assert names_of(rows(Post, access, P.BRANCH, house.kuocang.ref), posts) == set(posts)


@pytest.mark.parametrize("name", ["staff", "patrol", "stranger", "nobody"])
def test_without_the_right_there_are_no_rows(house, cast, posts, name):
    access = access_of(cast[name])
    assert access.bodies(P.BRANCH, house.kuocang.id) == frozenset()
    assert not rows(Post, access, P.BRANCH, house.kuocang.ref).exists()


def test_list_detail_and_form_choices_are_those_of_the_own_branch(house, cast, posts):
    """The same narrowing in everything that a register's pages ask."""
    access, community, of_branch = access_of(cast["branch"]), house.kuocang.ref, PostsOfBranch()
    assert names_of(of_branch.rows(access, community), posts) == {"branch", "party_group"}
    assert names_of(of_branch.rows(access, community, P.BRANCH), posts) == {"branch", "party_group"}
    form = of_branch.form(access, community)
    assert set(form.fields["body"].queryset) == {house.branch, house.party_group}
    refused = of_branch.form(access, community, data={"body": house.branch2.pk, "title": "委员"})
    assert "body" in refused.errors
    assert not of_branch.form(access, community, data={"body": house.branch.pk, "title": "委员"}).errors


def test_attachments_follow_their_row(house, cast, posts):
    """An attachment has no body of its own: whoever gets the row by the right of its branch gets its attachments."""
    register = PostsOfBranch()
    register.attachments = True
    post = posts["branch"]
    Attachment.objects.create(
        community_id=house.kuocang.id,
        user_id=cast["branch"].pk,
        subject=Post.stored_label,
        row_id=post.pk,
        name="任命.pdf",
        stored="x",
        size=1,
        digest="x",
    )
    request = SimpleNamespace(access=access_of(cast["branch"]), community=house.kuocang.ref)
    assert [each.name for each in attachments_of(register, request, post)] == ["任命.pdf"]
    register.view = P.PLACES_VIEW
    register.attachments = P.BRANCH
    assert [each.name for each in attachments_of(register, request, post)] == ["任命.pdf"]
    assert not attachments_of(register, request, posts["branch2"])
    request.access = access_of(cast["patrol"])
    assert not attachments_of(register, request, post)


def test_rows_that_all_see_are_changed_at_the_own_branch(house, cast, posts):
    register = PostsOfBranch()
    register.view = P.PLACES_VIEW
    access = access_of(cast["branch"])
    assert register.may_change(posts["branch"], access, house.kuocang.ref)
    assert not register.may_change(posts["branch2"], access, house.kuocang.ref)


def test_two_branches_of_one_user_add_up(house, cast, posts):
    RoleAssignment.objects.create(user=cast["branch"], role="branch", **at(house, body=house.branch2))
    visible = rows(Post, access_of(cast["branch"]), P.BRANCH, house.kuocang.ref)
    assert names_of(visible, posts) == {"branch", "party_group", "branch2"}


def test_different_roles_in_two_communities_do_not_mix(house, cast, posts):
    """Party affairs of one community, secretary of a branch in the other: all rows there, those of the branch here."""
    there = Body.objects.create(community=house.xizhigou, kind="branch", name="西直沟支部")
    elsewhere = Post.objects.create(community=house.xizhigou, body=there, title="书记")
    RoleAssignment.objects.create(user=cast["branch"], role="party", community=house.xizhigou)
    access = access_of(cast["branch"])
    visible = rows(Post, access, P.BRANCH)
    assert names_of(visible, posts | {"elsewhere": elsewhere}) == {"branch", "party_group", "elsewhere"}
    assert access.bodies(P.BRANCH, house.xizhigou.id) is None
    assert access.bodies(P.BRANCH, house.kuocang.id) == {house.branch.pk, house.party_group.pk}
    assert not access.can(P.PARTY, house.kuocang.ref)


def test_rights_besides_those_of_bodies_are_those_of_the_community(house, cast):
    access = access_of(cast["branch"])
    assert access.bodies(P.PROFILE_VIEW, house.kuocang.id) is None
    assert access.bodies(P.PLACES_VIEW, house.kuocang.id) == frozenset()


def test_paths_lead_to_the_body(house, cast):
    """Holders and members are narrowed through their post and body."""
    post = Post.objects.create(community=house.kuocang, body=house.branch2, title="书记")
    person, start = house.person, datetime.date(2024, 1, 1)
    PostHolder.objects.create(community=house.kuocang, post=post, person=person, start=start)
    BodyMember.objects.create(community=house.kuocang, body=house.branch2, person=person, start=start)
    for model in (PostHolder, BodyMember, Body):
        visible = rows(model, access_of(cast["branch"]), P.BRANCH, house.kuocang.ref)
        assert all(getattr(row, "body", row) in (house.branch, house.party_group) for row in visible), model
        assert rows(model, access_of(cast["director"]), P.BRANCH, house.kuocang.ref).exists()


# Fails closed


@pytest.mark.parametrize("right", sorted(BODY_RIGHTS))
@pytest.mark.parametrize("name", ["director", "branch", "nobody"])
def test_a_model_without_a_path_to_its_body_raises(house, cast, right, name):
    with pytest.raises(ImproperlyConfigured):
        rows(Person, access_of(cast[name]), right, house.kuocang.ref)
    with pytest.raises(ImproperlyConfigured):
        Person.objects.visible_to(access_of(cast[name]), right)
    with pytest.raises(ImproperlyConfigured):
        rows(RoleAssignment, access_of(cast[name]), right, house.kuocang.ref)


def test_registers_of_such_rights_have_a_path():
    for each in all_registers():
        if BODY_RIGHTS & {each.view, each.edit, each.export_right}:
            assert body_path_of(each.model), each.label
        assert each.import_right not in BODY_RIGHTS, each.label


@pytest.mark.parametrize(
    "attributes",
    [
        {"model": Person, "view": P.BRANCH},
        {"model": Person, "view": P.PEOPLE_VIEW, "edit": P.BRANCH},
        {"model": Post, "view": P.BRANCH, "import_right": P.BRANCH},
    ],
)
def test_a_register_that_would_show_other_branches_is_refused(attributes):
    declaration = type("Wrong", (Register,), {"noun": "wrong", "__module__": "community.x", **attributes})
    before = all_registers()
    with pytest.raises(ImproperlyConfigured):
        register(declaration)
    assert all_registers() == before


def test_every_right_of_a_role_at_a_body_is_narrowed_or_harmless():
    held = {right for role in ROLES.values() if role.held_at is HeldAt.BODY for right in role.permissions}
    assert held - BODY_RIGHTS == {P.PROFILE_VIEW}


def test_a_row_that_asks_a_right_of_a_body_is_open_to_whom_all_bodies_are(house, cast):
    """A task of a branch: its right tells nothing of the branch, so only who holds it for all bodies sees it."""
    task = Task.objects.create(
        community=house.kuocang, title="走访流动党员", given_by=cast["director"], required_right=P.BRANCH
    )
    RoleAssignment.objects.create(user=cast["branch"], role="staff", community=house.kuocang)
    assert task not in rows(Task, access_of(cast["branch"]), P.TASKS, house.kuocang.ref)
    for name in ("director", "party"):
        assert task in rows(Task, access_of(cast[name]), P.TASKS, house.kuocang.ref)


# Where it is held, and until when


def test_a_role_at_a_body_that_has_ended_gives_nothing(house, cast):
    Body.objects.filter(pk=house.branch.pk).update(ended_on=timezone.localdate())
    access = access_of(cast["branch"])
    assert access.holdings == ()
    Body.objects.filter(pk=house.branch.pk).update(ended_on=timezone.localdate() + datetime.timedelta(days=1))
    assert access_of(cast["branch"]).bodies(P.BRANCH, house.kuocang.id)


def test_a_circle_of_bodies_is_no_endless_loop(house, cast):
    Body.objects.filter(pk=house.branch.pk).update(parent=house.party_group)
    assert access_of(cast["branch"]).bodies(P.BRANCH, house.kuocang.id) == {
        house.branch.pk,
        house.party_group.pk,
    }


def test_a_party_member_has_no_page_yet(house, client, cast):
    RoleAssignment.objects.create(user=cast["nobody"], role="member", **at(house, body=house.branch))
    access = access_of(cast["nobody"])
    assert access.can(P.DUTIES_OWN, house.kuocang.ref)
    assert access.communities == ()
    client.force_login(cast["nobody"])
    assert client.get("/c/kuocang/").status_code == 404


def test_holdings_know_their_space(house):
    member = HeldRole("member", house.kuocang.ref, bodies=frozenset({house.branch.pk}))
    access = Access(None, (member,))
    assert access.within(member.space).holdings == (member,)
    assert [ref.code for ref in access.places(member.space)] == ["kuocang"]
