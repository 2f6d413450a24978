"""Hooks of people: the first import, search, and search by certificate number."""

from collections.abc import Iterator
from functools import partial

from django.urls import reverse

from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.first_steps import Step
from portal.hooks.registry import Kind, offer
from portal.hooks.search import Found, SecretWords
from portal.registers.search import found_in
from portal.registers.search_words import SearchWords
from residents.homes.models import Residence
from residents.people.id_search import find_by_number, read_number_words
from residents.people.registers import PersonRegister


@offer(Kind.FIRST_STEPS)
def first_steps(access: Access, community: CommunityRef) -> Iterator[Step]:
    """The first import fills the register of people."""
    if access.can(Permission.PEOPLE_IMPORT, community):
        url = reverse("residents:person_import", kwargs={"community": community.code})
        is_done = rows(Residence, access, Permission.PEOPLE_IMPORT, community).exists()
        yield Step(20, "导入居民台账", url, is_done)


@offer(Kind.FIND)
def find_people(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[Found]:
    """People come first on the page."""
    yield from found_in(PersonRegister(), access, community, words, 0)


@offer(Kind.SENSITIVE)
def certificate_numbers(words: str) -> Iterator[SecretWords]:
    """Search by certificate number. Four digits may also be of a phone or a room, so those are searched as words too."""
    query = read_number_words(words)
    if query:
        ordinary = words if query.tails else ""
        yield SecretWords(ordinary, partial(find_by_number, query))
