"""Hooks of publicity media: to-do and search."""

import datetime
from collections.abc import Iterator

from community.media.models import Medium
from community.media.registers import MediumRegister
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords


@hook(Hook.DUE)
def media_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """Outdated publicity media, with the date of the oldest."""
    if not access.can(P.MEDIA, community):
        return
    media = rows(Medium, access, P.MEDIA, community).outdated(today)
    days = list(media.order_by("until").values_list("until", flat=True))
    if days:
        url = community.url("community:medium_list")
        yield Due(f"{len(days)}处宣传内容已到期", f"{url}?state=outdated", "去更换", days[0], len(days))


@hook(Hook.SEARCH)
def search_media(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Publicity media that match a search of the page head."""
    yield from search_register(MediumRegister(), access, community, words, 12)
