"""Heads of areas, resident groups and stairwells of a demo community, with earlier ones."""

import datetime
import random
from collections import defaultdict

from community.models import HeadAppointment, Person
from residents.demo.places import Territory
from residents.demo.plans import Plan
from residents.models import Residence

_TERM = 365 * 3


def appoint_heads(plan: Plan, territory: Territory, rng: random.Random, today: datetime.date) -> None:
    """Give every area, group and (where the plan says so) stairwell a head who lives there."""
    if not territory.homes:
        return
    candidates = _candidates(territory, today)
    taken: set[int] = set()
    appointments: list[HeadAppointment] = []

    def appoint(stairwells, **place) -> None:
        people = [p for stairwell in stairwells for p in candidates[stairwell.id] if p.id not in taken]
        person = rng.choice(people)
        taken.add(person.id)
        start = today - datetime.timedelta(days=rng.randrange(40, _TERM))
        appointments.append(_appointment(plan, territory, person, start, None, place))
        if rng.random() < 0.4 and len(people) > 6:
            before = rng.choice([p for p in people if p is not person])
            end = start - datetime.timedelta(days=1)
            began = end - datetime.timedelta(days=rng.randrange(200, _TERM))
            appointments.append(_appointment(plan, territory, before, began, end, place))

    below = defaultdict(list)
    for stairwell in territory.stairwells:
        below[stairwell.area_id].append(stairwell)
    if plan.heads_of_stairwells:
        for stairwell in territory.stairwells:
            appoint([stairwell], stairwell=stairwell)
    for group in territory.groups:
        appoint(below[group.id], area=group)
    for area in territory.areas:
        appoint([s for g in territory.groups if g.parent_id == area.id for s in below[g.id]], area=area)
    HeadAppointment.objects.bulk_create(appointments)


def _candidates(territory: Territory, today: datetime.date) -> dict[int, list[Person]]:
    """Grown-up residents by stairwell, of the age at which people do this."""
    found = defaultdict(list)
    born_after, born_before = (
        today.replace(year=today.year - 78, day=1),
        today.replace(year=today.year - 30, day=1),
    )
    residences = (
        Residence.objects.of(territory.community)
        .living()
        .open()
        .filter(person__birth_date__range=(born_after, born_before))
        .select_related("person", "household__dwelling")
        .order_by("id")
    )
    for residence in residences:
        found[residence.household.dwelling.stairwell_id].append(residence.person)
    return found


def _appointment(
    plan: Plan, territory: Territory, person: Person, start, end, place: dict
) -> HeadAppointment:
    number = start.timetuple().tm_yday % 40 + 1
    return HeadAppointment(
        community=territory.community,
        person=person,
        start=start,
        end=end,
        document=f"{plan.name[:1]}居〔{start.year}〕{number}号",
        **place,
    )
