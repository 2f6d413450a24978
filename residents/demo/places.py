"""Territory of a demo community: profile, areas, groups, buildings, stairwells and dwellings."""

import datetime
import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from community.models import (
    Area,
    Building,
    Community,
    Honour,
    Medium,
    ServiceHours,
    Stairwell,
    Street,
    Unit,
    Venue,
)
from community.models.territory import natural_sort
from community.months import month_before
from residents.demo.names import full_name
from residents.demo.numbers import Numbers
from residents.demo.plans import Plan
from residents.models import Dwelling

# Floors and homes per floor: houses of the eighties first; the rest come in while homes are lacking.
_PLAIN = (6, 2)
_LARGER = ((7, 2), (6, 3), (7, 2), (8, 2), (11, 2))
_HANGS = datetime.timedelta(days=30)
"""Until when the posters hang."""
_SPARE = 1.06
"""Homes per household that needs one: some stand empty."""


@dataclass(frozen=True, slots=True)
class Territory:
    community: Community
    groups: list[Area]
    areas: list[Area]
    stairwells: list[Stairwell]
    """Of residential buildings."""
    homes: list[Dwelling]
    """Dwellings to live in, not saved yet: who lives there decides their use."""
    others: list[Dwelling]
    """Shops and basements, not saved yet."""


def build_profile(plan: Plan, rng: random.Random, today: datetime.date) -> Community:
    """The community with its hours, honours, venues and units."""
    street, _ = Street.objects.get_or_create(code=plan.street.code, defaults={"name": plan.street.name})
    land, floor = plan.office
    numbers = Numbers(rng)
    community = Community.objects.create(
        code=plan.code,
        name=plan.name,
        street=street,
        statistics_code=plan.statistics_code,
        area_km2=plan.area_km2,
        founded_on=plan.founded_on,
        office_land_m2=land,
        office_floor_m2=floor,
        address=plan.region + plan.address,
        hotline=numbers.landline(plan.area_code),
        introduction=plan.introduction,
        opened_on=month_before(today),
        is_demo=True,
        **plan.words,
    )
    weekday = datetime.time(8), datetime.time(20)
    weekend = datetime.time(9), datetime.time(17)
    ServiceHours.objects.bulk_create(
        ServiceHours(community=community, weekday=day, opens=opens, closes=closes)
        for day in range(1, 8)
        for opens, closes in [weekday if day < 6 else weekend]
    )
    Honour.objects.bulk_create(
        Honour(community=community, title=title, level=level, year=today.year - ago)
        for title, level, ago in plan.honours
    )
    Venue.objects.bulk_create(
        Venue(community=community, name=name, kind=kind, floor_m2=floor) for name, kind, floor in plan.venues
    )
    Unit.objects.bulk_create(
        Unit(
            community=community,
            name=name,
            kind=kind,
            uscc=numbers.credit_code(plan.id_places[1]) if index % 3 else "",
            contact=full_name(rng, rng.choice("MF"), 1980),
            phone=numbers.landline(plan.area_code),
            address=f"{rng.choice(plan.roads)}{rng.randrange(2, 300)}号",
        )
        for index, (name, kind) in enumerate(plan.units)
    )
    return community


def build_media(
    plan: Plan, community: Community, stairwells: Sequence[Stairwell], today: datetime.date
) -> None:
    """Publicity media: a panel in every stairwell, slogans on the walls, the rest along the roads."""
    kinds = Medium.Kind
    media = [Medium(kind=kinds.PANEL, stairwell=stairwell) for stairwell in stairwells] if plan.media else []
    for kind, count in plan.media.items():
        hangs = {} if kind == kinds.BOARD else {"content": "冬季消防安全常识", "until": today + _HANGS}
        media += [
            Medium(kind=kind, place=f"{plan.roads[n % len(plan.roads)]}{8 * n + 6}号旁", **hangs)
            for n in range(count)
        ]
    media += [
        Medium(kind=kinds.SLOGAN, place=f"{plan.roads[n % len(plan.roads)]}围墙第{n + 1}段", length_m=metres)
        for n, metres in enumerate(plan.slogans)
    ]
    for medium in media:
        medium.community = community
    Medium.objects.bulk_create(media)


def build_territory(plan: Plan, community: Community, rng: random.Random, homes_needed: int) -> Territory:
    """Areas, groups, buildings and stairwells; for `homes_needed` households also dwellings."""
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
    layouts = _layouts(counts, rng, homes_needed * _SPARE)
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
    homes = _homes(stairwells, dict(zip(buildings, layouts, strict=True)), rng) if homes_needed else []
    others = _shops_and_basements(buildings, rng) if homes_needed else []
    _other_buildings(plan, community, len(buildings))
    return Territory(community, groups, areas, stairwells, homes, others)


def _layouts(counts: list[int], rng: random.Random, homes: float) -> list[tuple[int, int]]:
    """(floors, homes per floor) of every building, so that together they hold `homes`."""
    layouts = [_PLAIN] * len(counts)
    order = rng.sample(range(len(counts)), len(counts))
    have = sum(counts) * _PLAIN[0] * _PLAIN[1]
    for turn, index in enumerate(order):
        if have >= homes:
            break
        layouts[index] = floors, per_floor = _LARGER[turn % len(_LARGER)]
        have += counts[index] * (floors * per_floor - _PLAIN[0] * _PLAIN[1])
    return layouts


def _building(plan: Plan, community: Community, index: int, estate: int, floors: int) -> Building:
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


def _homes(stairwells: list[Stairwell], layouts: dict[Building, tuple[int, int]], rng: random.Random):
    homes = []
    for stairwell in stairwells:
        floors, per_floor = layouts[stairwell.building]
        sizes = [rng.choice((58, 64, 72, 78, 86, 92, 108, 120)) for _ in range(per_floor)]
        for floor in range(1, floors + 1):
            for door in range(1, per_floor + 1):
                room = f"{floor}{door:02d}"
                homes.append(
                    Dwelling(
                        community=stairwell.community,
                        building=stairwell.building,
                        stairwell=stairwell,
                        floor=floor,
                        room=room,
                        use=Dwelling.Use.VACANT,
                        area_m2=Decimal(sizes[door - 1]) + Decimal(rng.randrange(100)) / 100,
                    ).place()
                )
    return homes


def _shops_and_basements(buildings: list[Building], rng: random.Random) -> list[Dwelling]:
    """Rooms behind a door of the house itself, without stairwell."""
    found = []
    for building in buildings[::6]:
        rooms = [(f"商铺{number}", Dwelling.Use.SHOP) for number in range(1, 4)]
        rooms.append(("地下室", Dwelling.Use.BASEMENT))
        for room, use in rooms:
            found.append(
                Dwelling(
                    community=building.community,
                    building=building,
                    room=room,
                    use=use,
                    area_m2=Decimal(rng.randrange(1800, 6000)) / 100,
                    owner_name=full_name(rng, "M", 1965) if use == Dwelling.Use.SHOP else "",
                ).place()
            )
    return found


def _other_buildings(plan: Plan, community: Community, residential: int) -> None:
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
