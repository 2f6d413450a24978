"""Correction requests (更正申请): recording, answering, and printing the answer."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import needs
from portal.audit import access_log
from portal.audit.models import AccessLog
from portal.forms.refusals import Refusal
from portal.forms.submission import repeated_submission, submit_once
from portal.pages.downloads import download_of_today
from portal.pdf.rendering import PdfError, render_pdf
from portal.register_pages.views import DetailView
from residents.correction_requests.actions import (
    RequestAlreadyAnswered,
    grant_request,
    record_request,
    refuse_request,
)
from residents.correction_requests.forms import CorrectionRequestForm, RequestAnswerForm
from residents.correction_requests.models import CorrectionRequest
from residents.correction_requests.registers import CorrectionRequestRegister
from residents.events.wizard import person_of, person_url

State = CorrectionRequest.State


def requests_of(request):
    """Correction requests that the user may answer."""
    requests = rows(CorrectionRequest, request.access, P.PEOPLE_EDIT, request.community)
    return requests.select_related("person", "taken_by", "decided_by", "event")


def request_url(request, correction: CorrectionRequest) -> str:
    return CorrectionRequestRegister().url("detail", request.community, correction)


@needs(P.PEOPLE_EDIT)
def request_create(request, person):
    """Record a request, from the person's page."""
    if answer := repeated_submission(request):
        return answer
    person = person_of(request, person)
    form = CorrectionRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def create() -> str:
            return request_url(request, record_request(by=request.user, person=person, **form.arguments))

        answer = submit_once(request, form, create, "更正申请已登记，证明材料请在下面上传。")
        if answer:
            return answer
    context = {"form": form, "person": person, "back": person_url(request, person)}
    return render(
        request, "residents/correction_requests/form.html", context, status=422 if form.errors else 200
    )


class CorrectionRequestView(DetailView):
    """Detail page of a request, with the actions on it."""

    register = CorrectionRequestRegister()
    template = "residents/correction_requests/detail.html"

    def context(self, correction):
        request = self.request
        kwargs = {"community": request.community.code, "person": correction.person.uuid}
        may_answer = correction.state == State.OPEN and request.access.can(P.PEOPLE_EDIT, request.community)
        return super().context(correction) | {
            "may_answer": may_answer,
            "may_refuse": may_answer and not request.user.same_person_as(correction.taken_by),
            "person_url": person_url(request, correction.person),
            "correct_url": f"{reverse('residents:event_correct', kwargs=kwargs)}?request={correction.uuid}",
            "is_late": correction.is_late(timezone.localdate()),
            "today": timezone.localdate(),
        }

    def show(self, correction, status=200, **more):
        return super().show(correction, status, **({"form": RequestAnswerForm()} | more))


@needs(P.PEOPLE_EDIT)
@require_POST
def grant(request, row):
    """Answer that the data was corrected elsewhere; a correction of the person (更正) grants its request itself."""
    return _answer(request, row, grant_request, "已答复：已更正。")


@needs(P.PEOPLE_EDIT)
@require_POST
def refuse(request, row):
    return _answer(request, row, refuse_request, "已答复：未予更正。")


def _answer(request, row, act, message: str):
    correction = get_object_or_404(requests_of(request), uuid=row)
    form = RequestAnswerForm(request.POST)
    if form.is_valid():
        try:
            act(by=request.user, request=correction, answer=form.cleaned_data["answer"])
        except RequestAlreadyAnswered as late:
            messages.error(request, f"{late}。")
            return redirect(request_url(request, correction))
        except Refusal as refusal:
            form.add_error(None, f"{refusal}。")
        else:
            messages.success(request, message)
            return redirect(request_url(request, correction))
    view = CorrectionRequestView()
    view.setup(request, row=row)
    return view.show(correction, 422, form=form)


@needs(P.PEOPLE_EDIT)
@require_GET
def print_answer(request, row):
    """PDF of the answer, for the requester (答复书)."""
    correction = get_object_or_404(requests_of(request).exclude(state=State.OPEN), uuid=row)
    access_log.log_access(
        community_id=request.community.id,
        user_id=request.user.pk,
        action=AccessLog.Action.PRINT,
        subject=CorrectionRequest.stored_label,
        ids=[correction.pk],
        request_id=request.id,
    )
    context = {
        "title": "个人信息更正申请答复书",
        "organisation": f"{request.community.name}居民委员会",
        "dated": timezone.localdate(correction.decided_at),
        "correction": correction,
        "is_granted": correction.state == State.GRANTED,
    }
    try:
        pdf = render_pdf("residents/correction_requests/print_answer.html", context)
    except PdfError as error:
        messages.error(request, str(error))
        return redirect(request_url(request, correction))
    return download_of_today(pdf, f"更正申请答复书{correction.person.name}", "pdf")
