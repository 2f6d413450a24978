"""Queries compiled once."""

import pytest

from community.units.models import Unit
from portal.database.compiled import CompiledQuery

pytestmark = pytest.mark.django_db


def named(name: str):
    return Unit.objects.filter(name=name, kinds=["located"]).order_by("pk").values_list("pk", "name")


def test_later_parameters_are_those_of_the_call(house):
    query = CompiledQuery(named, name="?")
    other = Unit.objects.create(community=house.kuocang, name="located", kinds=["located"])
    for name in ("括苍小学", "located", "没有"):
        assert query.fetch(name=name) == list(named(name))
    assert query.fetch(name="located") == [(other.pk, "located")]


def test_a_placeholder_that_is_no_parameter_is_a_mistake(house):
    with pytest.raises(ValueError, match="day"):
        CompiledQuery(lambda name, day: named(name), name="?", day=1).fetch(name="括苍小学", day=2)
