"""Correction requests (更正申请): recording, answering, and printing the answer."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET

from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import needs
from portal.audit.models import AccessLog
from portal.audit.request_log import log_request
from portal.form_pages.pages import FormPage
from portal.forms.idempotency import IdempotentFormMixin
from portal.pages.downloads import download_of_today
from portal.pdf.rendering import PdfError, render_pdf
from portal.register_pages.views import DetailView
from residents.correction_requests.actions import grant_request, record_request, refuse_request
from residents.correction_requests.forms import CorrectionRequestForm, RequestAnswerForm
from residents.correction_requests.models import CorrectionRequest
from residents.correction_requests.registers import CorrectionRequestRegister
from residents.events.subjects import person_of, person_subject, person_url

State = CorrectionRequest.State


def requests_of(request):
    """Correction requests that the user may answer."""
    requests = rows(CorrectionRequest, request.access, P.PEOPLE_EDIT, request.community)
    return requests.select_related("person", "taken_by", "decided_by", "event")


def request_url(request, correction: CorrectionRequest) -> str:
    return CorrectionRequestRegister().url("detail", request.community, correction)


class RequestCreate(FormPage):
    """Record a request, from the person's page."""

    permission = P.PEOPLE_EDIT
    form_class = CorrectionRequestForm
    lead = "先核对申请人的身份。登记后在期限内答复，证明材料在登记后上传。"
    button = "登记申请"
    message = "更正申请已登记，证明材料请在下面上传。"

    def load(self, person):
        self.person = person_of(self.request, person)
        subject = person_subject(self.request, self.person)
        self.title, self.trail, self.back = f"登记更正申请：{subject.name}", subject.trail, subject.url

    def perform(self, form):
        correction = record_request(by=self.request.user, person=self.person, **form.arguments)
        return request_url(self.request, correction)


class CorrectionRequestView(DetailView):
    """Detail page of a request, with the actions on it."""

    register = CorrectionRequestRegister()
    template = "residents/correction_requests/detail.html"

    def context(self, correction):
        request = self.request
        correct_url = request.community.url("residents:event_correct", person=correction.person.uuid)
        may_answer = correction.state == State.OPEN and request.access.can(P.PEOPLE_EDIT, request.community)
        return super().context(correction) | {
            "may_answer": may_answer,
            "may_refuse": may_answer and not request.user.same_person_as(correction.taken_by),
            "person_url": person_url(request, correction.person),
            "correct_url": f"{correct_url}?request={correction.uuid}",
            "is_late": correction.is_late(timezone.localdate()),
            "today": timezone.localdate(),
        }

    def show(self, correction, status=200, **more):
        form = RequestAnswerForm()
        IdempotentFormMixin.add_token(form)
        return super().show(correction, status, form=form, **more)


class AnswerPage(FormPage):
    """An answer to a request, on its detail page."""

    permission = P.PEOPLE_EDIT
    form_class = RequestAnswerForm
    template_name = CorrectionRequestView.template

    def load(self, row):
        self.correction = get_object_or_404(requests_of(self.request), uuid=row)

    def answer(self, **arguments) -> CorrectionRequest:
        raise NotImplementedError

    def perform(self, form):
        self.answer(by=self.request.user, request=self.correction, answer=form.cleaned_data["answer"])
        return self.restart_url()

    def restart_url(self):
        return request_url(self.request, self.correction)

    def extra_context(self, form):
        view = CorrectionRequestView()
        view.setup(self.request, row=self.correction.uuid)
        return {"register": view.register, **view.context(self.correction)}


class Grant(AnswerPage):
    """Answer that the data was corrected elsewhere; a correction of the person (更正) grants its request itself."""

    message = "已答复：已更正。"
    answer = staticmethod(grant_request)


class Refuse(AnswerPage):
    message = "已答复：未予更正。"
    answer = staticmethod(refuse_request)


@needs(P.PEOPLE_EDIT)
@require_GET
def print_answer(request, row):
    """PDF of the answer, for the requester (答复书)."""
    correction = get_object_or_404(requests_of(request).exclude(state=State.OPEN), uuid=row)
    log_request(request, AccessLog.Action.PRINT, CorrectionRequest, [correction.pk])
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
