"""场地使用表: a week or a month of a venue, to hang on the wall. Names of residents are left out."""

from django.http import HttpResponse
from django.utils import timezone

from community.communities.models import Community
from community.venues.models import VenueBooking
from community.venues.week import Day, Entry, Week
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.audit.models import AccessLog
from portal.audit.request_log import log_request
from portal.pages.downloads import download_of_today
from portal.pdf.rendering import render_pdf
from portal.values.dates import prose_date
from portal.values.months import month_word

WEEK, MONTH = "week", "month"


def sheet_paper(request, days: Week, span: str) -> HttpResponse:
    """The sheet as PDF; its printing is logged. Raises PdfError."""
    first, last = days.days[0].date, days.days[-1].date
    title = f"{days.venue}使用表"
    context = {
        "title": title,
        "period": month_word(first) if span == MONTH else f"{prose_date(first)}至{prose_date(last)}",
        "venue": days.venue,
        "organisation": f"{request.community.name}居民委员会",
        "dated": timezone.localdate(),
        "days": [(day, _state(day), _lines(day)) for day in days.days],
        "hotline": _hotline(request),
        "is_month": span == MONTH,
    }
    pdf = render_pdf("community/venues/print_sheet.html", context)
    shown = [each.booking.pk for day in days.days for each in day.entries if not each.is_requested]
    log_request(request, AccessLog.Action.PRINT, VenueBooking, shown, reason="场地使用表")
    return download_of_today(pdf, f"{title}{first:%Y%m%d}-", "pdf")


def _hotline(request) -> str:
    return rows(Community, request.access, P.VENUES, request.community).get().hotline


def _state(day: Day) -> str:
    if day.closure:
        return f"暂停开放：{day.closure.reason}"
    if not day.has_hours:
        return ""
    return day.open_words or "不开放"


def _lines(day: Day) -> list[tuple[str, str]]:
    """Times and what the venue is used for; requests are not decided, so not on the wall."""
    return [(each.times, _words(each)) for each in day.entries if not each.is_requested]


def _words(entry: Entry) -> str:
    if entry.booking.used_by == VenueBooking.UsedBy.RESIDENT:
        return "居民预约"
    unit = entry.booking.unit
    return f"{entry.name}（{unit.name}）" if unit else entry.name
