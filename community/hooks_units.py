"""Hooks of units: search."""

from collections.abc import Iterator

from community.registers_units import UnitRegister
from portal.access import Access, CommunityRef
from portal.finding import found_in
from portal.offers import (
    Found,
    Kind,
    offer,
)
from portal.search_words import SearchWords


@offer(Kind.FIND)
def units_found(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[Found]:
    """Units that match a search of the page head."""
    yield from found_in(UnitRegister(), access, community, words, 11)
