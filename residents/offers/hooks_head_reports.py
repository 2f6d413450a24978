"""Hooks of building heads' reports: to-do and encrypted columns."""

import datetime
from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from portal.access import Access, CommunityRef
from portal.offers import Due, Kind, Secret, offer
from portal.permissions import Permission
from portal.scoping import rows
from residents.models import ChangeReport
from residents.models.report import ID_COLUMN
from residents.sections_reports import rows_behind, sections

offer(Kind.BULLETIN_SECTIONS)(sections)
offer(Kind.BULLETIN_ROWS)(rows_behind)


@offer(Kind.SECRETS)
def reported_numbers() -> Iterator[Secret]:
    yield Secret("上报的证件号码", ChangeReport, "sealed", lambda report: (ID_COLUMN, report.uuid))


@offer(Kind.DUE)
def reports_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """Reports pending review by staff, with the day of the oldest."""
    if not access.can(Permission.REPORTS_REVIEW, community):
        return
    waiting = rows(ChangeReport, access, Permission.REPORTS_REVIEW, community).waiting()
    count, oldest = waiting.count(), waiting.first()
    if oldest:
        url = reverse("residents:report_list", kwargs={"community": community.code})
        day = timezone.localdate(oldest.reported_at)
        yield Due(f"{count}条变动上报待审核", f"{url}?state=pending", "去审核", count=count, since=day)


@offer(Kind.DUE)
def reports_returned(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """For a building head: own reports that were returned and not replaced yet."""
    if not access.can(Permission.DOORS, community):
        return
    reports = rows(ChangeReport, access, Permission.DOORS, community)
    returned = list(
        reports.filter(
            proposer=access.user, state=ChangeReport.State.RETURNED, replaced_by__isnull=True
        ).order_by("reviewed_at")
    )
    if returned:
        url, since = reverse("residents:head_reports"), timezone.localdate(returned[0].reviewed_at)
        yield Due(f"{len(returned)}条上报被退回", url, "去改正", count=len(returned), since=since)
