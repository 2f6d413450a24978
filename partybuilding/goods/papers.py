"""捐赠物资收条, in two copies. Each printing is logged."""

from django.http import HttpResponse

from partybuilding.goods.models import GoodsDonation
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.audit.models import AccessLog
from portal.audit.request_log import log_request
from portal.pages.downloads import download_of_today
from portal.pdf.rendering import render_pdf


def receipt(request, donation: GoodsDonation) -> HttpResponse:
    """Everything that was given on one slip. Raises PdfError."""
    donations = rows(GoodsDonation, request.access, P.GOODS, request.community).standing()
    donations = donations.filter(movement__slip=donation.movement.slip_id)
    donations = list(donations.select_related("unit", "person", "movement__batch__item").order_by("pk"))
    context = {
        "title": "捐赠物资收条",
        "donation": donation,
        "donations": donations,
        "slip": donation.movement.slip,
        "organisation": f"{request.community.name}居民委员会",
        "dated": donation.received_on,
        "copies": ("交捐赠人", "社区存档"),
    }
    pdf = render_pdf("partybuilding/goods/print_receipt.html", context)
    log_request(
        request, AccessLog.Action.PRINT, GoodsDonation, [d.pk for d in donations], reason="捐赠物资收条"
    )
    return download_of_today(pdf, f"捐赠物资收条{donation.movement.slip.number}", "pdf")
