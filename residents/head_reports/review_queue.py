"""The queue of building heads' reports that wait for review, and the way from a report to its event and to the next."""

from collections.abc import Sequence
from urllib.parse import urlencode

from portal.access.permissions import Permission
from portal.access.querysets import rows
from residents.head_reports.actions.review import may_review
from residents.head_reports.models import ChangeReport
from residents.homes.models import Dwelling


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


def waiting_at(request, dwelling: Dwelling) -> list[ChangeReport]:
    """Reports of one door that wait, the oldest first."""
    return list(reports_of(request).waiting().filter(dwelling=dwelling))


def next_waiting(request, after: ChangeReport) -> ChangeReport | None:
    """The report to review after this one: of the same door, then of the next one; after the last comes the first again.

    Doors follow one another by their oldest report. A user does not review reports of their own.
    """
    waiting = list(reports_of(request).waiting()[:100])
    since: dict[int, tuple] = {}
    for report in [*waiting, after]:
        since[report.dwelling_id] = min(since.get(report.dwelling_id, _age(report)), _age(report))

    def place(report: ChangeReport) -> tuple:
        return since[report.dwelling_id], _age(report)

    others = [r for r in waiting if r.pk != after.pk and may_review(r, request.user)]
    others.sort(key=place)
    return next((r for r in others if place(r) > place(after)), others[0] if others else None)


def _age(report: ChangeReport) -> tuple:
    return report.reported_at, report.pk


def next_url(request, after: ChangeReport) -> str:
    """The report to review after this one, or the list when none waits."""
    report = next_waiting(request, after)
    if report is None:
        return request.community.url("residents:report_list")
    return report_url(request, report)
