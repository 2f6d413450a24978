"""Accounts whose set-up links only the administrator issues."""

from django.db.models import Count, Q

from community.models import (
    RoleAssignment,
)
from portal.roles import ROLES, HeldAt


def officials() -> list[RoleAssignment]:
    """The roles of accounts whose links only the administrator issues: of streets, the deployment, and several streets."""
    held = RoleAssignment.objects.not_over().filter(user__is_active=True)
    several = (
        held.order_by()
        .values("user")
        .annotate(streets=Count("community__street", distinct=True))
        .filter(streets__gt=1)
    )
    above = [role.code for role in ROLES.values() if role.held_at in (HeldAt.STREET, HeldAt.DEPLOYMENT)]
    found = held.filter(Q(role__in=above) | Q(user__in=several.values("user")))
    return list(found.select_related("user", "street", "community").order_by("user__username", "id"))
