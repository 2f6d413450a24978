"""Subject access report as a PDF (个人信息查询, PIPL art. 45)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from portal.access.permissions import Permission as P
from portal.access.views import needs
from portal.audit import access_log
from portal.audit.models import AccessLog
from portal.pages.downloads import download_of_today
from portal.pdf.rendering import PdfError, render_pdf
from residents.people.registers import PersonRegister
from residents.subject_access.forms import SubjectAccessForm
from residents.subject_access.report import report_on


@needs(P.PEOPLE_REVEAL)
def subject_access(request, row):
    """Ask for the requester and the identity check, then make the PDF; the access is logged first."""
    register = PersonRegister()
    people = register.rows(request.access, request.community, P.PEOPLE_REVEAL)
    person = get_object_or_404(people, uuid=row)
    back = register.url("detail", request.community, person)
    form = SubjectAccessForm(request.POST if request.method == "POST" else None, request=request)
    if request.method != "POST" or not form.is_valid():
        context = {"person": person, "form": form, "back": back}
        return render(
            request, "residents/subject_access/report.html", context, status=422 if form.errors else 200
        )
    access_log.log_access(
        community_id=request.community.id,
        user_id=request.user.pk,
        action=AccessLog.Action.GIVEN,
        subject=register.model.stored_label,
        ids=[person.pk],
        reason=form.reason,
        request_id=request.id,
    )
    context = {
        "title": "个人信息查询结果告知书",
        "organisation": f"{request.community.name}居民委员会",
        "dated": timezone.localdate(),
        "person": person,
        "reason": form.reason,
        "report": report_on(person, request.access, request.community),
    }
    try:
        pdf = render_pdf("residents/subject_access/print_report.html", context)
    except PdfError as error:
        messages.error(request, str(error))
        return redirect(back)
    response = download_of_today(pdf, f"个人信息查询结果{person.name}", "pdf")
    response["Cache-Control"] = "no-store"
    return response
