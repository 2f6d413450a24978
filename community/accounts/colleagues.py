"""Users of a community by the permissions they hold, and how a choice names them."""

from django.db.models import F, OuterRef, Subquery

from community.accounts.models import Absence, RoleAssignment, User
from portal.values.dates import prose_date


def colleagues(community_id: int, *rights: str) -> list[User]:
    """Users who hold all these rights in the community today, by name, each with what `colleague_label` says of them."""
    users = User.objects.filter(is_active=True)
    assignments = RoleAssignment.objects.filter(community_id=community_id).current()
    for right in set(rights):
        users = users.filter(pk__in=assignments.holding(right).values("user"))
    absences = Absence.objects.filter(community_id=community_id, user=OuterRef("pk")).current()
    absences = absences.annotate(deputy_name=F("deputy__name")).order_by("-end")
    users = users.annotate(
        away_until=Subquery(absences.values("end")[:1]),
        deputy_name=Subquery(absences.values("deputy_name")[:1]),
    )
    return list(users.order_by("name", "pk"))


def colleague_label(user: User) -> str:
    """Name of a colleague in a choice, with until when they are away and who stands in: whoever chooses should know."""
    if not (until := getattr(user, "away_until", None)):
        return user.name
    return f"{user.name}（不在岗至{prose_date(until)}，由{user.deputy_name}代）"
