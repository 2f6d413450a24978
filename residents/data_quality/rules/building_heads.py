"""Rules of heads: stairwells without a head, pending reports."""

from collections.abc import Iterator

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from community.places.models import Building, HeadAppointment, Stairwell
from portal.access.permissions import Permission as P
from portal.hooks.data_quality import Issue, Rule, Severity
from residents.data_quality import urls_of_rows
from residents.head_reports.models import ChangeReport


def _headless(community) -> models.QuerySet:
    """Residential stairwells without a current head of the stairwell, its group or its area."""
    current = HeadAppointment.objects.filter(community=OuterRef("community")).current().order_by()
    responsible = Q(stairwell=OuterRef("pk")) | Q(area=OuterRef("area")) | Q(area=OuterRef("area__parent"))
    stairwells = Stairwell.objects.of(community).filter(building__use=Building.Use.RESIDENTIAL)
    return stairwells.exclude(Exists(current.filter(responsible)))


def _describe_headless(stairwells, access, community) -> Iterator[Issue]:
    appoint = reverse("community:headappointment_create", kwargs={"community": community.code})
    for stairwell in stairwells.select_related("area"):
        kwargs = {"community": community.code, "row": stairwell.uuid}
        yield Issue(
            stairwell.label,
            reverse("community:stairwell_detail", kwargs=kwargs),
            str(stairwell.area or "没有所属小组"),
            (("任命", f"{appoint}?stairwell={stairwell.pk}"),),
        )


def _pending(community) -> models.QuerySet:
    return ChangeReport.objects.of(community).waiting()


def _describe_pending(reports, access, community) -> Iterator[Issue]:
    for report in reports.select_related("dwelling", "proposer"):
        url = urls_of_rows.page(community, "report", report)
        day = timezone.localtime(report.reported_at)
        yield Issue(
            report.who or str(report.dwelling),
            url,
            f"{report.get_what_display()}，{report.dwelling}，{report.proposer.name}{day:%Y-%m-%d}上报",
            (("去审核", url),),
        )


def checks() -> Iterator[Rule]:
    yield Rule(
        "stairwell-headless",
        "无楼道长的楼道",
        "住宅楼的楼道，本楼道、所属小组和片区都没有现任负责人。",
        Severity.HINT,
        _headless,
        _describe_headless,
        P.PLACES_EDIT,
        40,
    )
    yield Rule(
        "report-waiting",
        "变动上报待审核",
        "楼道长上报的变动尚未审核，台账仍为原内容。",
        Severity.HINT,
        _pending,
        _describe_pending,
        P.REPORTS_REVIEW,
        41,
    )
