"""Helpers of tests: people and entries of the care registers."""

import datetime

from community.people.models import Person
from community.people.names import initials, name_key
from portal.values.id_numbers import mask_id
from residents.homes.models import Household, Residence

TODAY = datetime.date(2026, 3, 15)


def resident(house, name: str, born: datetime.date, *, sex="F", number="", household=None) -> Person:
    """A resident of the house's only dwelling, in a household of their own unless one is given."""
    household = household or Household.objects.create(
        community=house.kuocang, kind="living", dwelling=house.dwelling
    )
    person = Person(
        community=house.kuocang,
        name=name,
        name_key=name_key(name),
        initials=initials(name),
        sex=sex,
        birth_date=born,
        birth_precision="d",
        place_label=house.dwelling.label,
    )
    if number:
        person.set_id("resident_id", number, mask_id(number))
    person.save()
    Residence.objects.create(community=house.kuocang, person=person, household=household, kind="living")
    return person
