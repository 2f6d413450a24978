"""Hooks of the verification of dwellings: to-do, street table, menu, panel and filter of dwellings."""

import datetime
from collections.abc import Collection, Iterator

import django_filters
from django import forms
from django.urls import reverse
from django.utils import timezone

from community.communities.models import Community
from community.communities.profile import profile_of
from community.places.models import Stairwell
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.bulletin import StreetTable
from portal.hooks.due import Due
from portal.hooks.menu import add_menu_page
from portal.hooks.registry import Hook, hook
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Panel
from residents.homes.models import Dwelling
from residents.verification.bulletin_section import drill_down_rows, sections
from residents.verification.coverage import (
    community_coverage,
    cutoff,
    door_counts,
    unvisited,
    with_last_verification,
)
from residents.verification.models import Verification

hook(Hook.BULLETIN_SECTIONS)(sections)
hook(Hook.BULLETIN_ROWS)(drill_down_rows)

add_menu_page("日常", "入户核实", "residents:freshness", Permission.REPORTS_REVIEW, 25)


@hook(Hook.DUE)
def rounds_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """Stairwells without any verification within the community's period."""
    if not access.can(Permission.REPORTS_REVIEW, community):
        return
    days = profile_of(community).fresh_days
    stairwells = rows(Stairwell, access, Permission.REPORTS_REVIEW, community)
    count = unvisited(stairwells, cutoff(days)).count()
    if count:
        url = community.url("residents:freshness")
        yield Due(f"{count}个楼道超过{days}天没有走访", f"{url}?late", "去查看", count=count)


@hook(Hook.STREET)
def street_coverage(communities: Collection[CommunityRef]) -> Iterator[StreetTable]:
    """Verification coverage of each community."""
    coverage_by_community = community_coverage()
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
            if (covered := coverage_by_community.get(community.id))
        },
        "覆盖率是在各社区自定的核实期限内核实过的户数占比。",
    )


@hook(Hook.DUE)
def doors_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """For a building head: doors whose verification is older than the community's period."""
    if not access.can(Permission.DOORS, community):
        return
    stairwells = frozenset().union(
        *(h.stairwells for h in access.stairwell_roles if h.community == community)
    )
    doors = rows(Dwelling, access, Permission.DOORS, community).filter(stairwell_id__in=stairwells)
    place = Community.objects.get(pk=community.id)
    counts = door_counts(doors, cutoff(place.fresh_days)).values()
    stale = sum(count - fresh for count, fresh in counts)
    if stale:
        url = reverse("residents:head_stairwells")
        yield Due(f"{stale}户超过{place.fresh_days}天没有核实", url, "去核实", count=stale)


def _filter_fresh(queryset, name, value):
    return with_last_verification(queryset).filter(verified_at__gte=cutoff(int(value)))


@extend
class DwellingVerifications(RegisterExtension):
    model = Dwelling
    order = 10
    filters = (
        (
            "fresh",
            lambda: django_filters.NumberFilter(
                label="核实过（近几天）",
                method=_filter_fresh,
                min_value=1,
                max_value=3_650,
                widget=forms.HiddenInput,
            ),
        ),
    )

    def panels(self, row, access, community):
        checks = rows(Verification, access, Permission.PLACES_VIEW, community).filter(dwelling=row)
        checks = checks.select_related("by", "on_behalf_of")[:5]
        return [Panel("入户核实", ("时间", "核实人"), [(v.at, v.who) for v in checks], empty="还没有核实过")]
