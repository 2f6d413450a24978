"""Counts of the statistics: a few grouped queries, each run when a table needs it."""

import datetime
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, Exists, OuterRef, Q, Value
from django.utils import timezone

from community.communities.profile import profile_of
from community.people.models import Person
from community.places.models import Area, Stairwell
from portal.access.user_access import CommunityRef
from residents.care.models.kind import CareKind
from residents.care.queries import care_condition
from residents.homes.models import Dwelling, Residence
from residents.homes.place_filters import StatisticsPlace
from residents.people.ages import age_band_start
from residents.verification.coverage import cutoff, with_last_verification

_AT_HOME = "household__dwelling__"
FACTS = ("education", "marital", "employment", "political")


@dataclass(slots=True)
class DwellingCounts:
    """Counts of the dwellings of one or more stairwells."""

    dwellings: int = 0
    fresh: int = 0
    households: int = 0
    living: int = 0
    households_registered: int = 0
    registered: int = 0

    def add(self, other: "DwellingCounts") -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class StatisticsCounts:
    """Counts of a place as of today. Living people are counted where they live, registered ones at their hukou."""

    community: CommunityRef
    place: StatisticsPlace
    today: datetime.date = field(default_factory=timezone.localdate)

    def of_all(self) -> "StatisticsCounts":
        """The counts of the whole community."""
        return (
            self if self.place.is_whole else StatisticsCounts(self.community, StatisticsPlace(), self.today)
        )

    def _residences(self):
        return Residence.objects.of(self.community).filter(self.place.q(_AT_HOME)).open().order_by()

    @cached_property
    def ages(self) -> dict[tuple[int, str], int]:
        """(start of the age band, sex) → living people; -1 and the empty string for what is not known."""
        counts = self._residences().living().annotate(band=age_band_start(self.today, "person__"))
        counts = counts.values_list("band", "person__sex").annotate(Count("id"))
        return {(band, sex): count for band, sex, count in counts}

    @cached_property
    def people_by_state(self) -> dict[str, int]:
        """People by residence and registration; the keys are those of the list's filter."""
        residences = Residence.objects.filter(
            community=OuterRef("community"), person=OuterRef("person")
        ).open()
        living = self._residences().living().annotate(other=Exists(residences.registered()))
        living = dict(living.values_list("other").annotate(Count("id")))
        registered = self._residences().registered().annotate(other=Exists(residences.living()))
        registered = dict(registered.values_list("other").annotate(Count("id")))
        return {
            "living": sum(living.values()),
            "both": living.get(True, 0),
            "lodger": living.get(False, 0),
            "registered": sum(registered.values()),
            "away": registered.get(False, 0),
            "separated": self._residences().separated().count(),
        }

    @cached_property
    def _living_households(self) -> list[tuple[int, int | None, int]]:
        """(household, stairwell, people) of each occupied household."""
        households = self._residences().living().values_list("household", f"{_AT_HOME}stairwell")
        return list(households.annotate(Count("id")))

    @cached_property
    def sizes(self) -> Counter[int]:
        """Number of people -> number of living households."""
        return Counter(people for _, _, people in self._living_households)

    @cached_property
    def fresh_days(self) -> int:
        return profile_of(self.community).fresh_days

    @cached_property
    def doors(self) -> dict[int | None, DwellingCounts]:
        """Stairwell id → counts of its dwellings; None for dwellings without stairwell and households without dwelling."""
        doors_by_stairwell: dict[int | None, DwellingCounts] = {}
        for _, stairwell, people in self._living_households:
            doors_by_stairwell.setdefault(stairwell, DwellingCounts()).add(
                DwellingCounts(households=1, living=people)
            )
        registered = self._residences().registered().values_list(f"{_AT_HOME}stairwell")
        for stairwell, households, people in registered.annotate(
            Count("household", distinct=True), Count("id")
        ):
            registered_doors = DwellingCounts(households_registered=households, registered=people)
            doors_by_stairwell.setdefault(stairwell, DwellingCounts()).add(registered_doors)
        dwellings = with_last_verification(Dwelling.objects.of(self.community).filter(self.place.q("")))
        fresh = Count("id", filter=Q(verified_at__gte=cutoff(self.fresh_days)))
        counts = dwellings.order_by().values_list("stairwell").annotate(count=Count("id"), seen=fresh)
        for stairwell, count, fresh in counts:
            doors_by_stairwell.setdefault(stairwell, DwellingCounts()).add(
                DwellingCounts(dwellings=count, fresh=fresh)
            )
        return doors_by_stairwell

    @cached_property
    def stairwells(self) -> list[Stairwell]:
        """Stairwells of the place, ordered by house number."""
        if self.place.stairwell:
            return [self.place.stairwell]
        stairwells, area = Stairwell.objects.of(self.community), self.place.area
        if area:
            stairwells = stairwells.filter(Q(area=area) | Q(area__parent=area))
        return list(stairwells.select_related("area").order_by("sort", "id"))

    @cached_property
    def areas(self) -> list[Area]:
        """The areas of the community, those of the first level; groups without one are of it, too."""
        return list(Area.objects.of(self.community).filter(parent__isnull=True))

    @cached_property
    def facts(self) -> dict[str, Counter[str]]:
        """Facts of living people by field: code → people; the empty string for unknown."""
        counts_by_field = {name: Counter() for name in FACTS}
        counts = self._residences().living().values_list(*(f"person__{name}" for name in FACTS))
        for *codes, count in counts.annotate(Count("id")):
            for name, code in zip(FACTS, codes, strict=True):
                counts_by_field[name][code] += count
        return counts_by_field

    @cached_property
    def care(self) -> dict[CareKind, int]:
        """How many people are in each care register; in a part of the community, of those who live there."""
        people = Person.objects.of(self.community)
        if not self.place.is_whole:
            people = people.filter(pk__in=self._residences().living().values("person"))
        parts = [
            people.filter(care_condition(kind)).order_by().annotate(care=Value(kind.value)).values_list("care").annotate(Count("id"))
            for kind in CareKind
        ]  # fmt: skip
        counts = dict(parts[0].union(*parts[1:], all=True))
        return {kind: counts.get(kind.value, 0) for kind in CareKind}
