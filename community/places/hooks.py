"""Hooks of places: first steps, search."""

from collections.abc import Iterator

from django.urls import reverse

from community.places.models import Area, HeadAppointment
from community.places.registers import AreaRegister
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.first_steps import SetupStep
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords


@hook(Hook.FIRST_STEPS)
def first_steps(access: Access, community: CommunityRef) -> Iterator[SetupStep]:
    """First steps on areas and heads; the import of people comes from the app above."""

    def page(name: str) -> str:
        return reverse(f"community:{name}", kwargs={"community": community.code})

    if access.can(P.PLACES_EDIT, community):
        areas = rows(Area, access, P.PLACES_EDIT, community)
        yield SetupStep(10, "划分片区和居民小组", page("area_list"), areas.exists())
        heads = rows(HeadAppointment, access, P.PLACES_EDIT, community)
        yield SetupStep(30, "任命楼道长和小组长", page("headappointment_list"), heads.exists())


@hook(Hook.SEARCH)
def search_areas(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Areas and groups that match a search of the page head."""
    yield from search_register(AreaRegister(), access, community, words, 10)
