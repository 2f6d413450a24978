"""Hooks of objections: to-do, menu line, what a tracking code opens."""

import datetime
from collections.abc import Collection, Iterator

from django.db.models import Count, Min, Q
from django.urls import reverse

from community.objections.models import Objection
from community.objections.queries import objection_by_code
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due
from portal.hooks.menu import DeskArea, add_menu_page
from portal.hooks.registry import Hook, hook
from portal.hooks.tracking import TrackedCase, TrackedStep

add_menu_page(DeskArea.PUBLICITY, "居民异议", "community:objection_list", P.OBJECTIONS, 20)


@hook(Hook.DUE)
def objections_due(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """Unanswered objections: all for the supervision committee; handed-over and overdue ones for the director."""
    places = access.permitted(P.OBJECTIONS, communities)
    answering = access.permitted(P.OBJECTIONS_ANSWER, communities)
    is_late = Q(notice__until__lt=today)
    objections = rows(Objection, access, P.OBJECTIONS).in_communities(places).unanswered()
    objections = objections.filter(Q(community__in=list(answering)) | Q(handed_at__isnull=False) | is_late)
    for pk, count, late, handed, until in (
        objections.order_by()
        .values_list("community_id")
        .annotate(
            count=Count("pk"),
            late=Count("pk", filter=is_late),
            handed=Count("handed_at"),
            until=Min("notice__until"),
        )
    ):
        title = f"居民异议待答复 {count}件" + (f"，其中{late}件已过公示期" if late else "")
        url = reverse("community:objection_list", kwargs={"community": places[pk].code})
        # A director may answer those that were handed over, and only sees the overdue ones.
        action = "去答复" if pk in answering or handed else "去查看"
        yield Due(places[pk], title, url, action, until, count)


@hook(Hook.TRACK)
def track_objection(hashed: bytes) -> Iterator[TrackedCase]:
    """The objection with this code and its public answer."""
    found = objection_by_code(hashed)
    if found is None:
        return
    steps = [TrackedStep(found.objected_at, "收到异议")]
    if found.answered_at:
        answer = f"异议：{found.gist}\n\n{found.text}"
        steps.append(TrackedStep(found.answered_at, "居务监督委员会答复", answer))
    state = "已答复" if found.answered_at else "居务监督委员会尚未答复，请过几天再查看"
    yield TrackedCase(f"对“{found.title}”的异议", state, found.objected_at, tuple(steps))
