"""Verification coverage (入户核实): which doors of a stairwell were verified lately."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Case, Count, DateTimeField, Exists, Max, OuterRef, Q, Subquery, Value, When
from django.utils import timezone

from community.communities.models import Community
from community.places.models import Area, HeadAppointment, Stairwell
from residents.homes.models import Dwelling
from residents.verification.models import Verification


def cutoff(days: int) -> datetime.datetime:
    """Cutoff from which a verification still counts: the start of the day so many days ago."""
    day = timezone.localdate() - datetime.timedelta(days=days)
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def fresh_days_by_community(ids: Iterable[int]) -> dict[int, int]:
    """Community id → days for which a verification counts there."""
    return dict(Community.objects.filter(pk__in=list(ids)).values_list("pk", "fresh_days"))


def own_cutoff(fresh_days: Mapping[int, int]) -> Case:
    """Expression on rows of several communities: the cutoff by their community's number of days."""
    cases = [When(community_id=pk, then=Value(cutoff(days))) for pk, days in fresh_days.items()]
    return Case(*cases, output_field=DateTimeField())


def with_last_verification(dwellings):
    """Annotate `verified_at`, the latest verification of the door; null for never."""
    latest = Verification.objects.filter(community=OuterRef("community"), dwelling=OuterRef("pk")).order_by(
        "-at"
    )
    return dwellings.annotate(verified_at=Subquery(latest.values("at")[:1]))


@dataclass(slots=True)
class Coverage:
    """Number of doors, of recently verified doors, and the time of the last visit."""

    doors: int = 0
    fresh: int = 0
    last: datetime.datetime | None = None

    @property
    def due(self) -> int:
        return self.doors - self.fresh

    @property
    def share(self) -> float:
        """The verified share, 0 to 1; 1 without any door."""
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


def coverage_by_stairwell(dwellings, since: datetime.datetime | Case) -> dict[int, Coverage]:
    """Stairwell id → its coverage since a time, or since `own_cutoff`, for the given dwellings; one query."""
    counts = (
        with_last_verification(dwellings.filter(stairwell__isnull=False))
        .order_by()
        .values_list("stairwell_id")
        .annotate(
            doors=Count("id"), fresh=Count("id", filter=Q(verified_at__gte=since)), last=Max("verified_at")
        )
    )
    return {stairwell: Coverage(doors, fresh, last) for stairwell, doors, fresh, last in counts}


def door_counts(dwellings, since: datetime.datetime | Case) -> dict[int, tuple[int, int]]:
    """Stairwell id → (doors, doors verified since)."""
    return {
        pk: (of_stairwell.doors, of_stairwell.fresh)
        for pk, of_stairwell in coverage_by_stairwell(dwellings, since).items()
    }


@dataclass(frozen=True, slots=True)
class StairwellCoverage:
    """A stairwell with its coverage, as a row of a list."""

    stairwell: Stairwell
    covered: Coverage
    heads: list[HeadAppointment] = field(default_factory=list)
    """Its own head, then the group's and the area's."""

    @property
    def head_words(self) -> str:
        """Name of the nearest responsible head, with the area unless it is the stairwell's own."""
        if not self.heads:
            return ""
        nearest = self.heads[0]
        return f"{nearest.person.name}（{nearest.area}）" if nearest.area_id else nearest.person.name

    @property
    def worst_first(self) -> tuple:
        days = self.covered.days
        return (self.covered.share, -days if days is not None else -100_000, self.stairwell.sort)


def stairwell_coverage(
    stairwells: Iterable[Stairwell], dwellings, days: int, heads: dict | None = None
) -> list[StairwellCoverage]:
    """The stairwells that have doors, each with its coverage in the last `days`."""
    coverages = coverage_by_stairwell(dwellings, cutoff(days))
    heads = heads or {}
    return [
        StairwellCoverage(s, coverages[s.pk], heads.get(s.pk, [])) for s in stairwells if s.pk in coverages
    ]


@dataclass(slots=True)
class BuildingCoverage:
    """The lines of one building, for a list grouped by building."""

    name: str
    lines: list[StairwellCoverage] = field(default_factory=list)


def by_building(lines: Iterable[StairwellCoverage]) -> list[BuildingCoverage]:
    """Group lines by building, in their order. By label, because building heads may not read buildings."""
    buildings: dict[int, BuildingCoverage] = {}
    for line in lines:
        stairwell = line.stairwell
        name = stairwell.label.removesuffix(stairwell.name) or stairwell.label
        buildings.setdefault(stairwell.building_id, BuildingCoverage(name)).lines.append(line)
    return list(buildings.values())


def unvisited(stairwells, since: OuterRef):
    """Stairwells with doors, none of which was verified since; `since` names a column of the stairwells."""
    of_stairwell = {"community": OuterRef("community"), "stairwell": OuterRef("pk")}
    return stairwells.filter(
        Exists(Dwelling.objects.filter(**of_stairwell)),
        ~Exists(Verification.objects.filter(**of_stairwell, at__gte=since)),
    )


def names_in_dwellings(residences) -> dict[int, list[str]]:
    """Dwelling id → names of the people of these residences, heads of household first."""
    names_by_dwelling: dict[int, list[str]] = {}
    rows = residences.order_by("-is_head", "id").values_list("household__dwelling", "person__name")
    for dwelling, name in rows:
        names_by_dwelling.setdefault(dwelling, []).append(name)
    return names_by_dwelling


def community_coverage() -> dict[int, Coverage]:
    """Community id → coverage by the community's own number of days, for street officials.

    They may not read dwellings; a database function counts for the communities of the scope.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT community_id, doors, fresh, last FROM residents_freshness()")
        return {pk: Coverage(doors, fresh, last) for pk, doors, fresh, last in cursor.fetchall()}


# Of a past month, for its bulletin


@dataclass(slots=True)
class AreaCoverage(Coverage):
    """The coverage of the doors below an area."""

    area: str = ""
    """Empty for doors that belong to no area."""
    area_id: int | None = None


def coverage_by_area(community, since: datetime.date, until: datetime.date) -> list[AreaCoverage]:
    """Coverage by area (片区) from `since` to `until`, in four queries whatever the size."""
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
    by_area: dict[int | None, AreaCoverage] = {}
    for stairwell, area_id in Stairwell.objects.of(community).order_by().values_list("id", "area_id"):
        top = areas[areas[area_id].parent_id or area_id].pk if area_id else None
        of_area = by_area.setdefault(top, AreaCoverage(area=areas[top].name if top else "", area_id=top))
        of_area.add(Coverage(doors.get(stairwell, 0), checked.get(stairwell, 0)))
    return [by_area[key] for key in (*areas, None) if key in by_area and by_area[key].doors]


def doors_of_area(community, area_id: int | None, until: datetime.date):
    """The doors counted by a line of `coverage_by_area`, with `verified_at`, the last verification until then. area_id: None for all."""
    last = Verification.objects.filter(
        community=OuterRef("community"), dwelling=OuterRef("pk"), at__date__lte=until
    ).order_by("-at")
    dwellings = Dwelling.objects.of(community).filter(stairwell__isnull=False)
    if area_id is not None:
        dwellings = dwellings.filter(Q(stairwell__area=area_id) | Q(stairwell__area__parent=area_id))
    return dwellings.annotate(verified_at=Subquery(last.values("at")[:1])).order_by("sort", "id")
