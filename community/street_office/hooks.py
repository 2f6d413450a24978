"""Hooks of the street office: to-do."""

import datetime
from collections.abc import Collection, Iterator

from django.urls import reverse
from django.utils import timezone

from community.bulletins.actions.reading import unanswered_remarks
from community.bulletins.published import published_months
from community.bulletins.rules import board_title, due_on, is_expected
from portal.access.permissions import Permission as P
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due, DueKind
from portal.hooks.registry import Hook, hook
from portal.values.months import last_months


@hook(Hook.DUE)
def bulletins_late(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """For street officials: overdue bulletins of a community, with the oldest month."""
    if not access.can(P.STREET_BULLETINS):
        return
    places = [community for community in communities if community in access.street_communities]
    months = [month for month in last_months(today, 12) if due_on(month) < today]
    published = published_months(places, since=months[-1])
    for community in places:
        missing = [
            month
            for month in months
            if is_expected(month, community.opened_on) and (community.id, month) not in published
        ]
        if not missing:
            continue
        url = reverse("community:street_home")
        one = len(missing) == 1
        title = (
            f"{board_title(missing[0], today)}逾期未发布" if one else f"公开栏逾期未发布 {len(missing)}个月"
        )
        yield Due(community, title, url, "去查看", due_on(missing[-1]), len(missing), key="bulletins")


@hook(Hook.DUE)
def remarks_sent(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """For street officials: their own remarks that a community has not answered."""
    if not access.can(P.STREET_BULLETINS):
        return
    places = {ref.id: ref for ref in communities if ref in access.street_communities}
    remarks = unanswered_remarks(access.user, places)
    for pk, key, month, at in remarks.values_list("community_id", "uuid", "bulletin_version__month", "at"):
        url = reverse("community:street_bulletin", kwargs={"code": places[pk].code, "month": month})
        title = f"对{board_title(month, today)}的意见待社区回复"
        yield Due(
            places[pk],
            title,
            url,
            "查看",
            since=timezone.localdate(at),
            key=f"remark-{key}",
            kind=DueKind.WAITING,
            fold="意见待社区回复",
        )
