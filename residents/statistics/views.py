"""Population statistics (人口统计): tables and charts of the same numbers, for the community or a part of it."""

import io

from django.http import Http404
from django.shortcuts import render

from community.places.models import Area, Stairwell
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs
from portal.charts.chart import WIDTH, description_of, draw
from portal.pages.downloads import download_of_today, svg_response
from portal.spreadsheets.writing import write_sheets
from residents.homes.place_filters import StatisticsPlace
from residents.statistics.cells import StatisticsTable
from residents.statistics.counts import StatisticsCounts
from residents.statistics.tables import TABLES, tables_of


@needs(Permission.FIGURES_VIEW)
def statistics(request):
    """All tables of the selected place, each with its chart."""
    place, areas, stairwells = _selected_place(request)
    numbers = StatisticsCounts(request.community, place)
    context = {
        "numbers": numbers,
        "place": place,
        "areas": areas,
        "stairwells": stairwells,
        "tables": [(table, _image(request, table)) for table in tables_of(request.access, numbers)],
        "export_url": _url(request, "statistics_export"),
    }
    return render(request, "residents/statistics/statistics.html", context)


@needs(Permission.FIGURES_VIEW)
def statistics_chart(request, table):
    """The chart of one table, drawn from the numbers of this moment."""
    numbers = StatisticsCounts(request.community, _selected_place(request)[0])
    tables = tables_of(request.access, numbers, [table] if table in TABLES else [])
    if not tables or tables[0].chart is None:
        raise Http404
    return svg_response(draw(tables[0].chart))


@needs(Permission.FIGURES_VIEW)
def statistics_export(request):
    """The tables as a spreadsheet, a sheet each; numbers only, no personal data."""
    numbers = StatisticsCounts(request.community, _selected_place(request)[0])
    stream = io.BytesIO()
    sheets = [
        (table.title, table.header, [(line.label, *(c.shown for c in line.cells)) for line in table.lines])
        for table in tables_of(request.access, numbers)
    ]
    write_sheets(sheets, stream)
    name = f"{request.community.name}{numbers.place.name}人口统计"
    return download_of_today(stream.getvalue(), name, "xlsx")


def _selected_place(request) -> tuple[StatisticsPlace, list[Area], list[Stairwell]]:
    """The place selected in the query, and the areas and stairwells to choose from.

    A stairwell outside the selected area is ignored.
    """
    areas = list(_rows(request, Area).order_by("kind", "number", "name"))
    area = _chosen(request, "area", areas)
    stairwells = list(_rows(request, Stairwell).select_related("area").order_by("sort", "id"))
    if area:
        stairwells = [s for s in stairwells if s.area and area.pk in (s.area_id, s.area.parent_id)]
    return StatisticsPlace(area, _chosen(request, "stairwell", stairwells)), areas, stairwells


def _rows(request, model):
    return rows(model, request.access, Permission.FIGURES_VIEW, request.community)


def _chosen(request, name: str, places: list):
    return next((place for place in places if str(place.uuid) == request.GET.get(name)), None)


def _url(request, page: str, **more) -> str:
    url = request.community.url(f"residents:{page}", **more)
    return f"{url}?{request.GET.urlencode()}" if request.GET else url


def _image(request, table: StatisticsTable) -> dict | None:
    """Attributes of the `<img>` of a table's chart; None for an empty chart."""
    chart = table.chart
    if chart is None or not any(value for series in chart.series for value in series.values):
        return None
    return {
        "url": _url(request, "statistics_chart", table=table.key),
        "alt": description_of(chart),
        "width": WIDTH,
        "height": chart.height,
    }
