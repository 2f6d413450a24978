"""A building head's report as the basis of an event (residents.event_basis)."""

from collections.abc import Iterator

from django.shortcuts import get_object_or_404

from portal.offers import offer
from residents.actions.reviews import BY_EVENT, accept_by_event, said_by_head
from residents.event_basis import EVENT_BASIS, EventBasis, uuid_parameter
from residents.models import ChangeReport
from residents.views.basis import basis_parameters, next_url, report_url, reports_of

What = ChangeReport.What


class ReportBasis(EventBasis):
    """A report as its reviewer saw it: `seen` in the address is the fingerprint of the differences."""

    __slots__ = ()

    def accept(self, write, involved, by):
        seen = dict(self.hidden)["seen"]
        return accept_by_event(by=by, report=self.row, seen=seen, involved=involved, write=write)

    def next_url(self, request) -> str:
        return next_url(request)


@offer(EVENT_BASIS)
def report_basis(request, kind: str, subject) -> Iterator[EventBasis]:
    """The report named in the address, of this kind of event."""
    uuid = uuid_parameter(request, "report") if kind in BY_EVENT else None
    if uuid is None:
        return
    report = get_object_or_404(reports_of(request).filter(what=kind), uuid=uuid)
    yield ReportBasis(
        row=report,
        template="residents/report/basis.html",
        url=report_url(request, report),
        outcome="上报已采纳",
        hidden=basis_parameters(report, request.GET.get("seen", "")),
        initial=_initial(report),
        hint=f"楼道长说并到：{report.other_address}。" if kind == What.MERGE else "",
    )


def _initial(report: ChangeReport) -> dict:
    """Field → value: the day, if the head knew it, the note, and what the head reported of the people and places."""
    is_day = report.on_precision == "d"
    initial = {"on": report.on if is_day else None, "note": said_by_head(report)[:100]}
    match report.what:
        case What.BIRTH:
            initial |= {"name": report.name, "sex": report.sex}
        case What.MARRIAGE:
            initial["spouse_name"] = report.name
        case What.TRANSFER:
            initial |= {"who": report.people, "dwelling": report.other_address}
        case What.SPLIT:
            initial |= {"who": report.people, "head": str(report.person.uuid)}
            if report.other_address:
                initial["dwelling"] = report.other_address
        case What.HEAD:
            initial["head"] = str(report.person.uuid)
    return initial
