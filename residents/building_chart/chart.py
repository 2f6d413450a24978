"""The doors of a building as floors × stairwells (楼幢图), each with letters for one property and a legend of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import QuerySet

from community.communities.profile import profile_of
from community.places.models import Building, Stairwell
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from residents.care.models.kind import CareKind
from residents.care.queries import care_kinds_by_person
from residents.homes.addresses import floor_of_room
from residents.homes.models import Dwelling, Residence
from residents.verification.coverage import cutoff, with_last_verification


class Colouring(StrEnum):
    """The property that letters and colours of the doors stand for."""

    USE = "use"
    FRESH = "fresh"
    CARE = "care"

    @property
    def label(self) -> str:
        return {"use": "用途", "fresh": "入户核实", "care": "重点人群"}[self.value]


def colourings(access, community) -> list[Colouring]:
    """Those that this user may choose: who is in care is for holders of its right."""
    return [each for each in Colouring if each is not Colouring.CARE or access.can(P.CARE, community)]


@dataclass(slots=True)
class Mark:
    """A letter of the legend, with the number of doors that have it. `key` ends the name of its CSS class."""

    key: str
    letter: str
    label: str
    count: int = 0


_USE_LETTERS = dict(zip(Dwelling.Use, "自租空商办地库储", strict=True))
_CARE_LETTERS = dict(zip(CareKind, "低残老优失退童育", strict=True))


@dataclass(frozen=True, slots=True)
class Door:
    dwelling: Dwelling
    marks: tuple[Mark, ...]


@dataclass(slots=True)
class Chart:
    """The grid, the doors outside of it, and the legend. Every dwelling of the building stands in one place."""

    legend: list[Mark]
    stairwells: list[Stairwell | None] = field(default_factory=list)
    """Columns; None is that of the doors without a stairwell."""
    floors: list[int] = field(default_factory=list)
    """Rows, the highest first."""
    doors: dict[tuple[int, int | None], list[Door]] = field(default_factory=dict)
    """By floor and id of the stairwell."""
    outside: list[Door] = field(default_factory=list)
    """Doors of which no floor is known."""

    @property
    def number_inside(self) -> int:
        return sum(map(len, self.doors.values()))

    @property
    def number(self) -> int:
        return self.number_inside + len(self.outside)


def building_chart(building: Building, colouring: Colouring, access, community) -> Chart:
    """The chart of a building for a user who may use `colouring`."""
    dwellings = rows(Dwelling, access, P.PLACES_VIEW, community).filter(building=building)
    stairwells = rows(Stairwell, access, P.PLACES_VIEW, community).filter(building=building)
    if colouring is Colouring.FRESH:
        dwellings, marks = _fresh_marks(dwellings, community)
    elif colouring is Colouring.CARE:
        dwellings, marks = _care_marks(dwellings, access, community)
    else:
        dwellings, marks = _use_marks(dwellings)
    return _laid_out(dwellings, stairwells, marks)


Marks = tuple[list[Mark], Mapping[int, tuple[Mark, ...]]]
"""The legend, and the marks by dwelling id."""


def _use_marks(dwellings: QuerySet[Dwelling]) -> tuple[list[Dwelling], Marks]:
    legend = {use: Mark(use, letter, Dwelling.Use(use).label) for use, letter in _USE_LETTERS.items()}
    found = list(dwellings)
    return found, (list(legend.values()), {d.pk: (legend[d.use],) for d in found})


def _fresh_marks(dwellings: QuerySet[Dwelling], community) -> tuple[list[Dwelling], Marks]:
    days = profile_of(community).fresh_days
    fresh = Mark("fresh", "核", f"{days}天内核实过")
    stale = Mark("stale", "旧", f"超过{days}天没有核实")
    never = Mark("never", "未", "从未核实")
    since = cutoff(days)
    found = list(with_last_verification(dwellings))
    marks = {
        d.pk: (never if d.verified_at is None else fresh if d.verified_at >= since else stale,) for d in found
    }
    return found, ([fresh, stale, never], marks)


def _care_marks(dwellings: QuerySet[Dwelling], access, community) -> tuple[list[Dwelling], Marks]:
    """By the people who live behind the door."""
    legend = {kind: Mark("care", letter, kind.label) for kind, letter in _CARE_LETTERS.items()}
    none = Mark("none", "－", "没有重点人群")
    found = list(dwellings)
    living = rows(Residence, access, P.CARE, community).filter(household__dwelling__in=[d.pk for d in found])
    residents = list(living.living().open().order_by().values_list("household__dwelling", "person"))
    kinds_by_person = care_kinds_by_person(community, [person for _, person in residents])
    kinds_by_dwelling: defaultdict[int, set[CareKind]] = defaultdict(set)
    for dwelling, person in residents:
        kinds_by_dwelling[dwelling] |= kinds_by_person[person]
    marks = {
        d.pk: tuple(mark for kind, mark in legend.items() if kind in kinds_by_dwelling[d.pk]) or (none,)
        for d in found
    }
    return found, ([*legend.values(), none], marks)


def _laid_out(dwellings: Sequence[Dwelling], stairwells: Iterable[Stairwell], marks: Marks) -> Chart:
    legend, marks_by_dwelling = marks
    chart = Chart(legend, list(stairwells))
    known = {stairwell.pk for stairwell in chart.stairwells}
    doors: defaultdict[tuple[int, int | None], list[Door]] = defaultdict(list)
    for dwelling in dwellings:
        door = Door(dwelling, marks_by_dwelling[dwelling.pk])
        for mark in door.marks:
            mark.count += 1
        floor = dwelling.floor if dwelling.floor is not None else floor_of_room(dwelling.room)
        if floor is None:
            chart.outside.append(door)
        else:
            column = dwelling.stairwell_id if dwelling.stairwell_id in known else None
            doors[floor, column].append(door)
    if any(column is None for _, column in doors):
        chart.stairwells.append(None)
    chart.doors = dict(doors)
    chart.floors = sorted({floor for floor, _ in doors}, reverse=True)
    chart.legend = [mark for mark in legend if mark.count]
    return chart
