"""收据 of a donation, in two copies. Each printing is logged."""

from django.http import HttpResponse

from community.objections.slips import slip_of
from partybuilding.donations.models import DonationReceipt
from portal.audit.models import AccessLog
from portal.audit.request_log import log_request
from portal.forms.refusals import Refusal
from portal.pages.downloads import download_of_today
from portal.pdf.rendering import PdfError, render_pdf
from portal.values.amounts import in_words

DISCLAIMER = "本收据不作捐赠票据，不用于税前扣除。"


def receipt(request, row: DonationReceipt, code: str) -> HttpResponse:
    """The receipt with the tracking code for the donor, and without for the file. Raises Refusal when no PDF comes about."""
    slip = slip_of(code)
    context = slip | {
        "title": "收据",
        "receipt": row,
        "donation": row.donation,
        "in_words": in_words(row.amount),
        "organisation": row.donation.community.name,
        "hotline": row.donation.community.hotline,
        "dated": row.on,
        "disclaimer": DISCLAIMER,
        "copies": (("捐款人", slip["code"]), ("社区存档", "")),
    }
    try:
        pdf = render_pdf("partybuilding/donations/print_receipt.html", context)
    except PdfError as error:
        raise Refusal(str(error)) from error
    log_request(request, AccessLog.Action.PRINT, DonationReceipt, [row.pk], reason="捐款收据")
    return download_of_today(pdf, f"捐款收据{row.number}", "pdf")
