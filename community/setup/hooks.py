"""Hooks of set-up: to-do of the street."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator

from django.urls import reverse

from community.setup.queries import second_office_holders
from portal.access.permissions import Permission as P
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due
from portal.hooks.registry import Hook, hook


@hook(Hook.DUE)
def links_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """For street officials: accounts of a community that wait for their set-up link."""
    if not access.can(P.COMMUNITY_CREATE):
        return
    places = {ref.id: ref for ref in communities if ref in access.street_communities}
    waiting = defaultdict(list)
    for assignment in second_office_holders(places.values()):
        if assignment.awaits_second_office_link:
            waiting[assignment.community_id].append(assignment.start)
    for pk, starts in waiting.items():
        url = reverse("community:street_accounts")
        title = f"重要岗位账号待发放开通单 {len(starts)}个"
        yield Due(places[pk], title, url, "去发放", since=min(starts), count=len(starts), key="links")
