"""Hooks of data quality: its rules, to-do, menu, and the panel of issues of a person or household."""

import datetime
from collections.abc import Iterator

from django.urls import reverse

from community.people.models import Person
from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due
from portal.hooks.menu import page
from portal.hooks.registry import Kind, offer
from portal.registers.extensions import RegisterExtension, extend
from residents.data_quality.findings import checks_for, last_run, serious_of
from residents.data_quality.models import NumberFinding
from residents.data_quality.panels import finding_panels
from residents.data_quality.rules import heads, households, people
from residents.homes.models import Household

page("人口与房屋", "数据体检", "residents:soundness", Permission.PEOPLE_EDIT, 70)

offer(Kind.SOUNDNESS)(people.checks)
offer(Kind.SOUNDNESS)(households.checks)
offer(Kind.SOUNDNESS)(heads.checks)


@offer(Kind.DUE)
def data_unsound(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """Serious findings of the last data check, in one line."""
    if not access.can(Permission.PEOPLE_EDIT, community):
        return
    kinds, count = serious_of(last_run(community), checks_for(access, community))
    if count:
        url = reverse("residents:soundness", kwargs={"community": community.code})
        title = f"数据体检发现{kinds}类严重问题，共{count}处"
        yield Due(title, url, "去更正", count=count, key="soundness")


@extend
class PersonIssues(RegisterExtension):
    model = Person
    order = -10
    parts = (NumberFinding,)

    def panels(self, row, access, community):
        return finding_panels(row, access, community)


@extend
class HouseholdIssues(RegisterExtension):
    model = Household
    order = -10

    def panels(self, row, access, community):
        return finding_panels(row, access, community)
