"""Building heads' reports on the phone: choice of kind, form, photos, and the results of the review."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRedirect

from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs
from portal.attachments.kinds import FileRefused
from portal.attachments.models import Attachment
from portal.attachments.views import attachment_response
from portal.forms.idempotency import result_of, run_once
from portal.forms.refusals import Refusal
from residents.head_reports.actions.submit import mark_results_seen, submit_report
from residents.head_reports.door_people import DoorPerson, door_people
from residents.head_reports.forms.head import ReportForm
from residents.head_reports.models import ChangeReport
from residents.head_reports.views.phone import door_of, own_stairwells, page
from residents.homes.models import Dwelling

What = ChangeReport.What


@needs(Permission.DOORS)
@require_GET
def kind(request, dwelling):
    """Choice of the kind of change: large buttons, the most frequent first."""
    return page(
        request,
        "residents/head_reports/phone/kind.html",
        {"door": door_of(request, dwelling), "kinds": What.choices},
    )


@needs(Permission.DOORS)
def report(request, dwelling, what):
    """The form for one kind of change. A correction first asks who it is about."""
    if what not in What.values:
        raise Http404
    return _form_page(request, door_of(request, dwelling), what)


@needs(Permission.DOORS)
def again(request, report):
    """Resubmit a returned report as a new one."""
    if answer := _repeated_submission(request):
        return answer
    old = get_object_or_404(
        _reports(request).filter(state=ChangeReport.State.RETURNED, replaced_by__isnull=True), uuid=report
    )
    return _form_page(request, door_of(request, old.dwelling.uuid), old.what, replaces=old)


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
    return page(request, "residents/head_reports/phone/reports.html", {"lines": lines})


@needs(Permission.DOORS)
@require_GET
def photo(request, report, photo):
    """A photo of the head's own report."""
    report = get_object_or_404(_own_reports(request), uuid=report)
    attachment = next((a for a in _photos(request, [report]).get(report.pk, []) if a.uuid == photo), None)
    if attachment is None:
        raise Http404
    return attachment_response(request, attachment, missing=reverse("residents:head_reports"), saved=False)


def _repeated_submission(request):
    """Idempotency: redirect of a form that is sent a second time, e.g. because the first response was lost."""
    url = result_of(request.POST.get("token")) if request.method == "POST" else None
    if url is None:
        return None
    messages.info(request, "这条上报已经收到，没有重复登记。")
    return _redirect(request, url)


def _redirect(request, url: str):
    """Redirect; htmx is told to open the page, because following the redirect itself loses the message."""
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _form_page(request, door: Dwelling, what: str, replaces: ChangeReport | None = None):
    if answer := _repeated_submission(request):
        return answer
    people = door_people([door.pk]).get(door.pk, [])
    person = _person_to_correct(request, people, replaces) if what == What.CORRECTION else None
    if (what != What.MOVE_IN and not people) or (what == What.CORRECTION and person is None):
        return page(
            request,
            "residents/head_reports/phone/who.html",
            {"door": door, "what": What(what), "people": people},
        )
    form = ReportForm(
        request.POST or None,
        request.FILES or None,
        what=what,
        people=people,
        person=person,
        replaces=replaces,
    )
    if request.method == "POST" and form.is_valid():
        try:
            url = run_once(form.cleaned_data["token"], request.user.pk, lambda: _submit(request, door, form))
        except FileRefused as refusal:
            form.add_error("photos", str(refusal))
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, f"{refusal}。")
        else:
            message = f"已上报：{door.label}，{What(what).label}。社区审核后会在这里告诉您结果。"
            messages.success(request, message)
            return _redirect(request, url)
    context = {"form": form, "door": door, "what": What(what), "described": person, "replaces": replaces}
    context["has_photos"] = replaces is not None and bool(_photos(request, [replaces]))
    return page(request, "residents/head_reports/phone/report.html", context, 422 if form.errors else 200)


def _submit(request, door: Dwelling, form: ReportForm) -> str:
    chosen, token = form.chosen, form.cleaned_data["token"]
    submit_report(
        by=request.user,
        dwelling=door,
        what=form.what,
        data=form.report_data,
        person_id=chosen.person_id if chosen else None,
        people=form.together,
        photos=form.cleaned_data["photos"],
        replaces=form.replaces,
        token=token,
    )
    # `sent` tells the phone to delete its draft of this form.
    return f"{reverse('residents:head_reports')}?sent={token}"


def _person_to_correct(request, people: list[DoorPerson], replaces: ChangeReport | None) -> DoorPerson | None:
    """The person a correction is about: named in the query, or by the report it replaces."""
    if replaces is not None:
        return next((p for p in people if p.person_id == replaces.person_id), None)
    return next((p for p in people if str(p.person_uuid) == request.GET.get("person")), None)


def _reports(request):
    reports = rows(ChangeReport, request.access, Permission.DOORS)
    reports = reports.filter(stairwell_id__in=own_stairwells(request))
    return reports.select_related("dwelling", "reviewer").order_by("-reported_at", "-id")


def _own_reports(request):
    return _reports(request).filter(proposer=request.user)


def _photos(request, reports: list[ChangeReport]) -> dict[int, list[Attachment]]:
    """Report id → its photos; row-level security returns only the head's own."""
    attachments = rows(Attachment, request.access, Permission.DOORS).filter(
        subject=ChangeReport.stored_label, row_id__in=[report.pk for report in reports]
    )
    by_report: dict[int, list[Attachment]] = {}
    for attachment in attachments.order_by("id"):
        by_report.setdefault(attachment.row_id, []).append(attachment)
    return by_report
