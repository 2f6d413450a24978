"""Papers of a request: 受理回执, 转办单, 答复书. Each printing is logged."""

from django import forms
from django.http import HttpResponse
from django.utils import timezone

from portal.audit.models import AccessLog
from portal.audit.request_log import log_request
from portal.forms.forms import PlainForm
from portal.forms.refusals import Refusal
from portal.pages.downloads import download_of_today
from portal.pdf.rendering import PdfError, render_pdf
from services.requests.models import Request, RequestStep

RECEIPT_TEXT = 120
"""Characters of the text that a receipt holds; a longer one is cut, and the receipt says so."""


class ForwardPaperForm(PlainForm):
    """Whether the unit is told whom to ask."""

    with_contact = forms.BooleanField(
        label="印上居民姓名和联系电话",
        required=False,
        help_text="单位需要直接联系居民时勾选；不勾选的，由社区转告",
    )

    def __init__(self, *args, case: Request, **kwargs):
        super().__init__(*args, **kwargs)
        if not (case.name or case.phone):
            del self.fields["with_contact"]


def last_step(case: Request, name: str) -> RequestStep | None:
    """The last step of this name."""
    return case.steps.filter(name=name).select_related("by").order_by("number").last()


def receipt(request, case: Request, context: dict) -> HttpResponse:
    """受理回执: half a sheet for the resident, half for the file."""
    text = " ".join(case.text.split())
    more = {
        "title": "居民诉求受理回执",
        "organisation": _organisation(request),
        "dated": timezone.localdate(case.received_at),
        "text": text if len(text) <= RECEIPT_TEXT else f"{text[:RECEIPT_TEXT]}……（全文以登记为准）",
        "taken_by": case.taken_by.name if case.taken_by_id else "",
        "copies": (("交居民", context["code"]), ("社区存档", "")),
    }
    return _paper(request, case, "receipt", context | more, "受理回执")


def forward(request, case: Request, step: RequestStep, *, with_contact: bool) -> HttpResponse:
    """转办单 for the unit of a step; raises Refusal when no PDF comes about."""
    context = {
        "title": "居民诉求转办单",
        "organisation": _organisation(request),
        "dated": timezone.localdate(step.at),
        "case": case,
        "step": step,
        "unit": step.details.get("承办单位") or case.unit,
        "due": timezone.localtime(case.due).date() if case.due else None,
        "with_contact": with_contact,
        "hotline": case.community.hotline,
    }
    try:
        return _paper(request, case, "forward", context, "转办单")
    except PdfError as error:
        raise Refusal(str(error)) from error


def answer(request, case: Request, step: RequestStep) -> HttpResponse:
    """答复书 of a step that answered."""
    context = {
        "title": "居民诉求答复书",
        "organisation": _organisation(request),
        "dated": timezone.localdate(step.at),
        "case": case,
        "step": step,
        "outcome": step.details.get("结果") or case.get_outcome_display(),
        "hotline": case.community.hotline,
    }
    return _paper(request, case, "answer", context, "答复书")


def _organisation(request) -> str:
    return f"{request.community.name}居民委员会"


def _paper(request, case: Request, name: str, context: dict, file_name: str) -> HttpResponse:
    pdf = render_pdf(f"services/requests/print_{name}.html", context)
    log_request(request, AccessLog.Action.PRINT, Request, [case.pk], reason=file_name)
    return download_of_today(pdf, f"{file_name}{case.year}-{case.number:04}", "pdf")
