"""Hooks of requests: to-do, search, acts."""

import datetime
from collections.abc import Collection, Iterator

from portal.access.permissions import Permission as P
from portal.access.user_access import Access, CommunityRef
from portal.cases.due import cases_due
from portal.hooks.due import Due
from portal.hooks.menu import DeskArea, add_act, add_menu_page
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords
from services.requests.registers import RequestRegister

add_act(DeskArea.SERVICES, "登记诉求", "services:request_create", P.REQUESTS, 10)
add_menu_page(
    DeskArea.SERVICES, "疑似垃圾信息", "services:request_suspected", P.REQUESTS, 11, line="居民诉求"
)


@hook(Hook.DUE)
def requests_due(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """Requests to be taken up, and the user's own."""
    first = {"new": "去受理", "suspected": "去查看"}
    yield from cases_due(RequestRegister(), access, communities, first)


@hook(Hook.SEARCH)
def search_requests(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Requests that match a search of the page head."""
    yield from search_register(RequestRegister(), access, community, words, 14)
