"""Hooks of units: search."""

from collections.abc import Iterator

from community.units.registers import UnitRegister
from portal.access.user_access import Access, CommunityRef
from portal.hooks.registry import Kind, offer
from portal.hooks.search import Found
from portal.registers.search import found_in
from portal.registers.search_words import SearchWords


@offer(Kind.FIND)
def search_units(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[Found]:
    """Units that match a search of the page head."""
    yield from found_in(UnitRegister(), access, community, words, 11)
