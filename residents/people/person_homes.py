"""Where the people of a list live or are registered: columns of their household, and the order by household."""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.db.models.functions import Coalesce

from community.people.models import Person
from portal.registers.columns import RowOrder
from residents.homes.homes_of_rows import HomesOfRows, optional_column, place_columns
from residents.homes.models import Kind, Residence


class Home(NamedTuple):
    """An open residence of somebody, and its household."""

    household: int
    relation: str
    number: str
    dwelling: int | None
    label: str | None
    dwelling_uuid: uuid.UUID | None


def prefetch_homes(people: Sequence[Person]) -> None:
    """Set on each person where they live and where they are registered, in one query, and `homes`."""
    communities = {person.community_id for person in people}
    residences = Residence._default_manager.filter(
        community__in=communities, person__in=[person.pk for person in people]
    )
    columns = (
        "household relation_word household__number household__dwelling household__dwelling__label"
        " household__dwelling__uuid"
    )
    homes = {
        (person, kind): Home(*home)
        for person, kind, *home in residences.open()
        .order_by()
        .values_list("person", "kind", *columns.split())
    }
    dwellings = {home.dwelling for home in homes.values() if home.dwelling}
    of_rows = HomesOfRows(communities, dwellings, {home.household for home in homes.values()})
    for person in people:
        person.living_home = homes.get((person.pk, Kind.LIVING))
        person.registered_home = homes.get((person.pk, Kind.REGISTERED))
        person.lives_here = person.living_home is not None
        person.is_registered = person.registered_home is not None
        person.homes = of_rows


def _of_home(read):
    """Value of a column of the household somebody lives in, or else is registered in; empty without one."""

    def value(person):
        home = person.living_home or person.registered_home
        return read(person, home) if home else ""

    return value


HOME_COLUMNS = (
    optional_column(
        "head_name", "户主", _of_home(lambda person, home: person.homes.heads.get(home.household, "")), 10
    ),
    optional_column("relation", "与户主关系", _of_home(lambda person, home: home.relation), 12),
    *place_columns(_of_home(lambda person, home: person.homes.places.get(home.dwelling))),
    optional_column("household_number", "户号", _of_home(lambda person, home: home.number), 16, text=True),
)


def _by_household(people: QuerySet) -> QuerySet:
    """By dwelling in the order of house numbers, by household, the head first; people without a home last."""
    homes = {
        f"{kind}_home": FilteredRelation(
            "residences",
            condition=Q(residences__kind=kind, residences__end__isnull=True, residences__annulled=False),
        )
        for kind in (Kind.LIVING, Kind.REGISTERED)
    }

    def first(path: str):
        return Coalesce(*(f"{home}__{path}" for home in homes))

    return people.annotate(**homes).order_by(
        first("household__dwelling__sort").asc(nulls_last=True),
        first("household_id").asc(nulls_last=True),
        first("is_head").desc(nulls_last=True),
        F("birth_date").asc(nulls_last=True),
        "id",
    )


BY_HOUSEHOLD = RowOrder("household", "按户（户主在前）", _by_household)
