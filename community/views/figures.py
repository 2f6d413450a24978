"""The community's figures (数据总览), computed from rows while the page is made; also as a spreadsheet."""

import io
from decimal import Decimal

from django.shortcuts import render
from django.utils import timezone

from community.visible_figures import figures_for
from portal.offers import Figure
from portal.permissions import Permission
from portal.spreadsheets.writing import Column, write_xlsx
from portal.views.base import needs
from portal.views.downloads import download_of_today

COLUMNS = (Column("项目", width=24), Column("数值", width=12), Column("单位", width=12))


@needs(Permission.FIGURES_VIEW)
def figures(request):
    """Every figure with the list of rows it counts, where this user may open that list."""
    table = [(figure, _written(figure.value), figure.url) for figure in _figures(request)]
    return render(request, "community/figures.html", {"table": table, "today": timezone.localdate()})


@needs(Permission.FIGURES_VIEW)
def figures_export(request):
    """The same table as a spreadsheet; it holds numbers only, no personal data."""
    stream = io.BytesIO()
    lines = [(figure.label, figure.value, figure.unit) for figure in _figures(request)]
    write_xlsx(COLUMNS, lines, stream, title="数据总览")
    return download_of_today(stream.getvalue(), f"{request.community.name}数据总览", "xlsx")


def _figures(request) -> list[Figure]:
    """By label: a community that calls its areas 居民大组 has one line for them, not two."""
    found = figures_for(request.access, request.community, timezone.localdate().year - 1)
    return list({figure.label: figure for figure in found}.values())


def _written(value: int | Decimal | None) -> str:
    """A number as people write it: 0.160 is 0.16, 440.00 is 440."""
    if value is None:
        return "未填"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
