"""Hooks of the street office: to-do."""

import datetime
from collections.abc import Collection, Iterator

from django.urls import reverse

from community.bulletins.published import published_months
from community.bulletins.rules import due_on, is_expected
from portal.access.permissions import Permission as P
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due
from portal.hooks.registry import Hook, hook
from portal.values.months import last_months, month_word


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
        which = month_word(missing[0]) if len(missing) == 1 else f"{len(missing)}个月"
        url = reverse("community:street_home")
        title = f"{which}公开逾期未发布"
        yield Due(community, title, url, "去查看", due_on(missing[-1]), len(missing), key="bulletins")
