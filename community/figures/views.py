"""Figures of a community (数据总览), computed on request; also as a spreadsheet."""

import io
from decimal import Decimal

from django.shortcuts import render
from django.utils import timezone

from community.figures.visible_figures import figures_for
from portal.access.permissions import Permission
from portal.access.views import needs
from portal.hooks.figures import Figure
from portal.pages.downloads import download_of_today
from portal.spreadsheets.writing import OutputColumn, write_xlsx

COLUMNS = (OutputColumn("项目", width=24), OutputColumn("数值", width=12), OutputColumn("单位", width=12))


@needs(Permission.FIGURES_VIEW)
def figures(request):
    """All figures, linked to the register they count where this user may open it."""
    table = [(figure, _formatted(figure.value), figure.url) for figure in _figures(request)]
    return render(request, "community/figures/figures.html", {"table": table, "today": timezone.localdate()})


@needs(Permission.FIGURES_VIEW)
def figures_export(request):
    """The same table as a spreadsheet; it holds numbers only, no personal data."""
    stream = io.BytesIO()
    lines = [(figure.label, figure.value, figure.unit) for figure in _figures(request)]
    write_xlsx(COLUMNS, lines, stream, title="数据总览")
    return download_of_today(stream.getvalue(), f"{request.community.name}数据总览", "xlsx")


def _figures(request) -> list[Figure]:
    """Figures, unique by label: a community that calls its areas 居民大组 has one line for them, not two."""
    figures = figures_for(request.access, request.community, timezone.localdate().year - 1)
    return list({figure.label: figure for figure in figures}.values())


def _formatted(value: int | Decimal | None) -> str:
    """Format a number without trailing zeros: 0.160 is 0.16, 440.00 is 440."""
    if value is None:
        return "未填"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
