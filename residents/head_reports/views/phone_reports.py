"""Building heads' reports on the phone: choice of kind, form, photos, and the results of the review."""

import uuid

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRedirect

from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs
from portal.attachments.models import Attachment
from portal.attachments.views import attachment_response
from portal.form_pages.pages import FormPage
from residents.head_reports.actions.submit import mark_results_seen, submit_report
from residents.head_reports.door_people import DoorPerson, door_people
from residents.head_reports.forms.head import ReportForm, shared_values
from residents.head_reports.models import ChangeReport
from residents.head_reports.views.phone import door_of, own_stairwells, page

What = ChangeReport.What

_ONE_PERSON_EACH = (What.MOVE_IN, What.MOVE_OUT, What.DEATH, What.BIRTH, What.CORRECTION)
"""Kinds that are reported person by person, so that a family needs several reports."""


@needs(Permission.DOORS)
@require_GET
def kind(request, dwelling):
    """Choice of the kind of change: large buttons, the most frequent first."""
    return page(
        request,
        "residents/head_reports/phone/kind.html",
        {"door": door_of(request, dwelling), "kinds": What.choices},
    )


class ReportPage(FormPage):
    """The form for one kind of change. A correction first asks who it is about."""

    permission = Permission.DOORS
    template_name = "residents/head_reports/phone/report.html"
    repeated_message = "这条上报已经收到，没有重复登记。"
    replaces: ChangeReport | None = None
    """The returned report that is reported anew."""

    def load(self, dwelling, what):
        if what not in What.values:
            raise Http404
        return self.load_door(dwelling, what)

    def load_door(self, dwelling, what: str):
        """The door, whoever lives there and whom a correction is about; or a page that asks for them."""
        self.door, self.what = door_of(self.request, dwelling), What(what)
        self.people = door_people([self.door.pk]).get(self.door.pk, [])
        self.person = self.person_to_correct() if what == What.CORRECTION else None
        if (what == What.MOVE_IN or self.people) and (what != What.CORRECTION or self.person):
            return None
        context = {"door": self.door, "what": self.what, "people": self.people}
        return page(self.request, "residents/head_reports/phone/who.html", context)

    def person_to_correct(self) -> DoorPerson | None:
        person = self.request.GET.get("person")
        return next((p for p in self.people if str(p.person_uuid) == person), None)

    def form_class(self, **kwargs) -> ReportForm:
        about = {"what": self.what, "people": self.people, "person": self.person, "replaces": self.replaces}
        return ReportForm(**about, **kwargs)

    def form_arguments(self) -> dict:
        """What one person's report has in common with the one sent before it (`like`), of the same door and kind."""
        sent = _with_uuid(_own_reports(self.request), self.request.GET.get("like"))
        if sent is None or (sent.dwelling_id, sent.what) != (self.door.pk, self.what):
            return {}
        return {"initial": shared_values(sent, self.people)}

    def perform(self, form) -> str:
        chosen, token = form.chosen, form.cleaned_data["token"]
        submit_report(
            by=self.request.user,
            dwelling=self.door,
            what=form.what,
            data=form.report_data,
            person_id=chosen.person_id if chosen else None,
            people=form.together,
            photos=form.cleaned_data["photos"],
            replaces=form.replaces,
            token=token,
        )
        self.message = f"已上报：{self.door.label}，{self.what.label}。社区审核后会在这里告诉您结果。"
        # `sent` tells the phone to delete its draft of this form.
        return f"{reverse('residents:head_reports')}?sent={token}"

    def respond(self, url: str):
        """Redirect; htmx is told to open the page, because following the redirect itself loses the message."""
        return HttpResponseClientRedirect(url) if self.request.htmx else redirect(url)

    def respond_again(self, url: str):
        messages.info(self.request, self.repeated_message)
        return self.respond(url)

    def extra_context(self, form) -> dict:
        return {
            "door": self.door,
            "what": self.what,
            "described": self.person,
            "replaces": self.replaces,
            "has_photos": self.replaces is not None and bool(_photos(self.request, [self.replaces])),
        }

    def show(self, form, status: int = 200):
        return page(self.request, self.template_name, self.context(form), status)


class AgainPage(ReportPage):
    """Resubmit a returned report as a new one."""

    def load(self, report):
        returned = _reports(self.request).filter(state=ChangeReport.State.RETURNED, replaced_by__isnull=True)
        self.replaces = get_object_or_404(returned, uuid=report)
        return self.load_door(self.replaces.dwelling.uuid, self.replaces.what)

    def person_to_correct(self) -> DoorPerson | None:
        return next((p for p in self.people if p.person_id == self.replaces.person_id), None)


@needs(Permission.DOORS)
@require_GET
def reports(request):
    """The head's own reports and their results; results since the last visit are marked once."""
    own_reports = list(_own_reports(request).prefetch_related("replaced_by")[:100])
    photos = _photos(request, own_reports)
    lines = [
        (report, report.reviewed_at and not report.seen_at, photos.get(report.pk, []))
        for report in own_reports
    ]
    mark_results_seen(by=request.user)
    token = request.GET.get("sent")
    sent = next((report for report in own_reports if str(report.token) == token), None)
    context = {"lines": lines, "sent": sent, "one_more": sent is not None and sent.what in _ONE_PERSON_EACH}
    return page(request, "residents/head_reports/phone/reports.html", context)


@needs(Permission.DOORS)
@require_GET
def photo(request, report, photo):
    """A photo of the head's own report."""
    report = get_object_or_404(_own_reports(request), uuid=report)
    attachment = next((a for a in _photos(request, [report]).get(report.pk, []) if a.uuid == photo), None)
    if attachment is None:
        raise Http404
    return attachment_response(request, attachment, missing=reverse("residents:head_reports"), saved=False)


def _reports(request):
    reports = rows(ChangeReport, request.access, Permission.DOORS)
    reports = reports.filter(stairwell_id__in=own_stairwells(request))
    return reports.select_related("dwelling", "reviewer").order_by("-reported_at", "-id")


def _own_reports(request):
    return _reports(request).filter(proposer=request.user)


def _with_uuid(reports, text: str | None) -> ChangeReport | None:
    """The report that an address names, if there is one."""
    try:
        return reports.filter(uuid=uuid.UUID(text)).first() if text else None
    except ValueError:
        return None


def _photos(request, reports: list[ChangeReport]) -> dict[int, list[Attachment]]:
    """Report id → its photos; row-level security returns only the head's own."""
    attachments = rows(Attachment, request.access, Permission.DOORS).filter(
        subject=ChangeReport.stored_label, row_id__in=[report.pk for report in reports]
    )
    by_report: dict[int, list[Attachment]] = {}
    for attachment in attachments.order_by("id"):
        by_report.setdefault(attachment.row_id, []).append(attachment)
    return by_report
