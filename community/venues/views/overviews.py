"""Overviews: the week of a venue, its paper for the wall, the use of all venues."""

import datetime

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from community.venues.models import Venue, VenueBooking
from community.venues.opening import year_of
from community.venues.papers import MONTH, WEEK, sheet_paper
from community.venues.usage import UsageReport, chart_of, usage_report
from community.venues.week import monday_of, venue_days
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import needs
from portal.charts.chart import WIDTH, description_of, draw
from portal.pages.downloads import svg_response
from portal.pdf.rendering import PdfError
from portal.values.months import month_after

_YEARS_BACK = 5


def _venues(request) -> list[Venue]:
    return list(rows(Venue, request.access, P.VENUES, request.community).select_related("unit"))


def _chosen(request, venues: list[Venue]) -> Venue | None:
    return next((each for each in venues if str(each.uuid) == request.GET.get("venue")), None)


def _day(request) -> datetime.date:
    """The day that the address names, by default today; one out of reach is today."""
    today = timezone.localdate()
    try:
        day = parse_date(request.GET.get("day", ""))
    except ValueError:
        day = None
    return day if day and abs(day.year - today.year) <= 50 else today


@needs(P.VENUES)
@require_GET
def week(request):
    """A week of a venue by day and hour; the first bookable venue where the address names none."""
    venues = _venues(request)
    venue = _chosen(request, venues) or next((v for v in venues if v.is_bookable), None)
    venue = venue or next(iter(venues), None)
    monday = monday_of(_day(request))
    context = {"venues": venues, "venue": venue, "monday": monday, "week": None}
    if venue:
        sunday = monday + datetime.timedelta(days=6)
        context |= {
            "week": venue_days(venue, monday, sunday, request.access, request.community),
            "sunday": sunday,
            "before": monday - datetime.timedelta(days=7),
            "after": monday + datetime.timedelta(days=7),
            "this_week": monday_of(timezone.localdate()),
        }
    return render(request, "community/venues/week.html", context)


@needs(P.VENUES)
@require_GET
def sheet(request):
    """场地使用表 of a week or a month, for the wall."""
    venue = _chosen(request, _venues(request))
    if venue is None:
        raise Http404
    day = _day(request)
    span = MONTH if request.GET.get("span") == MONTH else WEEK
    first = day.replace(day=1) if span == MONTH else monday_of(day)
    last = (month_after(first) if span == MONTH else first + datetime.timedelta(days=7)) - datetime.timedelta(
        days=1
    )
    try:
        return sheet_paper(request, venue_days(venue, first, last, request.access, request.community), span)
    except PdfError as error:
        messages.error(request, str(error))
        return redirect(f"{request.community.url('community:venue_week')}?venue={venue.uuid}&day={first}")


@needs(P.VENUES)
@require_GET
def use(request):
    """Open and used hours of a year by venue, month and kind of user."""
    report, venues, chosen = _report(request)
    chart = chart_of(report, _title(report, chosen))
    today = timezone.localdate()
    query = request.GET.urlencode()
    context = {
        "report": report,
        "venues": venues,
        "chosen": chosen,
        "years": range(today.year + 1, today.year - _YEARS_BACK, -1),
        "users": VenueBooking.UsedBy.labels,
        "months": [(f"{n}月", each) for n, each in enumerate(report.months, 1)],
        "image": {
            "url": f"{request.community.url('community:venue_use_chart')}{'?' if query else ''}{query}",
            "alt": description_of(chart),
            "width": WIDTH,
            "height": chart.height,
        },
    }
    return render(request, "community/venues/use.html", context)


@needs(P.VENUES)
@require_GET
def use_chart(request):
    """The chart of the statistics, drawn from the numbers of this moment."""
    report, _, chosen = _report(request)
    return svg_response(draw(chart_of(report, _title(report, chosen))))


def _title(report: UsageReport, venue: Venue | None) -> str:
    return f"{report.year}年{venue or '场地'}开放和使用"


def _report(request) -> tuple[UsageReport, list[Venue], Venue | None]:
    """The report of the year and the venue that the address names, all venues, and that one."""
    this_year = timezone.localdate().year
    text = request.GET.get("year", "")
    year = int(text) if text.isdecimal() and len(text) == 4 else this_year
    year = year if this_year - _YEARS_BACK < year <= this_year + 1 else this_year
    venues = _venues(request)
    chosen = _chosen(request, venues)
    shown = [chosen] if chosen else venues
    bookings = rows(VenueBooking, request.access, P.VENUES, request.community).confirmed()
    bookings = bookings.filter(venue__in=[each.pk for each in shown]).on_days(*year_of(year))
    columns = ("community_id", "venue_id", "starts_at", "ends_at", "used_by")
    return usage_report(shown, list(bookings.only(*columns)), year), venues, chosen
