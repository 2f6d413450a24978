"""The first lock: which rows a queryset asks for. The tests' own login would see every row."""

import pytest

from community.communities.models import Community
from community.places.models import Stairwell
from community.units.models import Unit
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access

pytestmark = pytest.mark.django_db


def communities_of_rows(user) -> set[str]:
    return {unit.community.code for unit in rows(Unit, Access.of(user), Permission.PEOPLE_NAMES)}


def test_rows_are_those_of_the_communities_in_which_the_right_is_held(house, cast):
    for code in ("kuocang", "xizhigou", "beizheng"):
        Unit.objects.create(community=Community.objects.get(code=code), name="新源超市", kinds=["located"])
    held = {
        who: {
            c.code
            for c in Community.objects.filter(pk__in=Access.of(user).community_ids(Permission.PEOPLE_NAMES))
        }
        for who, user in cast.items()
    }
    assert {len(codes) for codes in held.values()} >= {0, 1, 2}
    assert {who: communities_of_rows(user) for who, user in cast.items()} == held


def test_a_migration_names_no_constraint_of_a_key_of_the_community():
    """It is made after the migration, together with the community (`portal.access.rls`)."""
    *_, arguments = Stairwell._meta.get_field("building").deconstruct()
    assert "db_constraint" not in arguments
