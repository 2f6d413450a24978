"""Hooks of units: search."""

from collections.abc import Iterator

from community.units.registers import UnitRegister
from portal.access.user_access import Access, CommunityRef
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords


@hook(Hook.SEARCH)
def search_units(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Units that match a search of the page head."""
    yield from search_register(UnitRegister(), access, community, words, 11)
