"""Hooks of publicity media: to-do and search."""

import datetime
from collections.abc import Collection, Iterator

from django.db.models import Count, Min

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
def media_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """Outdated publicity media, with the date of the oldest."""
    places = access.permitted(P.MEDIA, communities)
    media = rows(Medium, access, P.MEDIA).in_communities(places).outdated(today)
    for pk, count, oldest in media.order_by().values_list("community_id").annotate(Count("pk"), Min("until")):
        url = places[pk].url("community:medium_list")
        title = f"宣传内容到期待更换 {count}处"
        yield Due(places[pk], title, f"{url}?state=outdated", "去更换", oldest, count)


@hook(Hook.SEARCH)
def search_media(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Publicity media that match a search of the page head."""
    yield from search_register(MediumRegister(), access, community, words, 12)
