"""The party bodies on one sheet of A3."""

import io
import math

from django.http import HttpResponse
from django.utils import timezone
from pypdf import PdfReader

from community.bodies.models import Body
from partybuilding.organisations.tree import PartyNode
from portal.audit.models import AccessLog
from portal.audit.request_log import log_request
from portal.pages.downloads import download_of_today
from portal.pdf.rendering import PdfError, render_pdf

_SIZES = (24, 20, 17, 14, 12, 10.5, 9, 8, 7, 6, 5)
"""Type sizes in points, from the largest."""
_WIDTH, _HEIGHT = 1120, 720
"""What a sheet holds below the title, in points."""
_LINE = 1.42
"""Height of a line, with what stands around a box, in ems."""


def chart_pdf(tree: list[PartyNode], *, title: str, printed_by: str) -> bytes:
    """The chart on one page of A3, in the largest type with which it fits. Raises PdfError."""
    context = {"tree": tree, "title": title, "dated": timezone.localdate(), "printed_by": printed_by}
    for size in _sizes_for(tree):
        pdf = render_pdf("partybuilding/organisations/print_chart.html", context | {"size": size})
        if len(PdfReader(io.BytesIO(pdf)).pages) == 1:
            return pdf
    raise PdfError("党组织太多，一张A3纸放不下，请分支部打印。")


def _sizes_for(tree: list[PartyNode]) -> tuple[float, ...]:
    """Sizes to try: each takes seconds, so the first is that in which it fits by an estimate."""
    fits = [
        size
        for size in _SIZES
        if sum(_height(node, _WIDTH / size) for node in tree) * size * _LINE <= _HEIGHT
    ]
    return _SIZES[_SIZES.index(fits[0]) :] if fits else _SIZES[-1:]


def _height(node: PartyNode, width: float) -> float:
    """Height of a node with everything below it in lines of type, where `width` characters stand in a line."""
    rows = sum(
        max(_height(card, width / len(cards) - 2.5) for card in cards) + 0.5 for cards in node.card_rows
    )
    sections = sum(_height(section, width) + 0.5 for section in node.sections)
    groups = 0 if node.is_section else sum(_height(group, width - 1) + 0.3 for group in node.below)
    return _own_lines(node, width) + groups + (rows + sections if node.is_section else 0)


def _own_lines(node: PartyNode, width: float) -> float:
    lengths = [len(post.title) + sum(len(name) + 1 for name in post.names) + 3 for post in node.posts]
    posts = sum(lengths) / width + 1 if node.is_section else sum(math.ceil(each / width) for each in lengths)
    return math.ceil(len(node.body.name) * 1.15 / width) * 1.1 + posts + 2.6


def chart_paper(request, tree: list[PartyNode]) -> HttpResponse:
    """The chart as a download; logged. Raises PdfError."""
    title = f"{request.community.name}党组织"
    pdf = chart_pdf(tree, title=title, printed_by=request.user.name)
    bodies = [node.body.pk for top in tree for node in top.walk()]
    log_request(request, AccessLog.Action.PRINT, Body, bodies, reason="党组织图")
    return download_of_today(pdf, title, "pdf")
