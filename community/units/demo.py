"""Units of a demo community (辖区单位): those located here and the co-building ones."""

from community.demo.names import full_name
from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.units.models import Unit


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
