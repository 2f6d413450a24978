"""Hooks of requests: to-do, search, acts."""

import datetime
from collections.abc import Collection, Iterator

from portal.access.permissions import Permission as P
from portal.access.user_access import Access, CommunityRef
from portal.cases.due import cases_due
from portal.hooks.due import Due
from portal.hooks.menu import DeskArea, add_act
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords
from services.requests.models import Request
from services.requests.registers import RequestRegister
from services.requests.street import record_answer, street_panel

add_act(DeskArea.SERVICES, "登记诉求", "services:request_create", P.REQUESTS, 10)


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


hook(Hook.FORWARDED_ANSWER)(record_answer)


@extend
class StreetOfRequest(RegisterExtension):
    """What went to the street, on the page of the request."""

    model = Request

    def panels(self, row, access, community):
        return street_panel(row, access, community)
