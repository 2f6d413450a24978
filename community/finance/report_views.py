"""Pages of the month report: on the screen, as PDF in official layout, as spreadsheet."""

import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from community.finance.balances import book_of
from community.finance.models import FinanceEntry, FinanceMonth
from community.finance.report import COLUMNS, MonthReport, entries_of, month_report
from community.finance.report_xlsx import report_workbook
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import needs
from portal.audit.models import AccessLog
from portal.audit.request_log import log_request
from portal.pages.downloads import download
from portal.pdf.rendering import PdfError, render_pdf
from portal.values.amounts import in_words
from portal.values.months import month_after, month_before, month_word

_PAGE = 50
_PRINTED = 300
"""Entries in the annex of the PDF; more are in the spreadsheet."""


@needs(P.FINANCE_VIEW)
def finance_report_last(request):
    """The report of the month closed last, else of the present one; the page of the book where there is none."""
    closing = rows(FinanceMonth, request.access, P.FINANCE_VIEW, request.community).closed().first()
    today = timezone.localdate()
    book = book_of(request.community)
    if book is None or book.begins_on > today:
        return redirect(request.community.url("community:finance_book"))
    month = closing.month if closing else today.replace(day=1)
    return redirect(request.community.url("community:finance_report", month=month))


@needs(P.FINANCE_VIEW)
def finance_report(request, month):
    """The report of a month, with its entries page by page."""
    report = _report(request, month)
    page = Paginator(entries_of(request.community, month), _PAGE).get_page(request.GET.get("page"))
    context = {
        "report": report,
        "columns": COLUMNS,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "urls": {
            name: request.community.url(f"community:finance_report_{name}", month=month)
            for name in ("pdf", "xlsx")
        },
        "neighbours": _neighbours(request, month),
        "entries_url": f"{request.community.url('community:financeentry_list')}?state=approved&on_from={month}&on_to={report.last_day}",
    }
    return render(request, "community/finance/report.html", context)


@needs(P.FINANCE_VIEW)
def finance_report_pdf(request, month):
    """The report on paper, to be signed, with the entries as annex."""
    report = _report(request, month)
    entries = list(entries_of(request.community, month)[: _PRINTED + 1])
    numbers = report.numbers
    context = {
        "title": f"{month_word(month)}财务收支月报表",
        "organisation": f"{request.community.name}居民委员会",
        "dated": timezone.localdate(),
        "report": report,
        "columns": COLUMNS,
        "balances": [
            (label, amount, in_words(amount))
            for label, amount in (
                ("期初余额", numbers.opening),
                ("本月收入", numbers.income),
                ("本月支出", numbers.expense),
                ("期末余额", numbers.closing),
            )
        ],
        "entries": entries[:_PRINTED],
        "are_cut": len(entries) > _PRINTED,
        "printed": _PRINTED,
    }
    try:
        pdf = render_pdf("community/finance/print_report.html", context)
    except PdfError as error:
        messages.error(request, str(error))
        return redirect(request.community.url("community:finance_report", month=month))
    log_request(request, AccessLog.Action.PRINT, FinanceMonth, reason=f"{month_word(month)}财务月报")
    return download(pdf, _name(request, month), "pdf")


@needs(P.FINANCE_VIEW)
def finance_report_xlsx(request, month):
    """The report as a spreadsheet, with all entries of the month."""
    report = _report(request, month)
    entries = list(entries_of(request.community, month))
    content = report_workbook(request.community.name, report, entries)
    ids = [entry.pk for entry in entries]
    log_request(request, AccessLog.Action.EXPORT, FinanceEntry, ids, reason=f"{month_word(month)}财务月报")
    return download(content, _name(request, month), "xlsx")


def _name(request, month: datetime.date) -> str:
    return f"{request.community.name}{month_word(month)}财务月报"


def _report(request, month: datetime.date) -> MonthReport:
    """The report of a month that has begun, or 404."""
    report = month_report(request.community, month) if month <= timezone.localdate() else None
    if report is None:
        raise Http404
    return report


def _neighbours(request, month: datetime.date) -> list[tuple[str, str]]:
    """The months before and after that have a report, as (label, URL)."""
    book = book_of(request.community)
    months = [("上月", month_before(month)), ("下月", month_after(month))]
    return [
        (label, request.community.url("community:finance_report", month=other))
        for label, other in months
        if book and book.begins_on <= other <= timezone.localdate()
    ]
