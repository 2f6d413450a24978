"""Hooks of set-up: to-do of the street."""

import datetime
from collections.abc import Iterator

from django.urls import reverse

from community.second_office import second_office_holders
from portal.access import Access, CommunityRef
from portal.offers import (
    Due,
    Kind,
    offer,
)
from portal.permissions import Permission as P


@offer(Kind.DUE)
def links_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """For officials of the street: accounts of a community below that wait for their set-up link."""
    if community not in access.street_communities or not access.can(P.COMMUNITY_CREATE):
        return
    waiting = [held for held in second_office_holders([community]) if held.waits]
    if waiting:
        since = min(held.start for held in waiting)
        url = reverse("community:street_accounts")
        title = f"{len(waiting)}个重要岗位账号待发放开通单"
        yield Due(title, url, "去发放", since=since, count=len(waiting), key="links")
