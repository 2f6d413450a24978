"""Hooks of objections: to-do, menu line."""

import datetime
from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from community.objections.models import Objection
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due
from portal.hooks.menu import add_menu_page
from portal.hooks.registry import Hook, hook

add_menu_page("公开", "居民异议", "community:objection_list", P.OBJECTIONS, 15)


@hook(Hook.DUE)
def objections_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """Unanswered objections: all for the supervision committee; handed-over and overdue ones for the director."""
    if not access.can(P.OBJECTIONS, community):
        return
    objections = rows(Objection, access, P.OBJECTIONS, community).unanswered()
    if not access.can(P.OBJECTIONS_ANSWER, community):
        objections = objections.filter(Q(handed_at__isnull=False) | Q(notice__until__lt=today))
    waiting = list(objections.order_by("notice__until", "id").values_list("notice__until", "handed_at"))
    if waiting:
        late = sum(until < today for until, _ in waiting)
        title = f"{len(waiting)}件居民异议待答复" + (f"，其中{late}件已过公示期" if late else "")
        url = reverse("community:objection_list", kwargs={"community": community.code})
        yield Due(
            title,
            url,
            "去答复" if _may_answer(access, community, waiting) else "去查看",
            waiting[0][0],
            len(waiting),
        )


def _may_answer(access: Access, community: CommunityRef, waiting: list[tuple]) -> bool:
    """Whether this user may answer some of them; a director only sees overdue ones."""
    return access.can(P.OBJECTIONS_ANSWER, community) or any(handed_at for _, handed_at in waiting)
