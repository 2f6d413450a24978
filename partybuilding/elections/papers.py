"""选举结果: the result of an election on paper."""

from django.http import HttpResponse

from partybuilding.elections.models import Election
from partybuilding.elections.results import results_of
from portal.audit.models import AccessLog
from portal.audit.request_log import log_request
from portal.pages.downloads import download_of_today
from portal.pdf.rendering import render_pdf

TEMPLATE = "partybuilding/elections/print_result.html"


def result_context(election: Election) -> dict:
    """Context of the paper."""
    return {
        "title": f"{election}结果",
        "organisation": election.body.name,
        "dated": election.held_on,
        "election": election,
        "results": results_of(election),
    }


def result_paper(request, election: Election) -> HttpResponse:
    """The paper as a download; logged. Raises PdfError."""
    pdf = render_pdf(TEMPLATE, result_context(election))
    log_request(request, AccessLog.Action.PRINT, Election, [election.pk], reason="选举结果")
    return download_of_today(pdf, f"{election}结果", "pdf")
