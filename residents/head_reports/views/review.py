"""Review of building heads' reports (变动审核): old beside new, then accept, send back or reject."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs
from portal.attachments.models import Attachment
from portal.attachments.views import attachment_response, log_file_access
from portal.forms.refusals import Refusal
from portal.handover.panels import handover_panels
from portal.hooks.departure import Departure
from residents.events.actions.moves import endings, open_residences
from residents.events.subjects import households_at, similar_people
from residents.head_reports.actions import review
from residents.head_reports.actions.review import ACCEPTED_BY_EVENT, accept_report, may_review
from residents.head_reports.forms.review import AcceptForm, ReasonForm
from residents.head_reports.models import ChangeReport
from residents.head_reports.refusals import AlreadyReviewed, ReportOutdated
from residents.head_reports.report_diff import differences, residence_at
from residents.head_reports.report_fields import answers_of
from residents.head_reports.review_queue import event_url, next_url, next_waiting, report_url, reports_of
from residents.homes.models import Kind
from residents.homes.relation_codes import LABELS

What = ChangeReport.What


@needs(Permission.REPORTS_REVIEW)
@require_GET
def detail(request, row):
    """One report: its diff against the register, and the decisions it needs."""
    return _page(request, _report(request, row))


@needs(Permission.REPORTS_REVIEW)
def accept(request, row):
    """Accept a report: apply it to the register."""
    report = _report(request, row)
    if request.method != "POST":
        # Somebody who had to sign in again comes back by GET.
        return redirect(report_url(request, report))
    if report.state != ChangeReport.State.PENDING:
        return _already_reviewed(request, report)
    form = _accept_form(request, report, request.POST)
    if not form.is_valid():
        return _page(request, report, form, status=422)
    if report.what in ACCEPTED_BY_EVENT:
        return _to_event(request, report, form)
    try:
        accept_report(by=request.user, report=report, **form.decision)
    except AlreadyReviewed as late:
        messages.error(request, f"{late}。")
        return redirect(report_url(request, report))
    except ReportOutdated as changed:
        messages.warning(request, f"{changed}。")
        return _page(request, _report(request, row), status=409)
    except Refusal as refusal:
        form.add_error(None, f"{refusal}。")
        return _page(request, report, form, status=422)
    messages.success(request, f"已采纳：{report.dwelling}，{report.get_what_display()}。")
    return redirect(next_url(request))


def _to_event(request, report: ChangeReport, form: AcceptForm):
    """Redirect to the event's own form, filled from the report; saving it accepts the report."""
    if not may_review(report, request.user):
        return _page(request, report, form, status=422)
    target = form.subject
    if target is None:
        form.add_error(None, f"{report.person.name}已不住在{report.dwelling}，请退回或不采纳这条上报。")
        return _page(request, report, form, status=422)
    chosen = []
    if report.what in (What.TRANSFER, What.SPLIT):
        chosen += [("who", uuid) for uuid in report.people]
    if report.what == What.TRANSFER:
        chosen.append(("dwelling", report.other_address))
    if report.what in (What.SPLIT, What.HEAD):
        chosen.append(("head", str(report.person.uuid)))
    return redirect(event_url(request, report, form.cleaned_data["seen"], target, chosen))


@needs(Permission.REPORTS_REVIEW)
@require_GET
def photo(request, row, photo):
    """A photo of the report; opening it is logged, because it may show a home."""
    report = _report(request, row)
    attachment = next((candidate for candidate in _photos(request, report) if candidate.uuid == photo), None)
    if attachment is None:
        raise Http404
    log_file_access(request, attachment)
    return attachment_response(request, attachment, missing=report_url(request, report), saved=False)


@needs(Permission.REPORTS_REVIEW)
def send_back(request, row):
    """Return a report to the building head."""
    return _decline(request, row, review.return_report, "已退回给楼道长。")


@needs(Permission.REPORTS_REVIEW)
def reject(request, row):
    """Reject a report: the register stays as it is."""
    return _decline(request, row, review.reject, "已记为未采纳。")


def _decline(request, row, action, message: str):
    report = _report(request, row)
    if request.method != "POST":
        return redirect(report_url(request, report))
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, report, reason_form=form, status=422)
    try:
        action(by=request.user, report=report, reason=form.cleaned_data["reason"])
    except AlreadyReviewed as late:
        messages.error(request, f"{late}。")
        return redirect(report_url(request, report))
    except Refusal as refusal:
        form.add_error(None, f"{refusal}。")
        return _page(request, report, reason_form=form, status=422)
    messages.success(request, message)
    return redirect(next_url(request))


def _already_reviewed(request, report: ChangeReport):
    message = f"{report.reviewer.name}已处理这条上报（{report.get_state_display()}），请勿重复处理。"
    messages.error(request, message)
    return redirect(report_url(request, report))


def _page(request, report: ChangeReport, form=None, reason_form=None, status: int = 200):
    is_open = report.state == ChangeReport.State.PENDING
    context = {
        "report": report,
        "is_open": is_open,
        "may_review": may_review(report, request.user),
        "replaced_by": report.replaced_by.first(),
        "relations": LABELS.values(),
        "answers": answers_of(report),
        "photos": _photos(request, report),
        "by_event": report.what in ACCEPTED_BY_EVENT,
        "following": next_waiting(request, report) if is_open else None,
        "panels": handover_panels(report, request.access, request.community),
    }
    if is_open:
        form = form or _accept_form(request, report)
        lines = form.differences
        context |= {
            "form": form,
            "reason_form": reason_form or ReasonForm(),
            "lines": lines,
            "conflicts": [line.label for line in lines if line.is_conflict],
            "shows_then": any(line.then is not None for line in lines),
        }
    return render(request, "residents/head_reports/detail.html", context, status=status)


def _accept_form(request, report: ChangeReport, data=None) -> AcceptForm:
    """Form of the decisions that accepting needs, given the register as it is now."""
    more = {}
    if report.what == What.MOVE_IN:
        more = {
            "duplicates": similar_people(request, report.name, report.read_id()),
            "households": households_at(request, report.dwelling)[Kind.LIVING],
        }
    elif report.what in (What.MOVE_OUT, What.DEATH) and report.person.died_on is None:
        kinds = {residence.kind for residence in open_residences(report.person)}
        departure = Departure(report.on, died=report.what == What.DEATH)
        more = {
            "endings": endings(report.person, departure) if Kind.LIVING in kinds else [],
            "also_registered": Kind.REGISTERED in kinds,
        }
    elif report.what in (What.SPLIT, What.MERGE, What.HEAD):
        more = {"subjects": [stay.household for stay in open_residences(report.person)]}
        if not residence_at(report.person, report.dwelling):
            more = {"subjects": []}
    elif report.what in ACCEPTED_BY_EVENT:
        more = {"subjects": [report.person]}
    return AcceptForm(data, report=report, differences=differences(report), **more)


def _photos(request, report: ChangeReport) -> list[Attachment]:
    """Photos of the report and of the returned reports it replaces, the newest report's first."""
    chain = [report]
    while chain[-1].replaces_id:
        chain.append(chain[-1].replaces)
    attachments = rows(Attachment, request.access, Permission.REPORTS_REVIEW, request.community)
    attachments = attachments.filter(
        subject=ChangeReport.stored_label, row_id__in=[replaced.pk for replaced in chain]
    )
    return list(attachments.order_by("-row_id", "id"))


def _report(request, row) -> ChangeReport:
    return get_object_or_404(reports_of(request), uuid=row)
