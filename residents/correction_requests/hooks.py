"""Hooks of requests to correct the register: to-do, and the link on the page of a person."""

import datetime
from collections.abc import Collection, Iterator

from django.db import transaction
from django.db.models import Count, Min
from django.shortcuts import get_object_or_404

from community.people.models import Person
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due, DueKind
from portal.hooks.registry import Hook, hook
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link
from residents.correction_requests.actions import grant_request
from residents.correction_requests.models import CorrectionRequest
from residents.correction_requests.registers import CorrectionRequestRegister
from residents.event_log.models import PopulationEvent
from residents.events.basis import EVENT_BASIS, EventBasis, uuid_parameter


@hook(Hook.DUE)
def corrections_due(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """Open correction requests, which the committee grants or refuses, by the day on which the most urgent is due."""
    places = access.permitted(Permission.PEOPLE_EDIT, communities)
    waiting = rows(CorrectionRequest, access, Permission.PEOPLE_EDIT).in_communities(places).open()
    for pk, count, due in waiting.order_by().values_list("community_id").annotate(Count("pk"), Min("due")):
        url = places[pk].url("residents:correction_list")
        title, kind = f"更正申请待答复 {count}件", DueKind.DECISION
        yield Due(places[pk], title, f"{url}?state=open", "去答复", due, count, kind=kind)


@extend
class PersonCorrections(RegisterExtension):
    model = Person
    order = 10

    def links(self, row, access, community):
        if not access.can(Permission.PEOPLE_EDIT, community):
            return []
        return [Link("登记更正申请", community.url("residents:correction_take", person=row.uuid))]


class RequestBasis(EventBasis):
    """An open request, granted by the correction."""

    __slots__ = ()

    @transaction.atomic
    def accept(self, write, involved, by):
        events = write()
        labels = events[0].note.partition("：")[0]
        grant_request(by=by, request=self.row, answer=f"已更正登记的{labels}。", event=events[0])
        return events

    def next_url(self, request) -> str:
        return self.url


@hook(EVENT_BASIS)
def request_basis(request, kind: str, subject) -> Iterator[EventBasis]:
    """The open request of this person, named in the address."""
    uuid = uuid_parameter(request, "request") if kind == PopulationEvent.What.CORRECTION else None
    if uuid is None:
        return
    requests = rows(CorrectionRequest, request.access, Permission.PEOPLE_EDIT, request.community)
    row = get_object_or_404(requests.filter(person=subject).open(), uuid=uuid)
    yield RequestBasis(
        row=row,
        template="residents/correction_requests/basis.html",
        url=CorrectionRequestRegister().url("detail", request.community, row),
        outcome="申请已答复",
        hidden=(("request", str(row.uuid)),),
        initial={"reason": f"{row.asker}申请更正"},
    )
