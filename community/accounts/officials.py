"""Accounts whose set-up links only the administrator issues."""

from django.db.models import Count, Q

from community.accounts.models import RoleAssignment
from portal.access.roles import ROLES, HeldAt


def officials() -> list[RoleAssignment]:
    """Roles of accounts whose links only the administrator issues: street, deployment, or several streets."""
    assignments = RoleAssignment.objects.not_over().filter(user__is_active=True)
    several = (
        assignments.order_by()
        .values("user")
        .annotate(streets=Count("community__street", distinct=True))
        .filter(streets__gt=1)
    )
    above = [role.code for role in ROLES.values() if role.held_at in (HeldAt.STREET, HeldAt.DEPLOYMENT)]
    rows = assignments.filter(Q(role__in=above) | Q(user__in=several.values("user")))
    return list(rows.select_related("user", "street", "community").order_by("user__username", "id"))
