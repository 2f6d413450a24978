"""Places of a demo community and their heads: areas, groups, buildings, stairwells, appointments now and earlier."""

import datetime
import random
from collections import defaultdict
from dataclasses import dataclass

from community.communities.models import Community
from community.demo.parts import DemoCommunity, RunFor, analyze, demo_part
from community.demo.plans import CommunityPlan
from community.people.demo import Residents
from community.people.models import Person
from community.places.models import Area, Building, HeadAppointment, Stairwell, natural_sort

# Floors and homes per floor: houses of the 1980s, and larger ones while homes are lacking.
_SMALL = (6, 2)
_LARGER = ((7, 2), (6, 3), (7, 2), (8, 2), (11, 2))
_SPARE = 1.06
"""Homes per household: some are vacant."""
_TERM = 365 * 3
"""Days for which a head is appointed, at most."""


@dataclass(frozen=True, slots=True)
class Territory:
    groups: list[Area]
    areas: list[Area]
    buildings: list[Building]
    """Residential buildings."""
    stairwells: list[Stairwell]
    """Of residential buildings."""
    layouts: list[tuple[int, int]]
    """Floors and homes per floor of each building."""


@demo_part(130, RunFor.NEW)
def build_territory(demo: DemoCommunity) -> None:
    """Areas, groups, buildings and stairwells, with floors enough for the families of the plan."""
    plan, community, rng = demo.plan, demo.community, demo.rng
    areas = Area.objects.bulk_create(
        Area(community=community, kind=Area.Kind.AREA, number=number, name=name)
        for number, name in enumerate(plan.areas, start=1)
    )
    groups = Area.objects.bulk_create(
        Area(
            community=community,
            kind=Area.Kind.GROUP,
            number=index + 1,
            name=f"第{index + 1}居民小组",
            parent=areas[index * len(areas) // plan.groups] if areas else None,
        )
        for index in range(plan.groups)
    )
    counts = [count for count, times in plan.buildings.items() for _ in range(times)]
    rng.shuffle(counts)
    layouts = _layouts(counts, rng, plan.mix.homes_needed * _SPARE if plan.mix else 0)
    buildings = Building.objects.bulk_create(
        _building(plan, community, index, index * len(plan.estates) // len(counts), layout[0])
        for index, layout in enumerate(layouts)
    )
    lowest = groups or areas
    total = sum(counts)
    stairwells: list[Stairwell] = []
    for building, count in zip(buildings, counts, strict=True):
        for number in range(1, count + 1):
            area = lowest[len(stairwells) * len(lowest) // total] if lowest else None
            stairwells.append(_stairwell(community, building, number if count > 1 else 0, area))
    Stairwell.objects.bulk_create(stairwells)
    _other_buildings(plan, community, len(buildings))
    demo.put(Territory(groups, areas, buildings, stairwells, layouts))


def _layouts(counts: list[int], rng: random.Random, homes: float) -> list[tuple[int, int]]:
    """(floors, homes per floor) of every building, so that together they hold `homes`."""
    layouts = [_SMALL] * len(counts)
    order = rng.sample(range(len(counts)), len(counts))
    have = sum(counts) * _SMALL[0] * _SMALL[1]
    for turn, index in enumerate(order):
        if have >= homes:
            break
        layouts[index] = floors, per_floor = _LARGER[turn % len(_LARGER)]
        have += counts[index] * (floors * per_floor - _SMALL[0] * _SMALL[1])
    return layouts


def _building(plan: CommunityPlan, community: Community, index: int, estate: int, floors: int) -> Building:
    key = str(index + 1)
    return Building(
        community=community,
        label=f"{key}幢",
        key=key,
        sort=natural_sort(key),
        estate=plan.estates[estate],
        floors=floors,
        address=f"{plan.roads[estate % len(plan.roads)]}{index * 4 + 2}号",
    )


def _stairwell(community: Community, building: Building, number: int, area: Area | None) -> Stairwell:
    """Stairwell `number` of a building; 0 for the only one, which has no name."""
    key = str(number) if number else ""
    name = f"{key}单元" if number else ""
    return Stairwell(
        community=community,
        building=building,
        area=area,
        name=name,
        key=key,
        label=f"{building.label}{name}",
        sort=f"{building.sort} {natural_sort(key)}",
    )


def _other_buildings(plan: CommunityPlan, community: Community, residential: int) -> None:
    """Buildings nobody lives in: in the register, outside the figures."""
    if len(plan.venues) < 2:
        return
    for offset, label in enumerate(("社区服务中心", "农贸市场", "幼儿园")):
        key = str(residential + 1 + offset)
        building = Building.objects.create(
            community=community,
            label=f"{key}幢",
            key=key,
            estate=label,
            use=Building.Use.OTHER,
            floors=3,
            address=f"{plan.roads[0]}{500 + offset * 2}号",
        )
        _stairwell(community, building, 0, None).save()


@demo_part(190, RunFor.PEOPLED)
def appoint_heads(demo: DemoCommunity) -> None:
    """Give every area, group and (where the plan says so) stairwell a head who lives there."""
    plan, territory, rng, today = demo.plan, demo.get(Territory), demo.rng, demo.today
    candidates = _candidates(demo)
    appointed_ids: set[int] = set()
    appointments: list[HeadAppointment] = []

    def appoint(stairwells, **place) -> None:
        people = [
            p for stairwell in stairwells for p in candidates[stairwell.id] if p.id not in appointed_ids
        ]
        person = rng.choice(people)
        appointed_ids.add(person.id)
        start = today - datetime.timedelta(days=rng.randrange(40, _TERM))
        appointments.append(_appointment(demo, person, start, None, place))
        if rng.random() < 0.4 and len(people) > 6:
            predecessor = rng.choice([p for p in people if p is not person])
            end = start - datetime.timedelta(days=1)
            start = end - datetime.timedelta(days=rng.randrange(200, _TERM))
            appointments.append(_appointment(demo, predecessor, start, end, place))

    stairwells_by_area = defaultdict(list)
    for stairwell in territory.stairwells:
        stairwells_by_area[stairwell.area_id].append(stairwell)
    if plan.heads_of_stairwells:
        for stairwell in territory.stairwells:
            appoint([stairwell], stairwell=stairwell)
    for group in territory.groups:
        appoint(stairwells_by_area[group.id], area=group)
    for area in territory.areas:
        groups = [group for group in territory.groups if group.parent_id == area.id]
        appoint([s for group in groups for s in stairwells_by_area[group.id]], area=area)
    HeadAppointment.objects.bulk_create(appointments)
    analyze(HeadAppointment)


def _candidates(demo: DemoCommunity) -> dict[int, list[Person]]:
    """Residents of the age at which people do this, by stairwell."""
    first = demo.today.replace(year=demo.today.year - 78, day=1)
    last = demo.today.replace(year=demo.today.year - 30, day=1)
    people_by_stairwell = defaultdict(list)
    for person in demo.get(Residents).living.filter(birth_date__range=(first, last)):
        people_by_stairwell[person.stairwell_id].append(person)
    return people_by_stairwell


def _appointment(demo: DemoCommunity, person: Person, start, end, place: dict) -> HeadAppointment:
    number = start.timetuple().tm_yday % 40 + 1
    return HeadAppointment(
        community=demo.community,
        person=person,
        start=start,
        end=end,
        document=f"{demo.plan.name[:1]}居〔{start.year}〕{number}号",
        **place,
    )
