"""Hooks of publicity media: to-do and search."""

import datetime
from collections.abc import Iterator

from django.urls import reverse

from community.models import (
    Medium,
)
from community.registers_media import MediumRegister
from portal.access import Access, CommunityRef
from portal.finding import found_in
from portal.offers import (
    Due,
    Found,
    Kind,
    offer,
)
from portal.permissions import Permission as P
from portal.scoping import rows
from portal.search_words import SearchWords


@offer(Kind.DUE)
def media_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """What hangs longer than it should, with the day of the oldest."""
    if not access.can(P.MEDIA, community):
        return
    found = rows(Medium, access, P.MEDIA, community).outdated(today)
    days = list(found.order_by("until").values_list("until", flat=True))
    if days:
        url = reverse("community:medium_list", kwargs={"community": community.code})
        yield Due(f"{len(days)}处宣传内容已到期", f"{url}?state=outdated", "去更换", days[0], len(days))


@offer(Kind.FIND)
def media_found(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[Found]:
    """Publicity media that match a search of the page head."""
    yield from found_in(MediumRegister(), access, community, words, 12)
