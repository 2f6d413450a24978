"""A correction request as the basis of a correction (residents.event_basis)."""

from collections.abc import Iterator

from django.db import transaction
from django.shortcuts import get_object_or_404

from portal.offers import offer
from portal.permissions import Permission
from portal.scoping import rows
from residents.actions.correction_requests import grant_request
from residents.event_basis import EVENT_BASIS, EventBasis, uuid_parameter
from residents.models import CorrectionRequest, PopulationEvent
from residents.registers.requests import CorrectionRequestRegister


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


@offer(EVENT_BASIS)
def request_basis(request, kind: str, subject) -> Iterator[EventBasis]:
    """The open request of this person, named in the address."""
    uuid = uuid_parameter(request, "request") if kind == PopulationEvent.What.CORRECTION else None
    if uuid is None:
        return
    requests = rows(CorrectionRequest, request.access, Permission.PEOPLE_EDIT, request.community)
    row = get_object_or_404(requests.filter(person=subject).open(), uuid=uuid)
    yield RequestBasis(
        row=row,
        template="residents/correction/basis.html",
        url=CorrectionRequestRegister().url("detail", request.community, row),
        outcome="申请已答复",
        hidden=(("request", str(row.uuid)),),
        initial={"reason": f"{row.asker}申请更正"},
    )
