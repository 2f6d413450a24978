"""Hooks of data quality: its rules, to-do, menu, and the panel of issues of a person or household."""

import datetime
from collections.abc import Collection, Iterator

from community.people.models import Person
from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due
from portal.hooks.menu import DeskArea, add_menu_page
from portal.hooks.registry import Hook, hook
from portal.registers.extensions import RegisterExtension, extend
from residents.data_quality.findings import count_serious, latest_runs, rules_for
from residents.data_quality.models import IdNumberIssue
from residents.data_quality.panels import issue_panels
from residents.data_quality.rules import building_heads, households, people
from residents.homes.models import Household

add_menu_page(
    DeskArea.PEOPLE,
    "数据体检",
    "residents:data_quality",
    Permission.PEOPLE_EDIT,
    91,
    line="统计和体检",
    is_tool=True,
)

hook(Hook.DATA_QUALITY)(people.checks)
hook(Hook.DATA_QUALITY)(households.checks)
hook(Hook.DATA_QUALITY)(building_heads.checks)


@hook(Hook.DUE)
def issues_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """Serious findings of the last data check, in one line."""
    places = access.permitted(Permission.PEOPLE_EDIT, communities)
    for run in latest_runs(places):
        community = places[run.community_id]
        kinds, count = count_serious(run, rules_for(access, community))
        if not count:
            continue
        url = community.url("residents:data_quality")
        title = f"数据体检严重问题 {kinds}类，共{count}处"
        yield Due(community, title, url, "去更正", count=count, key="soundness")


@extend
class PersonIssues(RegisterExtension):
    model = Person
    order = -10
    part_models = (IdNumberIssue,)

    def panels(self, row, access, community):
        return issue_panels(row, access, community)


@extend
class HouseholdIssues(RegisterExtension):
    model = Household
    order = -10

    def panels(self, row, access, community):
        return issue_panels(row, access, community)
