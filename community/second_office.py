"""Accounts below a street whose set-up links the street issues."""

from collections.abc import Collection

from django.db.models import QuerySet

from community.models import (
    RoleAssignment,
    Street,
)
from portal.access import Access, CommunityRef
from portal.roles import SECOND_OFFICE


def own_streets(access: Access):
    """The street offices at which this official holds a role."""
    return Street.objects.filter(pk__in=access.street_ids)


def directors(access: Access) -> list[tuple[CommunityRef, list[RoleAssignment]]]:
    """The communities below the street of this official, each with its directors of today and later."""
    return _holders(access, {"director"})


def second_office_accounts(access: Access) -> list[tuple[CommunityRef, list[RoleAssignment]]]:
    """Likewise with the holders of the other roles whose set-up links the street issues."""
    return _holders(access, SECOND_OFFICE - {"director"})


def second_office_holders(communities: Collection[CommunityRef]) -> QuerySet[RoleAssignment]:
    """These holders in some communities, the earliest first."""
    return _held(communities, SECOND_OFFICE - {"director"})


def _held(communities: Collection[CommunityRef], roles: Collection[str]) -> QuerySet[RoleAssignment]:
    held = RoleAssignment.objects.filter(role__in=roles, community__in=[c.id for c in communities])
    return held.not_over().select_related("user").order_by("start", "id")


def _holders(access: Access, roles: Collection[str]) -> list[tuple[CommunityRef, list[RoleAssignment]]]:
    found: dict[int, list[RoleAssignment]] = {}
    for assignment in _held(access.street_communities, roles):
        found.setdefault(assignment.community_id, []).append(assignment)
    return [(community, found.get(community.id, [])) for community in access.street_communities]
