"""The party bodies on one sheet of A3."""

import io

from django.http import HttpResponse
from django.utils import timezone
from pypdf import PdfReader

from community.bodies.models import Body
from partybuilding.organisations.tree import PartyNode
from portal.audit.models import AccessLog
from portal.audit.request_log import log_request
from portal.pages.downloads import download_of_today
from portal.pdf.rendering import PdfError, render_pdf

_SIZES = (11, 9.5, 8, 6.5, 5.5)
"""Type sizes in points, tried from the largest until everything is on one page."""
_COLUMNS = 6
"""Cards beside each other at most: a branch's longest name stays on three lines."""


def chart_pdf(tree: list[PartyNode], *, title: str, printed_by: str) -> bytes:
    """The chart on one page of A3, in the largest type with which it fits. Raises PdfError."""
    widest = max((len(node.cards) for top in tree for node in top.walk()), default=1)
    context = {
        "tree": tree,
        "title": title,
        "dated": timezone.localdate(),
        "printed_by": printed_by,
        "columns": max(min(widest, _COLUMNS), 1),
    }
    for size in _sizes_for(tree):
        pdf = render_pdf("partybuilding/organisations/print_chart.html", context | {"size": size})
        if len(PdfReader(io.BytesIO(pdf)).pages) == 1:
            return pdf
    raise PdfError("党组织太多，一张A3纸放不下，请分支部打印。")


def _sizes_for(tree: list[PartyNode]) -> tuple[float, ...]:
    """The sizes worth trying: many lines do not fit in the largest."""
    lines = sum(4 + len(node.posts) for top in tree for node in top.walk())
    return _SIZES if lines < 120 else _SIZES[1:]


def chart_paper(request, tree: list[PartyNode]) -> HttpResponse:
    """The chart as a download; logged. Raises PdfError."""
    title = f"{request.community.name}党组织"
    pdf = chart_pdf(tree, title=title, printed_by=request.user.name)
    bodies = [node.body.pk for top in tree for node in top.walk()]
    log_request(request, AccessLog.Action.PRINT, Body, bodies, reason="党组织图")
    return download_of_today(pdf, title, "pdf")
