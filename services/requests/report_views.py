"""The report of a period as a page, a spreadsheet and a paper; numbers only, no personal data."""

import io

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from portal.access.permissions import Permission as P
from portal.access.views import needs
from portal.charts.chart import WIDTH, description_of, draw, table_of
from portal.pages.downloads import download, svg_response
from portal.pdf.rendering import PdfError, render_pdf
from portal.spreadsheets.writing import write_sheets
from services.requests.periods import PeriodForm
from services.requests.registers import RequestRegister
from services.requests.report import RequestReport, trend_chart

REPORT_TITLE = "居民诉求办理情况"


@needs(P.REQUESTS)
def request_report(request):
    """The report of the chosen period, by default the last month; each number leads to its list."""
    form = PeriodForm.of(request.GET)
    if not form.is_valid():
        return _refused(request, form)
    report = RequestReport(request.access, request.community, form.chosen)
    list_url = RequestRegister().url("list", request.community)
    chart = trend_chart(request.community, form.chosen.last)
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    context = {
        "form": form,
        "report": report,
        "tables": [(table, _lines(report, table, list_url)) for table in report.tables],
        "chart": {
            "url": f"{request.community.url('services:request_report_chart')}{query}",
            "alt": description_of(chart),
            "width": WIDTH,
            "height": chart.height,
        },
        "chart_table": table_of(chart),
        "chart_title": chart.title,
        "export_url": f"{request.community.url('services:request_report_export')}{query}",
        "print_url": f"{request.community.url('services:request_report_print')}{query}",
    }
    return render(request, "services/requests/report.html", context)


def _refused(request, form: PeriodForm) -> HttpResponse:
    return render(request, "services/requests/report.html", {"form": form, "report": None}, status=422)


def _lines(report: RequestReport, table, list_url: str) -> list[tuple]:
    """(label, cells as (value, URL or empty), whether it is the sum) of each line; a zero leads nowhere."""
    return [
        (
            label,
            [
                (
                    cell.value,
                    report.url(list_url, cell.query) if cell.value and cell.query is not None else "",
                )
                for cell in cells
            ],
            table.has_sum and number == len(table.lines),
        )
        for number, (label, cells) in enumerate(table.lines, start=1)
    ]


@needs(P.REQUESTS)
def request_report_chart(request):
    """The chart of the last twelve months up to the end of the period."""
    form = PeriodForm.of(request.GET)
    until = form.chosen.last if form.is_valid() else timezone.localdate()
    return svg_response(draw(trend_chart(request.community, until)))


@needs(P.REQUESTS)
def request_report_export(request):
    """The tables of the report, a sheet each."""
    form = PeriodForm.of(request.GET)
    if not form.is_valid():
        return _refused(request, form)
    report = RequestReport(request.access, request.community, form.chosen)
    sheets = [("概况", ("办理情况",), [(sentence,) for sentence in report.sentences])]
    sheets += [
        (
            table.title.partition("（")[0].replace("，", ""),
            table.header,
            [(label, *(cell.value for cell in cells)) for label, cells in table.lines],
        )
        for table in report.tables
    ]
    trend = table_of(trend_chart(request.community, form.chosen.last))
    sheets.append(("近十二个月", trend["header"], [(row[0], *map(int, row[1:])) for row in trend["rows"]]))
    stream = io.BytesIO()
    write_sheets(sheets, stream)
    return download(stream.getvalue(), _file_name(request, form), "xlsx")


@needs(P.REQUESTS)
def request_report_print(request):
    """The report as an official document, by POST: laying it out takes a second."""
    page = f"{request.community.url('services:request_report')}?{request.GET.urlencode()}"
    if request.method != "POST":
        return redirect(page)
    form = PeriodForm.of(request.GET)
    if not form.is_valid():
        return _refused(request, form)
    report = RequestReport(request.access, request.community, form.chosen)
    chart = trend_chart(request.community, form.chosen.last)
    context = {
        "title": f"{request.community.name}{REPORT_TITLE}",
        "organisation": f"{request.community.name}居民委员会",
        "dated": timezone.localdate(),
        "report": report,
        "tables": [
            {
                "caption": table.title,
                "header": table.header,
                "rows": [(label, *(str(cell.value) for cell in cells)) for label, cells in table.lines],
            }
            for table in report.tables
            if table.lines
        ],
        "chart": {"svg": draw(chart), "alt": description_of(chart), "table": table_of(chart)},
    }
    try:
        pdf = render_pdf("services/requests/print_report.html", context)
    except PdfError as error:
        messages.error(request, str(error))
        return redirect(page)
    return download(pdf, _file_name(request, form), "pdf")


def _file_name(request, form: PeriodForm) -> str:
    return f"{request.community.name}{form.chosen.label}{REPORT_TITLE}"
