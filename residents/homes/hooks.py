"""Hooks of homes: search by address, labels below a renamed building, households without a head."""

import datetime
from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from community.places.models import Building
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due
from portal.hooks.registry import Kind, offer
from portal.hooks.search import Found
from portal.registers.search import found_in
from portal.registers.search_words import SearchWords
from residents.homes.actions import relabel
from residents.homes.models import Dwelling, Household
from residents.homes.registers import DwellingRegister, HouseholdRegister
from residents.homes.search import labels_meant


@offer(Kind.RENAMED)
def relabel_dwellings(building: Building) -> Iterator[int]:
    """Rewrite the labels of the building's dwellings and of the people in them."""
    below = Q(building=building) | Q(stairwell__building=building)
    dwellings = Dwelling.objects.filter(below, community_id=building.community_id)
    yield relabel(dwellings.select_related("building", "stairwell__building"))


@offer(Kind.DUE)
def heads_missing(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """Households without a head, after a death, a departure or a rejected import row."""
    if not access.can(Permission.PEOPLE_EDIT, community):
        return
    count = rows(Household, access, Permission.PEOPLE_EDIT, community).without_head().count()
    if count:
        url = reverse("residents:household_list", kwargs={"community": community.code})
        yield Due(f"{count}户没有户主", f"{url}?state=headless", "去查看", count=count)


@offer(Kind.FIND)
def find_homes(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[Found]:
    """Dwellings and households, after the people."""
    for order, register in enumerate((DwellingRegister(), HouseholdRegister()), start=1):
        yield from found_in(register, access, community, words, order)


@offer(Kind.SPELLINGS)
def labels_of_addresses(community: CommunityRef, text: str) -> Iterator[str]:
    """The labels of the dwellings, stairwells or buildings that an address names."""
    yield from labels_meant(text, community)
