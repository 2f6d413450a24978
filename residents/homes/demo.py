"""Homes of a demo community, and its residents for the features of community/."""

import random
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, QuerySet

from community.demo.names import full_name
from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.people.demo import Residents
from community.people.models import Person
from community.places.demo import Territory
from community.places.models import Building, Stairwell
from residents.homes.models import Dwelling, Residence


@dataclass(frozen=True, slots=True)
class Homes:
    """Dwellings, not saved yet."""

    homes: list[Dwelling]
    """To live in: who lives there decides their use."""
    others: list[Dwelling]
    """Shops and basements."""


@demo_part(140, RunFor.PEOPLED)
def build_homes(demo: DemoCommunity) -> None:
    territory = demo.get(Territory)
    layouts = dict(zip(territory.buildings, territory.layouts, strict=True))
    homes = _homes(territory.stairwells, layouts, demo.rng)
    demo.put(Homes(homes, _shops_and_basements(territory.buildings, demo.rng)))


@demo_part(180, RunFor.EACH)
def provide_residents(demo: DemoCommunity) -> None:
    """Provide residents as persons to the features below, which know no residences."""
    residences = Residence.objects.of(demo.community).open()
    demo.put(Residents(_people(demo, residences.living()), _people(demo, residences.registered())))


def _people(demo: DemoCommunity, residences: QuerySet[Residence]) -> QuerySet[Person]:
    people = Person.objects.of(demo.community).filter(residences__in=residences)
    stairwell = F("residences__household__dwelling__stairwell")
    return people.annotate(is_head=F("residences__is_head"), stairwell_id=stairwell).order_by("residences")


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
    """Rooms with a door of their own to the street, without stairwell."""
    dwellings = []
    for building in buildings[::6]:
        rooms = [(f"商铺{number}", Dwelling.Use.SHOP) for number in range(1, 4)]
        rooms.append(("地下室", Dwelling.Use.BASEMENT))
        for room, use in rooms:
            dwellings.append(
                Dwelling(
                    community=building.community,
                    building=building,
                    room=room,
                    use=use,
                    area_m2=Decimal(rng.randrange(1800, 6000)) / 100,
                    owner_name=full_name(rng, "M", 1965) if use == Dwelling.Use.SHOP else "",
                ).place()
            )
    return dwellings
