"""The building head's report that the page of an event takes over (依据), and the way from one report to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from portal.permissions import Permission
from portal.scoping import rows
from residents.actions.reviews import may_review, said_by_head
from residents.models import ChangeReport


@dataclass(frozen=True, slots=True)
class Basis:
    """A report as its reviewer saw it: `seen` is the fingerprint of the differences, `url` the report's page."""

    report: ChangeReport
    seen: str
    url: str

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """Names and values that take the report along to the next page."""
        return (("report", str(self.report.uuid)), ("seen", self.seen))

    @property
    def query(self) -> str:
        return urlencode(self.hidden)

    @property
    def initial(self) -> dict:
        """What stands in the form of the event at first: the day, if the head knew it, and what the head said."""
        is_day = self.report.on_precision == "d"
        return {"on": self.report.on if is_day else None, "note": said_by_head(self.report)[:100]}


def basis_of(request, what: str) -> Basis | None:
    """The report named in the address, of this kind of event; None where the event stands on its own."""
    if "report" not in request.GET:
        return None
    try:
        named = UUID(request.GET["report"])
    except ValueError as error:
        raise Http404 from error
    found = get_object_or_404(reports_of(request).filter(what=what), uuid=named)
    return Basis(found, request.GET.get("seen", ""), report_url(request, found))


def event_url(request, report: ChangeReport, seen: str, target, more: Sequence[tuple[str, str]] = ()) -> str:
    """The form of the event that takes the report over, about `target` (a person or a household)."""
    name = f"event_{report.what}"
    noun = type(target)._meta.model_name
    url = reverse(f"residents:{name}", kwargs={"community": request.community.code, noun: target.uuid})
    return f"{url}?{Basis(report, seen, '').query}{'&' if more else ''}{urlencode(more)}"


def reports_of(request):
    """The reports of this community for whoever reviews them."""
    found = rows(ChangeReport, request.access, Permission.REPORTS_REVIEW, request.community)
    return found.select_related("dwelling", "stairwell", "person", "proposer", "reviewer", "replaces")


def report_url(request, report: ChangeReport) -> str:
    kwargs = {"community": request.community.code, "row": report.uuid}
    return reverse("residents:report_detail", kwargs=kwargs)


def next_waiting(request, after: ChangeReport | None = None) -> ChangeReport | None:
    """The next report that waits and that this user may review; after the last one comes the first again."""
    waiting = reports_of(request).waiting()
    mine = [report for report in waiting[:100] if may_review(report, request.user)]
    if after is None:
        return mine[0] if mine else None
    others = [report for report in mine if report.pk != after.pk]
    key = (after.reported_at, after.pk)
    return next((r for r in others if (r.reported_at, r.pk) > key), others[0] if others else None)


def next_url(request) -> str:
    """The next report that waits, or the list when none does."""
    found = next_waiting(request)
    if found is None:
        return reverse("residents:report_list", kwargs={"community": request.community.code})
    return report_url(request, found)
