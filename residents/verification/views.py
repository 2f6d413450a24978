"""Verification rounds (入户核实): coverage by stairwell, printed door lists, and data entry from them."""

import io
import uuid
from collections import defaultdict
from contextlib import suppress

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from community.communities.profile import profile_of
from community.places.heads import heads_by_stairwell
from community.places.models import Area, Stairwell
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs
from portal.audit.models import AccessLog
from portal.audit.request_log import log_request
from portal.form_pages.pages import FormPage
from portal.pages.downloads import download_of_today
from portal.pdf.rendering import PdfError, render_pdf
from portal.spreadsheets.writing import OutputColumn, write_xlsx
from portal.values.dates import prose_date
from residents.homes.models import Dwelling, Residence
from residents.verification.actions import enter_verification_list
from residents.verification.coverage import (
    Coverage,
    StairwellCoverage,
    names_in_dwellings,
    stairwell_coverage,
    with_last_verification,
)
from residents.verification.forms import RoundForm

PERIODS = (30, 60, 90, 180)
MOST_PRINTED = 30
"""Stairwells of one PDF: 400 doors take seven seconds to lay out."""

_SHEET = (
    OutputColumn("楼道", width=20),
    OutputColumn("所属", width=16),
    OutputColumn("负责人", width=20),
    OutputColumn("户数"),
    OutputColumn("已核实"),
    OutputColumn("待核实"),
    OutputColumn("覆盖率（%）"),
    OutputColumn("上次走访", width=14),
)


class CoverageQuery:
    """Query parameters of the page: period in days, area (with those below it), search words, late ones only."""

    def __init__(self, request):
        self.fresh_days = profile_of(request.community).fresh_days
        self.periods = sorted({*PERIODS, self.fresh_days})
        days = request.GET.get("days", "")
        self.days = int(days) if days in {str(period) for period in self.periods} else self.fresh_days
        self.areas = list(
            rows(Area, request.access, Permission.REPORTS_REVIEW, request.community).order_by(
                "kind", "number", "name"
            )
        )
        self.area = next((a for a in self.areas if str(a.uuid) == request.GET.get("area")), None)
        self.words = request.GET.get("q", "").strip()
        self.late = "late" in request.GET

    def matches(self, line: StairwellCoverage) -> bool:
        covered = line.covered
        if self.late and covered.days is not None and covered.days <= self.days:
            return False
        return not self.words or self.words in line.stairwell.label or self.words in line.head_words


@needs(Permission.REPORTS_REVIEW)
@require_GET
def coverage(request):
    """Coverage of the community, of the areas below, and of each stairwell, the worst first."""
    query = CoverageQuery(request)
    lines, below = _lines(request, query)
    total = Coverage()
    for line in lines:
        total.add(line.covered)
    context = {
        "query": query,
        "lines": sorted(filter(query.matches, lines), key=lambda line: line.worst_first),
        "count": len(lines),
        "total": total,
        "below": below,
        "late": sum(line.covered.days is None or line.covered.days > query.days for line in lines),
    }
    return render(request, "residents/verification/list.html", context)


@needs(Permission.REPORTS_REVIEW)
def coverage_export(request):
    """The stairwells of the page as a spreadsheet."""
    if request.method != "POST":
        return redirect(request.community.url("residents:freshness"))
    query = CoverageQuery(request)
    lines = sorted(filter(query.matches, _lines(request, query)[0]), key=lambda line: line.worst_first)
    log_request(request, AccessLog.Action.EXPORT, Stairwell, [line.stairwell.pk for line in lines])
    stream = io.BytesIO()
    write_xlsx(_SHEET, map(_sheet_row, lines), stream, title=f"入户核实（近{query.days}天）")
    return download_of_today(stream.getvalue(), f"{request.community.name}入户核实", "xlsx")


def _sheet_row(line: StairwellCoverage) -> tuple:
    covered = line.covered
    last = timezone.localdate(covered.last) if covered.last else "未走访过"
    area = line.stairwell.area
    numbers = (covered.doors, covered.fresh, covered.due, covered.percent)
    return (line.stairwell.label, area.name if area else "", line.head_words, *numbers, last)


@needs(Permission.REPORTS_REVIEW)
def round_print(request):
    """PDF of the doors of the selected stairwells, in large print, each on pages of its own; logged as print."""
    list_url = f"{request.community.url('residents:freshness')}?{request.GET.urlencode()}"
    if request.method != "POST":
        return redirect(list_url)
    chosen = list(_stairwells(request).filter(uuid__in=_uuids(request)).select_related("community"))
    if not chosen or len(chosen) > MOST_PRINTED:
        message = f"一次最多打印{MOST_PRINTED}个楼道，请分几次打印。" if chosen else "请先勾选要打印的楼道。"
        messages.warning(request, message)
        return redirect(list_url)
    heads = heads_by_stairwell(request.community, chosen)
    doors = _dwellings(request).filter(stairwell__in=chosen).order_by("sort", "id")
    names = names_in_dwellings(_current_residences(request, doors))
    at = defaultdict(list)
    for door in doors:
        at[door.stairwell_id].append((door, names.get(door.pk, [])))
    pages = [(StairwellCoverage(s, Coverage(), heads[s.pk]), at[s.pk]) for s in chosen]
    log_request(request, AccessLog.Action.PRINT, Dwelling, [door.pk for door in doors])
    context = {"place": request.community.name, "dated": timezone.localdate(), "pages": pages}
    try:
        pdf = render_pdf("residents/verification/print_doors.html", context)
    except PdfError as error:
        messages.error(request, str(error))
        return redirect(list_url)
    name = f"{chosen[0].label}入户核实表" if len(chosen) == 1 else f"{request.community.name}入户核实表"
    return download_of_today(pdf, name, "pdf")


class RoundEnter(FormPage):
    """Data entry of the paper list of one stairwell, in its order: a checkbox for each door without changes."""

    permission = Permission.REPORTS_REVIEW
    form_class = RoundForm
    template_name = "residents/verification/enter.html"

    def load(self, stairwell):
        self.stairwell = get_object_or_404(_stairwells(self.request), uuid=stairwell)
        self.doors = _dwellings(self.request).filter(stairwell=self.stairwell).order_by("sort", "id")

    def form_arguments(self) -> dict:
        heads = heads_by_stairwell(self.request.community, [self.stairwell])[self.stairwell.pk]
        return {"dwellings": self.doors, "heads": heads}

    def perform(self, form) -> str:
        ticked, head, on = list(form.cleaned_data["row"]), form.head, form.cleaned_data["on"]
        new = enter_verification_list(by=self.request.user, dwellings=ticked, on=on, head=head)
        walker = head.name if head else self.request.user.name
        suffix = f"，其中{len(ticked) - new}户当天已有记录" if new < len(ticked) else ""
        day = prose_date(on)
        self.message = f"{self.stairwell.label}：{walker}{day}走访，{len(ticked)}户无变化{suffix}。"
        return self.request.community.url("residents:freshness")

    def extra_context(self, form) -> dict:
        names = names_in_dwellings(_current_residences(self.request, self.doors))
        doors = [
            (door, names.get(door.pk, []), str(door.uuid) in form.ticked)
            for door in with_last_verification(self.doors)
        ]
        return {"stairwell": self.stairwell, "doors": doors}


def _lines(
    request, query: CoverageQuery
) -> tuple[list[StairwellCoverage], list[tuple[Area | None, Coverage]]]:
    """Coverage of the stairwells of the selected area, and of the areas directly below it."""
    above = {area.pk: area.parent_id for area in query.areas}
    stairwells, branch = [], {}
    for stairwell in _stairwells(request).select_related("area"):
        chain = []
        area = stairwell.area_id
        while area is not None:
            chain.append(area)
            area = above.get(area)
        if query.area is None:
            branch[stairwell.pk] = chain[-1] if chain else None
        elif query.area.pk in chain:
            at = chain.index(query.area.pk)
            branch[stairwell.pk] = chain[at - 1] if at else None
        else:
            continue
        stairwells.append(stairwell)
    doors = _dwellings(request).filter(stairwell__in=[s.pk for s in stairwells])
    lines = stairwell_coverage(
        stairwells, doors, query.days, heads_by_stairwell(request.community, stairwells)
    )
    sums: dict[int | None, Coverage] = defaultdict(Coverage)
    for line in lines:
        sums[branch[line.stairwell.pk]].add(line.covered)
    below = [(area, sums[area.pk]) for area in query.areas if area.pk in sums]
    if below and None in sums:
        below.append((None, sums[None]))
    return lines, below


def _stairwells(request):
    stairwells = rows(Stairwell, request.access, Permission.REPORTS_REVIEW, request.community)
    return stairwells.order_by("sort", "id")


def _dwellings(request):
    return rows(Dwelling, request.access, Permission.REPORTS_REVIEW, request.community)


def _current_residences(request, doors):
    """Current residences at these dwellings."""
    residences = rows(Residence, request.access, Permission.PEOPLE_NAMES, request.community)
    return residences.living().open().filter(household__dwelling__in=doors)


def _uuids(request) -> list[uuid.UUID]:
    """Uuids of the selected rows; any other text is ignored."""
    uuids = []
    for text in request.POST.getlist("row"):
        with suppress(ValueError):
            uuids.append(uuid.UUID(text))
    return uuids
