"""Fixtures: people beyond the one of `tests/house.py`."""

import datetime

import pytest

from community.people.models import Person
from residents.homes.models import Household, Residence


@pytest.fixture
def family(house):
    """张三 with wife, daughter and mother, all in one living and one registered household."""
    home = Household.objects.create(
        community=house.kuocang, kind="registered", dwelling=house.dwelling, number="H-1"
    )
    people = {"张三": house.person}
    words = {
        "李芳": ("F", 1972, "妻"),
        "张小燕": ("F", 2000, "女"),
        "王桂英": ("F", 1945, "母亲"),
    }
    for name, (sex, year, _) in words.items():
        people[name] = Person.objects.create(
            community=house.kuocang, name=name, sex=sex, place_label=house.dwelling.label,
            birth_date=datetime.date(year, 5, 1), birth_precision="d",
        )  # fmt: skip
    codes = {"妻": "12", "女": "30", "母亲": "52"}
    for name, person in people.items():
        word = words[name][2] if name in words else "户主"
        for household in (house.household, home):
            if person is house.person and household is house.household:
                continue
            Residence.objects.create(
                community=house.kuocang, person=person, household=household, kind=household.kind,
                relation_word=word, relation_class=codes.get(word, "02"), is_head=word == "户主",
            )  # fmt: skip
    return people
