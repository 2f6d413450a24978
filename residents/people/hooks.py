"""Hooks of people: the first import, search, and search by certificate number."""

from collections.abc import Iterator
from functools import partial

from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.first_steps import SetupStep
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults, SecretQuery
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords
from residents.homes.models import Residence
from residents.people.id_search import parse_id_query, search_by_id_number
from residents.people.registers import PersonRegister


@hook(Hook.FIRST_STEPS)
def first_steps(access: Access, community: CommunityRef) -> Iterator[SetupStep]:
    """The first import fills the register of people."""
    if access.can(Permission.PEOPLE_IMPORT, community):
        url = community.url("residents:person_import")
        is_done = rows(Residence, access, Permission.PEOPLE_IMPORT, community).exists()
        yield SetupStep(20, "导入居民台账", url, is_done)


@hook(Hook.SEARCH)
def find_people(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """People come first on the page."""
    yield from search_register(PersonRegister(), access, community, words, 0)


@hook(Hook.ID_NUMBER_SEARCH)
def certificate_numbers(words: str) -> Iterator[SecretQuery]:
    """Search by certificate number. Four digits may also be of a phone or a room, so those are searched as words too."""
    query = parse_id_query(words)
    if query:
        ordinary = words if query.tails else ""
        yield SecretQuery(ordinary, partial(search_by_id_number, query))
