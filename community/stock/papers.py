"""Papers of goods: 物资出入库单 and 发放签字表. Each printing is logged."""

import datetime

from django.http import HttpResponse

from community.stock.models import IssueLine, IssueList, StockSlip
from community.stock.sources import movements_of
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.audit.models import AccessLog
from portal.audit.request_log import log_request
from portal.pages.downloads import download_of_today
from portal.pdf.rendering import render_pdf

_LEAST_LINES = 5
"""Lines of a printed slip; those that are not used stay blank."""


def slip(request, row: StockSlip, today: datetime.date) -> HttpResponse:
    """物资出入库单. Raises PdfError."""
    movements = movements_of(row)
    context = {
        "title": f"物资{row.get_kind_display()}单",
        "organisation": f"{request.community.name}居民委员会",
        "dated": row.on,
        "slip": row,
        "movements": movements,
        "blank": range(max(0, _LEAST_LINES - len(movements))),
        "printed_on": today,
    }
    pdf = render_pdf("community/stock/print_slip.html", context)
    log_request(request, AccessLog.Action.PRINT, StockSlip, [row.pk], reason="物资出入库单")
    return download_of_today(pdf, f"{row}", "pdf")


def issue_list(request, row: IssueList) -> HttpResponse:
    """发放签字表, with everybody who is not cancelled. Raises PdfError."""
    lines = rows(IssueLine, request.access, P.GOODS, request.community).filter(issue_list=row)
    lines = lines.exclude(state=IssueLine.State.CANCELLED).select_related("person")
    lines = list(lines.order_by("person__name_key", "id"))
    context = {
        "title": "物资发放签字表",
        "organisation": f"{request.community.name}居民委员会",
        "dated": row.on,
        "issue_list": row,
        "lines": lines,
        "total": row.item.amount(sum(line.quantity for line in lines)),
        "blank": range(0 if lines else _LEAST_LINES),
    }
    pdf = render_pdf("community/stock/print_issue_list.html", context)
    log_request(
        request, AccessLog.Action.PRINT, IssueLine, [line.pk for line in lines], reason="物资发放签字表"
    )
    return download_of_today(pdf, f"物资发放签字表{row.title}", "pdf")
