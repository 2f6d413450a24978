"""Handover of a resident's need to another app (转办), from a person's page or from a building head's report."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from community.people.models import Person
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import needs
from portal.forms.idempotency import run_once
from portal.forms.submission import repeated_submission
from portal.handover.handover import hand_over
from portal.hooks.receive import HandoverKind, HandoverSource
from residents.handover.forms import HandOverForm
from residents.head_reports.models import ChangeReport
from residents.head_reports.registers import ReportRegister
from residents.people.registers import PersonRegister


@needs(P.TASKS)
def person(request, row):
    """Handover from a person's page; `title` in the query is the initial title."""
    row = get_object_or_404(rows(Person, request.access, P.PEOPLE_NAMES, request.community), uuid=row)
    url = PersonRegister().url("detail", request.community, row)
    initial = {"title": request.GET.get("title", "")[:120]}
    return _page(request, HandoverSource(row, f"居民{row.name}", url, P.PEOPLE_NAMES), initial)


@needs(P.REPORTS_REVIEW)
def report(request, row):
    """Handover from a report that changes nothing in the register; its note becomes the text."""
    reports = rows(ChangeReport, request.access, P.REPORTS_REVIEW, request.community)
    row = get_object_or_404(reports.select_related("dwelling", "proposer"), uuid=row)
    url = ReportRegister().url("detail", request.community, row)
    initial = {"title": f"{row.dwelling}：{row.note}"[:120].rstrip("："), "text": row.note}
    return _page(
        request,
        HandoverSource(row, f"{row.proposer.name}上报，{row.dwelling}", url, P.REPORTS_REVIEW),
        initial,
    )


def _page(request, source: HandoverSource, initial: dict):
    if earlier := repeated_submission(request):
        return earlier
    form = HandOverForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():

        def give() -> str:
            reference = hand_over(HandoverKind.NEED, form.draft, source, request.user)
            messages.success(request, f"已转办。{reference.label}（{reference.state}）。")
            return source.url

        return redirect(run_once(form.cleaned_data["token"], request.user.pk, give))
    status = 422 if form.errors else 200
    return render(
        request, "residents/handover/hand_over.html", {"form": form, "source": source}, status=status
    )
