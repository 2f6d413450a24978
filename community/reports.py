"""Numbers about the community and its territory, and how far its set-up has come."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from community.models import (
    Area,
    Building,
    Community,
    HeadAppointment,
    Medium,
    RoleAssignment,
    ServiceHours,
    Stairwell,
    Street,
    User,
)
from portal.access import Access, CommunityRef
from portal.offers import Figure, Kind, Step, answers
from portal.registers import all_registers
from portal.roles import ROLES, SECOND_OFFICE, HeldAt


@dataclass(frozen=True, slots=True)
class PlaceCounts:
    """The territory in numbers; buildings nobody lives in stand in the register and outside these."""

    buildings: int
    stairwells: int
    areas: int
    resident_groups: int
    resident_group_heads: int
    """Groups that have a head today: one per group, also on a day of handing over."""
    stairwell_heads: int


def place_counts(community) -> PlaceCounts:
    """Count the territory of `community` as it is now, in four queries."""
    residential = Q(use=Building.Use.RESIDENTIAL)
    areas = Area.objects.of(community).aggregate(
        areas=Count("id", filter=Q(kind=Area.Kind.AREA)),
        resident_groups=Count("id", filter=Q(kind=Area.Kind.GROUP)),
    )
    heads = (
        HeadAppointment.objects.of(community)
        .current()
        .aggregate(
            resident_group_heads=Count("area", filter=Q(area__kind=Area.Kind.GROUP), distinct=True),
            stairwell_heads=Count(
                "stairwell", filter=Q(stairwell__building__use=Building.Use.RESIDENTIAL), distinct=True
            ),
        )
    )
    return PlaceCounts(
        buildings=Building.objects.of(community).filter(residential).count(),
        stairwells=Stairwell.objects.of(community).filter(building__use=Building.Use.RESIDENTIAL).count(),
        **areas,
        **heads,
    )


def media_counts(community) -> dict[str, int | Decimal]:
    """Publicity media by kind; slogans in metres."""
    counts = dict.fromkeys(Medium.Kind.values, 0)
    for kind, number, metres in (
        Medium.objects.of(community)
        .order_by()
        .values_list("kind")
        .annotate(number=Count("id"), metres=Sum("length_m"))
    ):
        counts[kind] = metres if kind == Medium.Kind.SLOGAN else number
    return counts


def profile_of(community) -> Community:
    """The profile whose columns are figures themselves."""
    return Community.objects.of(community).get()


def weekday_hours(community) -> Decimal | None:
    """Hours the service hall is open on a weekday; of the shortest one if they differ. None without hours."""
    open_hours: dict[int, Decimal] = {}
    for hours in ServiceHours.objects.of(community).filter(weekday__lte=ServiceHours.Weekday.FRIDAY):
        length = Decimal(_minutes(hours.closes) - _minutes(hours.opens)) / 60
        open_hours[hours.weekday] = open_hours.get(hours.weekday, Decimal(0)) + length
    return min(open_hours.values(), default=None)


def _minutes(time: datetime.time) -> int:
    return time.hour * 60 + time.minute


def first_steps(access: Access, community) -> list[Step]:
    """The first steps of a new community, in order, that this user may take; empty once all are done."""
    steps = sorted(answers(Kind.FIRST_STEPS, access, community), key=lambda step: step.order)
    return [] if all(step.done for step in steps) else steps


def figures_for(access: Access, community, year: int) -> list[Figure]:
    """Every figure, with the list of rows it counts only where this user may open that list."""
    closed = tuple(r.url("list", community) for r in all_registers() if not access.can(r.view, community))
    found = answers(Kind.FIGURES, community, year)
    return [replace(figure, url="") if figure.url.startswith(closed) else figure for figure in found]


def colleagues(community_id: int, *rights: str) -> list[User]:
    """The people who hold all these rights in the community today, by name."""
    users = User.objects.filter(is_active=True)
    held = RoleAssignment.objects.filter(community_id=community_id).current()
    for right in set(rights):
        users = users.filter(pk__in=held.holding(right).values("user"))
    return list(users.order_by("name", "pk"))


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
