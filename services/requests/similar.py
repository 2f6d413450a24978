"""Requests that may be about the same thing as a new one: of the last days, at the same place or in similar words."""

import datetime
import re

from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from services.requests.models import NOT_COUNTED, Request

DAYS, SHOWN, COMPARED = 30, 3, 300
ALIKE = 0.4
"""Part of the shorter text's pairs of characters that both have, from which on two texts are similar."""
ALIKE_NEARBY = 0.15
"""The same for two requests of one building."""


def similar_requests(request: Request, access: Access, community: CommunityRef) -> list[tuple[Request, str]]:
    """Up to three (request, why), the most similar first. One query."""
    since = request.received_at - datetime.timedelta(days=DAYS)
    others = rows(Request, access, P.REQUESTS, community).filter(received_at__gte=since)
    others = (
        others.exclude(state__in=NOT_COUNTED)
        .exclude(pk=request.pk)
        .exclude(merged_into=request)
        .select_related("owner")
    )
    scored = [(*_score(request, other), other) for other in others.order_by("-received_at")[:COMPARED]]
    scored = [entry for entry in scored if entry[0]]
    scored.sort(key=lambda entry: entry[0], reverse=True)
    return [(other, why) for _, why, other in scored[:SHOWN]]


def _score(one: Request, other: Request) -> tuple[float, str]:
    """How similar two requests are, and why; 0 if they are not."""
    alike = _likeness(one.text, other.text)
    same_place = bool(one.place) and _plain(one.place) == _plain(other.place)
    near = bool(one.building_id) and one.building_id == other.building_id
    same_kind = bool(one.category) and one.category == other.category
    if same_place:
        return 1 + alike, "地点相同" + ("，内容相近" if alike >= ALIKE else "")
    if near and (alike >= ALIKE_NEARBY or same_kind):
        return 0.5 + alike, "同一幢楼" + ("，内容相近" if alike >= ALIKE else "")
    return (alike, "内容相近") if alike >= ALIKE else (0, "")


def _plain(text: str) -> str:
    return re.sub(r"\W", "", text).lower()


def _likeness(one: str, other: str) -> float:
    """Part of the pairs of characters of the shorter text that the other has as well."""
    pairs = [{text[i : i + 2] for i in range(len(text) - 1)} for text in (_plain(one), _plain(other))]
    shorter = min(map(len, pairs))
    return len(pairs[0] & pairs[1]) / shorter if shorter >= 3 else 0
