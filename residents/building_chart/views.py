"""The page of a building's chart (楼幢图)."""

from urllib.parse import urlencode

from django.db.models import Q
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from community.places.models import Building
from community.places.registers import BuildingRegister
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import needs
from portal.registers.panels import Link
from portal.registers.row_links import RowLinks
from residents.building_chart.chart import building_chart, colourings
from residents.building_chart.markup import column_heads, doors_markup, grid_rows


@needs(P.PLACES_VIEW)
@require_GET
def chart(request, building):
    """Floors × stairwells of a building; `by` names the colouring, any other text the first."""
    access, community = request.access, request.community
    buildings = rows(Building, access, P.PLACES_VIEW, community)
    row = get_object_or_404(buildings, uuid=building)
    choices = colourings(access, community)
    chosen = next((each for each in choices if each == request.GET.get("by")), choices[0])
    laid_out, links = building_chart(row, chosen, access, community), RowLinks(access, community)
    register = BuildingRegister()
    context = {
        "building": row,
        "trail": [
            Link(register.heading, register.url("list", community)),
            Link(row.label, register.url("detail", community, row)),
        ],
        "chart": laid_out,
        "heads": column_heads(laid_out.stairwells, links),
        "grid": grid_rows(laid_out, links),
        "outside": doors_markup(laid_out.outside, links, full=True),
        "choices": [(each.label, f"?{urlencode({'by': each})}", each is chosen) for each in choices],
        "chosen": chosen,
        "beside": [
            (word, other and f"{_url(community, other)}?{urlencode({'by': chosen})}", other)
            for word, other in zip(("上一幢", "下一幢"), _beside(buildings, row), strict=True)
        ],
    }
    return render(request, "residents/building_chart/chart.html", context)


def _url(community, building: Building) -> str:
    return community.url("residents:building_chart", building=building.uuid)


def _beside(buildings, row: Building) -> tuple[Building | None, Building | None]:
    """The buildings before and after this one in the order of house numbers."""
    before = buildings.filter(Q(sort__lt=row.sort) | Q(sort=row.sort, pk__lt=row.pk))
    after = buildings.filter(Q(sort__gt=row.sort) | Q(sort=row.sort, pk__gt=row.pk))
    return before.order_by("-sort", "-id").first(), after.order_by("sort", "id").first()
