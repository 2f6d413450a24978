"""Hooks of objections: to-do, menu line."""

import datetime
from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from community.models import (
    Objection,
)
from portal.access import Access, CommunityRef
from portal.menu import page
from portal.offers import (
    Due,
    Kind,
    offer,
)
from portal.permissions import Permission as P
from portal.scoping import rows

page("公开", "居民异议", "community:objection_list", P.OBJECTIONS, 15)


@offer(Kind.DUE)
def objections_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """Objections without an answer: for the committee all, for the director those left to them and those too late."""
    if not access.can(P.OBJECTIONS, community):
        return
    found = rows(Objection, access, P.OBJECTIONS, community).unanswered()
    if not access.can(P.OBJECTIONS_ANSWER, community):
        found = found.filter(Q(handed_at__isnull=False) | Q(notice__until__lt=today))
    waiting = list(found.order_by("notice__until", "id").values_list("notice__until", "handed_at"))
    if waiting:
        late = sum(until < today for until, _ in waiting)
        said = f"{len(waiting)}件居民异议待答复" + (f"，其中{late}件已过公示期" if late else "")
        url = reverse("community:objection_list", kwargs={"community": community.code})
        yield Due(
            said,
            url,
            "去答复" if _answers(access, community, waiting) else "去查看",
            waiting[0][0],
            len(waiting),
        )


def _answers(access: Access, community: CommunityRef, waiting: list[tuple]) -> bool:
    """Whether this user may answer some of them; a director sees late ones without being asked for an answer."""
    return access.can(P.OBJECTIONS_ANSWER, community) or any(handed_at for _, handed_at in waiting)
