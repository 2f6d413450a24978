"""Hooks of units: figures and search."""

from collections.abc import Iterator

from community.units.models import Unit
from community.units.registers import IN_THE_COMMUNITY, UnitRegister
from portal.access.user_access import Access, CommunityRef
from portal.hooks.figures import Figure
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords


@hook(Hook.FIGURES)
def figures(community: CommunityRef, year: int) -> Iterator[Figure]:
    """Units that are located in the community or build with it."""
    units = Unit.objects.of(community).in_the_community()
    url = f"{community.url('community:unit_list')}?kind={IN_THE_COMMUNITY}"
    yield Figure("units_in_community", "驻区和共建单位", units.count, "个", url)


@hook(Hook.SEARCH)
def search_units(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Units that match a search of the page head."""
    yield from search_register(UnitRegister(), access, community, words, 11)
