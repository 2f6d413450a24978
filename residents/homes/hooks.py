"""Hooks of homes: search by address, labels below a renamed building, households without a head."""

import datetime
from collections.abc import Collection, Iterator

from django.db.models import Case, Q, When

from community.places.models import Building, Stairwell
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords
from residents.homes import panels
from residents.homes.actions import recompute_labels
from residents.homes.models import Dwelling, Household, Kind, Residence
from residents.homes.registers import DwellingRegister, HouseholdRegister
from residents.homes.search import labels_of_address


@hook(Hook.BUILDING_RENAMED)
def relabel_dwellings(building: Building) -> Iterator[int]:
    """Rewrite the labels of the building's dwellings and of the people in them."""
    below = Q(building=building) | Q(stairwell__building=building)
    dwellings = Dwelling.objects.filter(below, community_id=building.community_id)
    yield recompute_labels(dwellings.select_related("building", "stairwell__building"))


@hook(Hook.DUE)
def heads_missing(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """Households without a head, after a death, a departure or a rejected import row."""
    places = access.permitted(Permission.PEOPLE_EDIT, communities)
    households = rows(Household, access, Permission.PEOPLE_EDIT).in_communities(places)
    for pk, count in households.without_head().counts_by_community().items():
        url = places[pk].url("residents:household_list")
        yield Due(places[pk], f"户主空缺 {count}户", f"{url}?state=headless", "去查看", count=count)


@hook(Hook.PERSON_ROLES)
def household_roles(
    access: Access, community: CommunityRef, people: Collection[int]
) -> Iterator[dict[int, str]]:
    """Relation to the head of the household where each person lives, else of the one where they are registered."""
    if people and access.can(Permission.PEOPLE_NAMES, community):
        residences = (
            rows(Residence, access, Permission.PEOPLE_NAMES, community).open().filter(person__in=people)
        )
        relations = residences.order_by(Case(When(kind=Kind.LIVING, then=1), default=0))
        yield dict(relations.values_list("person", "relation_word"))


@hook(Hook.SEARCH)
def find_homes(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Dwellings and households, after the people."""
    for order, register in enumerate((DwellingRegister(), HouseholdRegister()), start=1):
        yield from search_register(register, access, community, words, order)


@hook(Hook.SPELLINGS)
def labels_of_addresses(community: CommunityRef, text: str) -> Iterator[str]:
    """The labels of the dwellings, stairwells or buildings that an address names."""
    yield from labels_of_address(text, community)


@extend
class StairwellDoors(RegisterExtension):
    model = Stairwell
    order = -10

    def panels(self, row, access, community):
        return [panels.doors(row, access, community)]
