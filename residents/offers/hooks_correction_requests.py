"""Hooks of requests to correct the register: to-do, and the link on the page of a person."""

import datetime
from collections.abc import Iterator

from django.urls import reverse

from community.models import Person
from portal.access import Access, CommunityRef
from portal.offers import Due, Kind, offer
from portal.permissions import Permission
from portal.register_extensions import RegisterExtension, extend
from portal.registers import Link
from portal.scoping import rows
from residents.models import CorrectionRequest


@offer(Kind.DUE)
def corrections_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """Open correction requests, by the day on which the most urgent is due."""
    if not access.can(Permission.PEOPLE_EDIT, community):
        return
    waiting = list(rows(CorrectionRequest, access, Permission.PEOPLE_EDIT, community).open())
    if waiting:
        url = reverse("residents:correction_list", kwargs={"community": community.code})
        title = f"{len(waiting)}件更正申请待答复"
        yield Due(title, f"{url}?state=open", "去答复", on=waiting[0].due, count=len(waiting))


@extend
class PersonCorrections(RegisterExtension):
    model = Person
    order = 10

    def links(self, row, access, community):
        if not access.can(Permission.PEOPLE_EDIT, community):
            return []
        kwargs = {"community": community.code, "person": row.uuid}
        return [Link("登记更正申请", reverse("residents:correction_take", kwargs=kwargs))]
