"""What building heads' reports and rounds give: what is due, and how fresh each register is."""

import datetime
from collections.abc import Collection, Iterator

from django.urls import reverse
from django.utils import timezone

from community.models import Community, Stairwell
from community.reports import profile_of
from portal.access import Access, CommunityRef
from portal.offers import (
    Due,
    Kind,
    StreetTable,
    offer,
)
from portal.permissions import Permission
from portal.scoping import rows
from residents.freshness import community_coverage, coverage, start_of, unvisited
from residents.models import (
    ChangeReport,
    Dwelling,
)


@offer(Kind.DUE)
def reports_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """Building heads' reports that wait for staff, with the day of the oldest."""
    if not access.can(Permission.REPORTS_REVIEW, community):
        return
    waiting = rows(ChangeReport, access, Permission.REPORTS_REVIEW, community).waiting()
    count, oldest = waiting.count(), waiting.first()
    if oldest:
        url = reverse("residents:report_list", kwargs={"community": community.code})
        day = timezone.localdate(oldest.reported_at)
        yield Due(f"{count}条变动上报待审核", f"{url}?state=pending", "去审核", count=count, since=day)


@offer(Kind.DUE)
def rounds_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """Stairwells at whose doors nobody has been for longer than the community allows."""
    if not access.can(Permission.REPORTS_REVIEW, community):
        return
    days = profile_of(community).fresh_days
    stairwells = rows(Stairwell, access, Permission.REPORTS_REVIEW, community)
    count = unvisited(stairwells, start_of(days)).count()
    if count:
        url = reverse("residents:freshness", kwargs={"community": community.code})
        yield Due(f"{count}个楼道超过{days}天没有走访", f"{url}?late", "去查看", count=count)


@offer(Kind.STREET)
def street_freshness(communities: Collection[CommunityRef]) -> Iterator[StreetTable]:
    """How fresh each community's register is, in numbers."""
    found = community_coverage()
    yield StreetTable(
        "入户核实",
        ("户数", "已核实", "覆盖率", "最近走访"),
        {
            community.id: (
                str(covered.doors),
                str(covered.fresh),
                f"{covered.percent}%",
                f"{timezone.localdate(covered.last):%Y-%m-%d}" if covered.last else "从未",
            )
            for community in communities
            if (covered := found.get(community.id))
        },
        "覆盖率是在各社区自定的核实期限内核实过的户数占比。",
    )


@offer(Kind.DUE)
def reports_returned(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """For a building head: own reports that were sent back and not put right yet."""
    if not access.can(Permission.DOORS, community):
        return
    found = rows(ChangeReport, access, Permission.DOORS, community)
    returned = list(
        found.filter(
            proposer=access.user, state=ChangeReport.State.RETURNED, replaced_by__isnull=True
        ).order_by("reviewed_at")
    )
    if returned:
        url, since = reverse("residents:head_reports"), timezone.localdate(returned[0].reviewed_at)
        yield Due(f"{len(returned)}条上报被退回", url, "去改正", count=len(returned), since=since)


@offer(Kind.DUE)
def doors_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """For a building head: doors at which nobody has looked for too long."""
    if not access.can(Permission.DOORS, community):
        return
    own = frozenset().union(*(h.stairwells for h in access.door_holdings if h.community == community))
    doors = rows(Dwelling, access, Permission.DOORS, community).filter(stairwell_id__in=own)
    place = Community.objects.get(pk=community.id)
    counts = coverage(doors, start_of(place.fresh_days)).values()
    stale = sum(count - fresh for count, fresh in counts)
    if stale:
        url = reverse("residents:head_stairwells")
        yield Due(f"{stale}户超过{place.fresh_days}天没有核实", url, "去核实", count=stale)
