"""Review of building heads' reports (变动审核): old beside new, then accept, send back or reject."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET

from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs
from portal.attachments.models import Attachment
from portal.attachments.views import attachment_response, log_file_access
from portal.form_pages.pages import FormPage
from portal.forms.forms import PlainForm
from portal.forms.refusals import NoChange, add_refusal
from portal.handover.panels import handover_panels
from portal.hooks.departure import Departure
from residents.event_log.refusals import NoResidence
from residents.events.actions.moves import endings, open_residences
from residents.events.subjects import households_at, similar_people
from residents.head_reports.actions.review import (
    DEPARTURES,
    accept_door,
    accept_report,
    check_pending,
    check_reviewer,
    is_accepted_by_event,
    may_review,
    reject,
    return_report,
)
from residents.head_reports.door_review import MOST, door_lines
from residents.head_reports.forms.review import AcceptForm, DoorForm, ReasonForm
from residents.head_reports.models import ChangeReport
from residents.head_reports.refusals import AlreadyReviewed, ReportOutdated
from residents.head_reports.report_diff import differences, residence_at
from residents.head_reports.report_fields import answers_of
from residents.head_reports.review_queue import (
    event_url,
    next_url,
    next_waiting,
    report_url,
    reports_of,
    waiting_at,
)
from residents.homes.models import Dwelling, Kind
from residents.homes.relation_codes import LABELS

What = ChangeReport.What


class ReviewPage(FormPage):
    """Base of the decisions about one report, all on its page: its diff against the register, and what it needs."""

    permission = Permission.REPORTS_REVIEW
    template_name = "residents/head_reports/detail.html"

    def load(self, row):
        self.report = get_object_or_404(reports_of(self.request), uuid=row)
        self.back = report_url(self.request, self.report)
        self.by_event = is_accepted_by_event(self.report)

    def refuse(self, form, refusal):
        if isinstance(refusal, AlreadyReviewed):
            messages.error(self.request, refusal.sentence)
            return redirect(self.back)
        if isinstance(refusal, ReportOutdated):
            messages.warning(self.request, refusal.sentence)
            self.load(self.report.uuid)
            return self.show(self.make_form(), status=409)
        add_refusal(form, refusal)
        return self.show(form, status=422)

    def accept_form(self, **kwargs) -> AcceptForm:
        """Form of the decisions that accepting needs, given the register as it is now."""
        report, more = self.report, {}
        if report.what == What.MOVE_IN:
            more = {
                "duplicates": similar_people(self.request, report.name, report.read_id()),
                "households": households_at(self.request, report.dwelling)[Kind.LIVING],
            }
        elif report.what in DEPARTURES and not self.by_event and report.person.died_on is None:
            kinds = {residence.kind for residence in open_residences(report.person)}
            departure = Departure(report.on, died=report.what == What.DEATH)
            more = {
                "endings": endings(report.person, departure) if Kind.LIVING in kinds else [],
                "also_registered": Kind.REGISTERED in kinds,
            }
        elif report.what in (What.SPLIT, What.MERGE, What.HEAD):
            lives_here = residence_at(report.person, report.dwelling)
            stays = open_residences(report.person) if lives_here else ()
            more = {"subjects": [stay.household for stay in stays]}
        elif self.by_event:
            more = {"subjects": [report.person]}
        return AcceptForm(report=report, differences=differences(report), **more, **kwargs)

    def context_of(self, accept_form=None, reason_form=None) -> dict:
        """Context of the page; the forms, by default empty ones, are shown while the report waits."""
        report = self.report
        is_open = report.state == ChangeReport.State.PENDING
        context = {
            "report": report,
            "is_open": is_open,
            "may_review": may_review(report, self.request.user),
            "replaced_by": report.replaced_by.first(),
            "relations": LABELS.values(),
            "answers": answers_of(report),
            "photos": _photos(self.request, report),
            "by_event": self.by_event,
            "following": next_waiting(self.request, report) if is_open else None,
            "of_door": waiting_at(self.request, report.dwelling) if is_open else [],
            "panels": handover_panels(report, self.request.access, self.request.community),
        }
        if not is_open:
            return context
        accept_form = accept_form or self.accept_form()
        lines = accept_form.differences
        return context | {
            "form": accept_form,
            "reason_form": reason_form or ReasonForm(),
            "lines": lines,
            "conflicts": [line.label for line in lines if line.is_conflict],
            "shows_then": any(line.then is not None for line in lines),
        }


class ReportPage(ReviewPage):
    """One report; its form accepts it, which applies it to the register."""

    def form_class(self, **kwargs):
        is_open = self.report.state == ChangeReport.State.PENDING
        return self.accept_form(**kwargs) if is_open else PlainForm(**kwargs)

    def post(self, request, **kwargs):
        try:
            check_pending(self.report)
        except AlreadyReviewed as late:
            return self.refuse(None, late)
        return super().post(request, **kwargs)

    def perform(self, form) -> str:
        report = self.report
        if self.by_event:
            return self.event_url(form)
        accept_report(by=self.request.user, report=report, **form.decision)
        self.message = f"已采纳：{report.dwelling}，{report.get_what_display()}。"
        return next_url(self.request, report)

    def event_url(self, form) -> str:
        """The event's own form, filled from the report; saving it accepts the report."""
        report, target = self.report, form.subject
        check_reviewer(report, self.request.user)
        if target is None:
            raise NoResidence(f"{report.person.name}已不住在{report.dwelling}，请退回或不予采纳")
        chosen = []
        if report.what in (What.TRANSFER, What.SPLIT):
            chosen += [("who", uuid) for uuid in report.people]
        if report.what == What.TRANSFER:
            chosen.append(("dwelling", report.other_address))
        if report.what in (What.SPLIT, What.HEAD):
            chosen.append(("head", str(report.person.uuid)))
        return event_url(self.request, report, form.cleaned_data["seen"], target, chosen)

    def extra_context(self, form) -> dict:
        return self.context_of(accept_form=form)


class ReturnPage(ReviewPage):
    """Return a report to the building head."""

    form_class = ReasonForm
    message = "已退回给楼道长。"
    decline = staticmethod(return_report)

    def perform(self, form) -> str:
        self.decline(by=self.request.user, report=self.report, reason=form.cleaned_data["reason"])
        return next_url(self.request, self.report)

    def extra_context(self, form) -> dict:
        return self.context_of(reason_form=form)


class RejectPage(ReturnPage):
    """Reject a report: the register stays as it is."""

    message = "已记为未予采纳。"
    decline = staticmethod(reject)


class DoorPage(FormPage):
    """The reports of a door that wait, a row each; those that need no decision of their own are accepted together."""

    permission = Permission.REPORTS_REVIEW
    template_name = "residents/head_reports/door.html"
    repeated_message = "这一户的上报已经采纳，没有重复办理。"
    leave = "放弃，返回"

    def load(self, dwelling):
        self.dwelling = get_object_or_404(
            rows(Dwelling, self.request.access, Permission.REPORTS_REVIEW, self.request.community),
            uuid=dwelling,
        )
        self.back = self.request.community.url("residents:report_list")
        self.title = f"{self.dwelling}的上报"
        reports = waiting_at(self.request, self.dwelling)
        if not reports:
            messages.info(self.request, "这一户没有待审核的上报。")
            return redirect(self.back)
        self.lines, self.more = door_lines(self.request, reports), len(reports[MOST:])
        return None

    def form_class(self, **kwargs) -> DoorForm:
        households = households_at(self.request, self.dwelling)[Kind.LIVING]
        return DoorForm(lines=self.lines, households=households, **kwargs)

    def perform(self, form) -> str:
        if form.cleaned_data["seen"] != form.current:
            raise ReportOutdated
        if not form.lines:
            raise NoChange("没有可以一并采纳的上报，请逐条核对")
        accept_door(by=self.request.user, decisions=form.decisions, household=form.household)
        self.message = f"已采纳{self.dwelling}的{len(form.lines)}条上报。"
        return next_url(self.request, self.lines[0].report)

    def extra_context(self, form) -> dict:
        return {
            "lines": self.lines,
            "more": self.more,
            "accepted": len(form.lines),
            "left": len(self.lines) - len(form.lines),
        }


@needs(Permission.REPORTS_REVIEW)
@require_GET
def photo(request, row, photo):
    """A photo of the report; opening it is logged, because it may show a home."""
    report = get_object_or_404(reports_of(request), uuid=row)
    attachment = next((candidate for candidate in _photos(request, report) if candidate.uuid == photo), None)
    if attachment is None:
        raise Http404
    log_file_access(request, attachment)
    return attachment_response(request, attachment, missing=report_url(request, report), saved=False)


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
