"""Accounts below a street whose set-up links the street issues."""

from collections.abc import Collection

from django.db.models import QuerySet

from community.accounts.models import RoleAssignment
from community.communities.models import Street
from portal.access.roles import STREET_ISSUED_ROLES
from portal.access.user_access import Access, CommunityRef


def own_streets(access: Access):
    """The street offices at which this official holds a role."""
    return Street.objects.filter(pk__in=access.street_ids)


def directors(access: Access) -> list[tuple[CommunityRef, list[RoleAssignment]]]:
    """Communities of this official's streets, each with current and future directors."""
    return _assignments_by_community(access, {"director"})


def second_office_accounts(access: Access) -> list[tuple[CommunityRef, list[RoleAssignment]]]:
    """The same with holders of the other roles whose set-up links the street issues."""
    return _assignments_by_community(access, STREET_ISSUED_ROLES - {"director"})


def second_office_holders(communities: Collection[CommunityRef]) -> QuerySet[RoleAssignment]:
    """Holders of these roles in some communities, by start date."""
    return _assignments_of(communities, STREET_ISSUED_ROLES - {"director"})


def _assignments_of(
    communities: Collection[CommunityRef], roles: Collection[str]
) -> QuerySet[RoleAssignment]:
    assignments = RoleAssignment.objects.filter(role__in=roles, community__in=[c.id for c in communities])
    return assignments.not_over().select_related("user").order_by("start", "id")


def _assignments_by_community(
    access: Access, roles: Collection[str]
) -> list[tuple[CommunityRef, list[RoleAssignment]]]:
    by_community: dict[int, list[RoleAssignment]] = {}
    for assignment in _assignments_of(access.street_communities, roles):
        by_community.setdefault(assignment.community_id, []).append(assignment)
    return [(community, by_community.get(community.id, [])) for community in access.street_communities]
