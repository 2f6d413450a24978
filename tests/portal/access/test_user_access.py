"""What a user may do where, from the roles held today; no database."""

import datetime

import pytest

from portal.access.db_scope import APP, HEAD, STREET
from portal.access.permissions import Permission
from portal.access.user_access import WRITING, Access, CommunityRef, HeldRole

OPENED = datetime.date(2026, 1, 1)
HERE = CommunityRef(7, "here", "甲社区", OPENED)
THERE = CommunityRef(3, "there", "乙社区", OPENED)
STAFF = HeldRole("staff", HERE)
SUPERVISOR = HeldRole("supervisor", THERE)
HEAD_HERE = HeldRole("head", HERE, stairwells=frozenset({11, 12}))
OFFICIAL = HeldRole("street", street_id=5)


def access(*holdings: HeldRole, below=()) -> Access:
    return Access("user", holdings, below)


def test_a_right_is_held_where_the_role_is():
    both = access(STAFF, SUPERVISOR)
    assert both.can(Permission.PEOPLE_EDIT, HERE)
    assert not both.can(Permission.PEOPLE_EDIT, THERE)
    assert both.can(Permission.BULLETIN_SUPERVISE, THERE)
    assert both.community_ids(Permission.BULLETIN_VIEW) == {3, 7}
    assert both.community_ids(Permission.PEOPLE_EDIT) == {7}
    assert Permission.PEOPLE_EDIT in both.rights_in(HERE.id)
    assert Permission.PEOPLE_EDIT not in both.rights_in(THERE.id)
    assert both.rights_in(99) == set()


def test_without_a_community_a_right_held_anywhere_is_enough():
    assert access(STAFF).can(Permission.PEOPLE_EDIT) is True
    assert access(STAFF).can(Permission.BULLETIN_APPROVE) is False
    assert access().can(Permission.PEOPLE_EDIT) is False


def test_communities_are_those_with_pages_for_members():
    both = access(STAFF, SUPERVISOR, HEAD_HERE, OFFICIAL)
    assert both.communities == (THERE, HERE)
    assert both.community("here") == HERE
    assert both.community("elsewhere") is None
    assert access(HEAD_HERE).communities == ()
    assert access(OFFICIAL).communities == ()


@pytest.mark.parametrize(
    ("space", "role"),
    [(APP, "staff"), (HEAD, "head"), (STREET, "street")],
)
def test_each_url_space_has_its_roles(space, role):
    everything = access(STAFF, HEAD_HERE, OFFICIAL, below=(THERE,))
    within = everything.within(space)
    assert [holding.role for holding in within.holdings] == [role]
    assert within.user == "user"
    assert within.street_communities == ((THERE,) if space == STREET else ())


def test_what_the_database_lets_read():
    everything = access(STAFF, HEAD_HERE, OFFICIAL, below=(THERE,))
    app = everything.scope_arguments(APP)
    assert app == {"communities": [7], "rights": sorted(everything.rights_in(7))}
    head = everything.scope_arguments(HEAD)
    assert head["communities"] == [7]
    assert head["stairwells"] == [11, 12]
    assert "streets" not in head
    street = everything.scope_arguments(STREET)
    assert street == {"communities": [3], "rights": [], "streets": (5,)}


def test_what_the_database_lets_write():
    assert access(STAFF, HeldRole("street", street_id=5)).writable_ids == (7,)
    assert access(SUPERVISOR).writable_ids == (3,)


def test_rights_that_make_rows_writable():
    """A community whose rows are only read stays locked against writing."""
    assert Permission.OBJECTIONS_ANSWER in WRITING
    assert not {right for right in WRITING if right.value.endswith((".view", ".names", ".export", ".reveal"))}
