"""Hooks of set-up: to-do of the street."""

import datetime
from collections.abc import Iterator

from django.urls import reverse

from community.setup.queries import second_office_holders
from portal.access.permissions import Permission as P
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due
from portal.hooks.registry import Hook, hook


@hook(Hook.DUE)
def links_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """For street officials: accounts of a community that wait for their set-up link."""
    if community not in access.street_communities or not access.can(P.COMMUNITY_CREATE):
        return
    waiting = [
        assignment
        for assignment in second_office_holders([community])
        if assignment.awaits_second_office_link
    ]
    if waiting:
        since = min(assignment.start for assignment in waiting)
        url = reverse("community:street_accounts")
        title = f"{len(waiting)}个重要岗位账号待发放开通单"
        yield Due(title, url, "去发放", since=since, count=len(waiting), key="links")
