"""Subject access report as a PDF (个人信息查询, PIPL art. 45)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from portal.access.permissions import Permission as P
from portal.audit.models import AccessLog
from portal.audit.request_log import log_request
from portal.form_pages.pages import FormPage
from portal.pages.downloads import download_of_today
from portal.pdf.rendering import PdfError, render_pdf
from portal.registers.panels import Link
from residents.people.registers import PersonRegister
from residents.subject_access.forms import SubjectAccessForm
from residents.subject_access.report import report_on


class SubjectAccess(FormPage):
    """Ask for the requester and the identity check, then make the PDF; the access is logged first."""

    permission = P.PEOPLE_REVEAL
    form_class = SubjectAccessForm
    template_name = "residents/subject_access/report.html"
    lead = "本人、监护人，或者已故居民的近亲属，可以查询社区保存的个人信息和查阅情况。"
    button = "出具告知书"
    repeated_message = "告知书已出具；需要再出具一份的，请重新填写。"
    register = PersonRegister()

    def load(self, row):
        request, register = self.request, self.register
        people = register.rows(request.access, request.community, P.PEOPLE_REVEAL)
        self.person = get_object_or_404(people, uuid=row)
        self.title = f"个人信息查询：{self.person.name}"
        self.back = register.url("detail", request.community, self.person)
        people_url = register.url("list", request.community)
        self.trail = (Link(register.heading, people_url), Link(self.person.name, self.back))

    def form_arguments(self):
        return {"request": self.request}

    def perform(self, form):
        self.reason = form.reason
        log_request(
            self.request, AccessLog.Action.GIVEN, self.register.model, [self.person.pk], reason=self.reason
        )
        return self.request.path

    def respond(self, url):
        person, community = self.person, self.request.community
        context = {
            "title": "个人信息查询告知书",
            "organisation": f"{community.name}居民委员会",
            "dated": timezone.localdate(),
            "person": person,
            "reason": self.reason,
            "report": report_on(person, self.request.access, community),
        }
        try:
            pdf = render_pdf("residents/subject_access/print_report.html", context)
        except PdfError as error:
            messages.error(self.request, str(error))
            return redirect(self.back)
        response = download_of_today(pdf, f"个人信息查询结果{person.name}", "pdf")
        response["Cache-Control"] = "no-store"
        return response
