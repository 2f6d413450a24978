"""Review of building heads' reports (变动审核): old beside new, then accept, send back or reject."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from portal.offers import Departure
from portal.permissions import Permission
from portal.scoping import rows
from portal.views.base import needs
from residents import actions
from residents.actions.refusals import AlreadyReviewed, ChangedMeanwhile
from residents.differences import differences
from residents.forms.review import AcceptForm, ReasonForm
from residents.models import ChangeReport
from residents.models.household import Kind
from residents.registers.handed import handed_panels
from residents.relations import LABELS
from residents.views.event import households_at, people_like

What = ChangeReport.What


@needs(Permission.REPORTS_REVIEW)
@require_GET
def detail(request, row):
    """One report: what it would change, and what is to be decided."""
    return _page(request, _report(request, row))


@needs(Permission.REPORTS_REVIEW)
def accept(request, row):
    """Take the report over into the register."""
    report = _report(request, row)
    if request.method != "POST":
        # Somebody who had to sign in again comes back by GET.
        return redirect(_url(request, report))
    if report.state != ChangeReport.State.PENDING:
        return _lost(request, report)
    form = _accept_form(request, report, request.POST)
    if not form.is_valid():
        return _page(request, report, form, status=422)
    try:
        actions.accept_report(by=request.user, report=report, **form.decision)
    except AlreadyReviewed as late:
        messages.error(request, f"{late}。")
        return redirect(_url(request, report))
    except ChangedMeanwhile as changed:
        messages.warning(request, f"{changed}。")
        return _page(request, _report(request, row), status=409)
    except actions.Refusal as refusal:
        form.add_error(None, f"{refusal}。")
        return _page(request, report, form, status=422)
    messages.success(request, f"已采纳：{report.dwelling}，{report.get_what_display()}。")
    return redirect(_next(request))


@needs(Permission.REPORTS_REVIEW)
def send_back(request, row):
    """Return the report to the building head."""
    return _decline(request, row, actions.send_back, "已退回给楼道长。")


@needs(Permission.REPORTS_REVIEW)
def reject(request, row):
    """Leave the register as it is."""
    return _decline(request, row, actions.reject, "已记为未采纳。")


def _decline(request, row, action, said: str):
    report = _report(request, row)
    if request.method != "POST":
        return redirect(_url(request, report))
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, report, reason_form=form, status=422)
    try:
        action(by=request.user, report=report, reason=form.cleaned_data["reason"])
    except AlreadyReviewed as late:
        messages.error(request, f"{late}。")
        return redirect(_url(request, report))
    except actions.Refusal as refusal:
        form.add_error(None, f"{refusal}。")
        return _page(request, report, reason_form=form, status=422)
    messages.success(request, said)
    return redirect(_next(request))


def _lost(request, report: ChangeReport):
    said = f"{report.reviewer.name}已处理这条上报（{report.get_state_display()}），请勿重复处理。"
    messages.error(request, said)
    return redirect(_url(request, report))


def _page(request, report: ChangeReport, form=None, reason_form=None, status: int = 200):
    is_open = report.state == ChangeReport.State.PENDING
    context = {
        "report": report,
        "is_open": is_open,
        "may_review": actions.may_review(report, request.user),
        "replaced_by": report.replaced_by.first(),
        "relations": LABELS.values(),
        "panels": handed_panels(report, request.access, request.community),
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
    return render(request, "residents/report/detail.html", context, status=status)


def _accept_form(request, report: ChangeReport, data=None) -> AcceptForm:
    """The questions that accepting this report raises as the register stands now."""
    more = {}
    if report.what == What.MOVE_IN:
        more = {
            "alike": people_like(request, report.name, report.read_id()),
            "households": households_at(request, report.dwelling)[Kind.LIVING],
        }
    elif report.what in (What.MOVE_OUT, What.DEATH) and report.person.died_on is None:
        kinds = {residence.kind for residence in actions.open_residences(report.person)}
        departure = Departure(report.on, died=report.what == What.DEATH)
        more = {
            "endings": actions.endings(report.person, departure) if Kind.LIVING in kinds else [],
            "also_registered": Kind.REGISTERED in kinds,
        }
    return AcceptForm(data, report=report, differences=differences(report), **more)


def _report(request, row) -> ChangeReport:
    found = rows(ChangeReport, request.access, Permission.REPORTS_REVIEW, request.community)
    found = found.select_related("dwelling", "stairwell", "person", "proposer", "reviewer", "replaces")
    return get_object_or_404(found, uuid=row)


def _url(request, report: ChangeReport) -> str:
    kwargs = {"community": request.community.code, "row": report.uuid}
    return reverse("residents:report_detail", kwargs=kwargs)


def _next(request) -> str:
    """The next report that waits, or the list when none does."""
    waiting = rows(ChangeReport, request.access, Permission.REPORTS_REVIEW, request.community).waiting()
    found = next(
        (r for r in waiting.select_related("proposer")[:20] if actions.may_review(r, request.user)), None
    )
    if found is None:
        return reverse("residents:report_list", kwargs={"community": request.community.code})
    return _url(request, found)
