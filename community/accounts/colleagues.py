"""Users of a community by the permissions they hold."""

from community.accounts.models import RoleAssignment, User


def colleagues(community_id: int, *rights: str) -> list[User]:
    """Users who hold all these rights in the community today, by name."""
    users = User.objects.filter(is_active=True)
    assignments = RoleAssignment.objects.filter(community_id=community_id).current()
    for right in set(rights):
        users = users.filter(pk__in=assignments.holding(right).values("user"))
    return list(users.order_by("name", "pk"))
