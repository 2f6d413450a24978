"""How fresh the register is (入户核实): when somebody last looked at the doors of a stairwell."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery
from django.utils import timezone

from community.models import Area, HeadAppointment, Stairwell
from residents.models import Dwelling, Verification


def start_of(days: int) -> datetime.datetime:
    """From when on a verification still counts: the start of the day so many days ago."""
    day = timezone.localdate() - datetime.timedelta(days=days)
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def with_last_verification(dwellings):
    """Annotate `verified_at`, the latest verification of the door; null for never."""
    latest = Verification.objects.filter(community=OuterRef("community"), dwelling=OuterRef("pk")).order_by(
        "-at"
    )
    return dwellings.annotate(verified_at=Subquery(latest.values("at")[:1]))


@dataclass(slots=True)
class Coverage:
    """How many doors there are, how many were verified lately, and when somebody last came."""

    doors: int = 0
    fresh: int = 0
    last: datetime.datetime | None = None

    @property
    def due(self) -> int:
        return self.doors - self.fresh

    @property
    def share(self) -> float:
        """The verified part, 0 to 1. Where there is no door, nothing is lacking."""
        return self.fresh / self.doors if self.doors else 1.0

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means all of them."""
        return int(self.share * 100)

    @property
    def days(self) -> int | None:
        """Days since the last visit; None for never."""
        return (timezone.localdate() - timezone.localdate(self.last)).days if self.last else None

    def add(self, other: "Coverage") -> None:
        self.doors += other.doors
        self.fresh += other.fresh
        self.last = max(filter(None, (self.last, other.last)), default=None)


def covered(dwellings, since: datetime.datetime) -> dict[int, Coverage]:
    """Stairwell id → its coverage, for the given dwellings; one query."""
    counted = (
        with_last_verification(dwellings.filter(stairwell__isnull=False))
        .order_by()
        .values_list("stairwell_id")
        .annotate(
            doors=Count("id"), fresh=Count("id", filter=Q(verified_at__gte=since)), last=Max("verified_at")
        )
    )
    return {stairwell: Coverage(doors, fresh, last) for stairwell, doors, fresh, last in counted}


def coverage(dwellings, since: datetime.datetime) -> dict[int, tuple[int, int]]:
    """Stairwell id → (doors, doors verified since)."""
    return {pk: (found.doors, found.fresh) for pk, found in covered(dwellings, since).items()}


@dataclass(frozen=True, slots=True)
class Line:
    """A stairwell as the pages list it."""

    stairwell: Stairwell
    covered: Coverage
    heads: list[HeadAppointment] = field(default_factory=list)
    """Its own head, then the group's and the area's."""

    @property
    def head_words(self) -> str:
        """Who answers for it: the nearest head, with the place where that is no stairwell."""
        if not self.heads:
            return ""
        nearest = self.heads[0]
        return f"{nearest.person.name}（{nearest.area}）" if nearest.area_id else nearest.person.name

    @property
    def worst_first(self) -> tuple:
        days = self.covered.days
        return (self.covered.share, -days if days is not None else -100_000, self.stairwell.sort)


def lines_of(stairwells: Iterable[Stairwell], dwellings, days: int, heads: dict | None = None) -> list[Line]:
    """The stairwells that have doors, each with its coverage in the last `days`."""
    found = covered(dwellings, start_of(days))
    heads = heads or {}
    return [Line(s, found[s.pk], heads.get(s.pk, [])) for s in stairwells if s.pk in found]


@dataclass(slots=True)
class Building:
    """The lines of one building, for a list that is read by houses."""

    name: str
    lines: list[Line] = field(default_factory=list)


def by_building(lines: Iterable[Line]) -> list[Building]:
    """Lines under the names of their buildings, in the order given. Building heads may not read the buildings."""
    found: dict[int, Building] = {}
    for line in lines:
        stairwell = line.stairwell
        name = stairwell.label.removesuffix(stairwell.name) or stairwell.label
        found.setdefault(stairwell.building_id, Building(name)).lines.append(line)
    return list(found.values())


def unvisited(stairwells, since: datetime.datetime):
    """Of these stairwells the ones with doors at which nobody has been since."""
    here = {"community": OuterRef("community"), "stairwell": OuterRef("pk")}
    return stairwells.filter(
        Exists(Dwelling.objects.filter(**here)), ~Exists(Verification.objects.filter(**here, at__gte=since))
    )


def names_behind(residences) -> dict[int, list[str]]:
    """Dwelling id → the names of these residences' people, heads of household first."""
    found: dict[int, list[str]] = {}
    named = residences.order_by("-is_head", "id").values_list("household__dwelling", "person__name")
    for dwelling, name in named:
        found.setdefault(dwelling, []).append(name)
    return found


def community_coverage() -> dict[int, Coverage]:
    """Community id → coverage by its own number of days, for officials of the street: numbers only.

    They may not read doors; a database function counts for the communities of the scope.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT community_id, doors, fresh, last FROM residents_freshness()")
        return {pk: Coverage(doors, fresh, last) for pk, doors, fresh, last in cursor.fetchall()}


# Of a month that is over, for its bulletin


@dataclass(slots=True)
class AreaCoverage(Coverage):
    """The coverage of the doors below an area."""

    area: str = ""
    """Empty for doors that belong to no area."""
    area_id: int | None = None


def coverage_by_area(community, since: datetime.date, until: datetime.date) -> list[AreaCoverage]:
    """Doors by area (片区), and those verified from `since` to `until`, in four queries whatever the size."""
    checked = dict(
        Verification.objects.of(community)
        .filter(at__date__gte=since, at__date__lte=until)
        .order_by()
        .values_list("stairwell_id")
        .annotate(Count("dwelling", distinct=True))
    )
    doors = dict(
        Dwelling.objects.of(community)
        .filter(stairwell__isnull=False)
        .order_by()
        .values_list("stairwell_id")
        .annotate(Count("id"))
    )
    areas = {area.pk: area for area in Area.objects.of(community)}
    found: dict[int | None, AreaCoverage] = {}
    for stairwell, area_id in Stairwell.objects.of(community).order_by().values_list("id", "area_id"):
        top = areas[areas[area_id].parent_id or area_id].pk if area_id else None
        below = found.setdefault(top, AreaCoverage(area=areas[top].name if top else "", area_id=top))
        below.add(Coverage(doors.get(stairwell, 0), checked.get(stairwell, 0)))
    return [found[key] for key in (*areas, None) if key in found and found[key].doors]


def doors_behind(community, area_id: int | None, until: datetime.date):
    """The doors that a line of `coverage_by_area` counts, with `verified_on`, the last day until then; all without an area."""
    last = Verification.objects.filter(
        community=OuterRef("community"), dwelling=OuterRef("pk"), at__date__lte=until
    ).order_by("-at")
    found = Dwelling.objects.of(community).filter(stairwell__isnull=False)
    if area_id is not None:
        found = found.filter(Q(stairwell__area=area_id) | Q(stairwell__area__parent=area_id))
    return found.annotate(verified_at=Subquery(last.values("at")[:1])).order_by("sort", "id")
