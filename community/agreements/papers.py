"""The agreement (共建协议) as a paper in official layout: both parties, term, terms, promises, signature lines."""

from django.http import HttpResponse
from django.utils import timezone

from community.agreements.models import Agreement, Promise
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.audit.models import AccessLog
from portal.audit.request_log import log_request
from portal.pages.downloads import download_of_today
from portal.pdf.rendering import render_pdf
from portal.values.dates import prose_date


def agreement_paper(request, agreement: Agreement) -> HttpResponse:
    """The paper for two copies to be signed and stamped. Raises PdfError."""
    community = request.community
    promises = rows(Promise, request.access, P.UNITS_VIEW, community).filter(agreement=agreement)
    promises = list(promises.order_by("side", "due", "id"))
    context = {
        "title": agreement.title,
        "organisation": str(agreement.body or f"{community.name}居民委员会"),
        "dated": agreement.signed_on or timezone.localdate(),
        "agreement": agreement,
        "signed": prose_date(agreement.signed_on) if agreement.signed_on else "　　　　年　　月　　日",
        "unit": agreement.unit,
        "terms": [line for line in map(str.strip, agreement.text.splitlines()) if line],
        "sides": [
            (label, [each for each in promises if each.side == side])
            for side, label in ((Promise.Side.COMMUNITY, "甲方"), (Promise.Side.UNIT, "乙方"))
        ],
    }
    pdf = render_pdf("community/agreements/print_agreement.html", context)
    log_request(request, AccessLog.Action.PRINT, Agreement, [agreement.pk], reason="共建协议")
    return download_of_today(pdf, f"共建协议{agreement.unit.name}", "pdf")
