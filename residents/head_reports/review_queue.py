"""The queue of building heads' reports that wait for review, and the way from a report to its event and to the next."""

from collections.abc import Sequence
from urllib.parse import urlencode

from portal.access.permissions import Permission
from portal.access.querysets import rows
from residents.head_reports.actions.review import may_review
from residents.head_reports.models import ChangeReport


def report_parameters(report: ChangeReport, seen_fingerprint: str) -> tuple[tuple[str, str], ...]:
    """Names and values in an address that make the report the basis of an event."""
    return (("report", str(report.uuid)), ("seen", seen_fingerprint))


def event_url(
    request, report: ChangeReport, seen_fingerprint: str, target, more: Sequence[tuple[str, str]] = ()
) -> str:
    """The form of the event that takes the report over, about `target` (a person or a household)."""
    name = f"event_{report.what}"
    noun = type(target)._meta.model_name
    url = request.community.url(f"residents:{name}", **{noun: target.uuid})
    return f"{url}?{urlencode([*report_parameters(report, seen_fingerprint), *more])}"


def reports_of(request):
    """The reports of this community for whoever reviews them."""
    reports = rows(ChangeReport, request.access, Permission.REPORTS_REVIEW, request.community)
    return reports.select_related("dwelling", "stairwell", "person", "proposer", "reviewer", "replaces")


def report_url(request, report: ChangeReport) -> str:
    return request.community.url("residents:report_detail", row=report.uuid)


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
    report = next_waiting(request)
    if report is None:
        return request.community.url("residents:report_list")
    return report_url(request, report)
