"""Hooks of the verification of dwellings: to-do, street table, menu, panel and filter of dwellings."""

import datetime
from collections import Counter
from collections.abc import Collection, Iterator

import django_filters
from django import forms
from django.db.models import OuterRef
from django.urls import reverse
from django.utils import timezone

from community.places.models import Stairwell
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.bulletin import StreetTable
from portal.hooks.due import Due
from portal.hooks.menu import DeskArea, add_menu_page
from portal.hooks.registry import Hook, hook
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Panel
from residents.homes.models import Dwelling
from residents.verification.bulletin_section import drill_down_rows, sections
from residents.verification.coverage import (
    community_coverage,
    cutoff,
    door_counts,
    fresh_days_by_community,
    own_cutoff,
    unvisited,
    with_last_verification,
)
from residents.verification.models import Verification

hook(Hook.BULLETIN_SECTIONS)(sections)
hook(Hook.BULLETIN_ROWS)(drill_down_rows)

add_menu_page(
    DeskArea.PEOPLE, "入户核实", "residents:freshness", Permission.REPORTS_REVIEW, 51, line="上报和核实"
)


@hook(Hook.DUE)
def rounds_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """Stairwells without any verification within the community's period."""
    places = access.permitted(Permission.REPORTS_REVIEW, communities)
    fresh_days = fresh_days_by_community(places)
    stairwells = rows(Stairwell, access, Permission.REPORTS_REVIEW).in_communities(places)
    stairwells = stairwells.annotate(since=own_cutoff(fresh_days))
    for pk, count in unvisited(stairwells, OuterRef("since")).counts_by_community().items():
        url = places[pk].url("residents:freshness")
        title = f"超过{fresh_days[pk]}天未走访的楼道 {count}个"
        yield Due(places[pk], title, f"{url}?late", "去查看", count=count)


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
                f"{timezone.localdate(covered.last):%Y-%m-%d}" if covered.last else "未核实过",
            )
            for community in communities
            if (covered := coverage_by_community.get(community.id))
        },
        "覆盖率为核实期限（各社区自定）内已核实户数的比例。",
    )


@hook(Hook.DUE)
def doors_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """For a building head: doors whose verification is older than the community's period."""
    places = access.permitted(Permission.DOORS, communities)
    fresh_days = fresh_days_by_community(places)
    of_stairwell = {
        stairwell: role.community.id
        for role in access.stairwell_roles
        if role.community.id in places
        for stairwell in role.stairwells
    }
    doors = rows(Dwelling, access, Permission.DOORS).in_communities(places)
    stale: Counter[int] = Counter()
    for stairwell, (count, fresh) in door_counts(
        doors.filter(stairwell_id__in=of_stairwell), own_cutoff(fresh_days)
    ).items():
        stale[of_stairwell[stairwell]] += count - fresh
    for pk, count in stale.items():
        if count:
            title = f"超过{fresh_days[pk]}天未核实 {count}户"
            yield Due(places[pk], title, reverse("residents:head_stairwells"), "去核实", count=count)


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
        return [Panel("入户核实", ("时间", "核实人"), [(v.at, v.who) for v in checks], empty="未核实过")]
