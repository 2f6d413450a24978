"""Units of a demo community (辖区单位): those located here, the co-building ones, and departments assigned to it."""

import itertools
import random

from community.demo.names import full_name
from community.demo.numbers import NumberGenerator
from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.units.models import Unit

_TRADES = (
    "便利店", "菜鸟驿站", "理发店", "中心幼儿园", "口腔诊所", "快餐店", "文具店", "五金店", "社区食堂", "眼镜店", "花店", "书店",
    "家电维修部", "洗衣店", "水果店", "粮油店",
)  # fmt: skip
_OFFICES = (
    "税务所",
    "司法所",
    "园林管理所",
    "供电所",
    "邮政支局",
    "消防救援站",
    "文化馆",
    "交警中队",
    "环卫所",
    "园区管委会",
)
_WHAT = {"located": _TRADES, "cobuilding": _OFFICES, "located cobuilding": _TRADES, "designated": _OFFICES}


@demo_part(120, RunFor.NEW)
def build_units(demo: DemoCommunity) -> None:
    plan, rng, numbers = demo.plan, demo.rng, demo.numbers
    Unit.objects.bulk_create(
        Unit(
            community=demo.community,
            name=name,
            kinds=kinds.split(),
            uscc=numbers.credit_code(plan.id_places[1]) if index % 3 else "",
            contact=full_name(rng, rng.choice("MF"), 1980),
            phone=numbers.landline(plan.area_code),
            address=f"{rng.choice(plan.roads)}{rng.randrange(2, 300)}号",
        )
        for index, (name, kinds) in enumerate(plan.units)
    )


@demo_part(121, RunFor.NEW)
def build_more_units(demo: DemoCommunity) -> None:
    """Units with names of a road or estate and a common word, as many of each kind as the plan says."""
    plan = demo.plan
    # A random stream of its own: parts that follow draw the same rows as ever.
    rng = random.Random(f"units {demo.community.code}")  # noqa: S311 - invented units
    numbers = NumberGenerator(rng)
    places = [place for place in (*plan.roads, *plan.estates) if place]
    taken = {name for name, _ in plan.units}
    units = []
    for kinds, number in plan.more_units.items():
        names = [f"{place}{what}" for what, place in itertools.product(_WHAT[kinds], places)]
        for name in rng.sample([name for name in names if name not in taken], number):
            taken.add(name)
            units.append(_unit(demo, rng, numbers, name, kinds))
    Unit.objects.bulk_create(units)


def _unit(demo: DemoCommunity, rng: random.Random, numbers: NumberGenerator, name: str, kinds: str) -> Unit:
    plan = demo.plan
    has_party_body = "cobuilding" in kinds and rng.random() < 0.6
    return Unit(
        community=demo.community,
        name=name,
        kinds=kinds.split(),
        uscc=numbers.credit_code(plan.id_places[1]) if rng.random() < 0.7 else "",
        principal=full_name(rng, rng.choice("MF"), 1975),
        contact=full_name(rng, rng.choice("MF"), 1985),
        phone=numbers.landline(plan.area_code),
        address=f"{rng.choice(plan.roads)}{rng.randrange(2, 300)}号",
        party_body=f"{name}党支部" if has_party_body else "",
    )
