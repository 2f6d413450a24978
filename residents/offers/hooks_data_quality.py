"""Hooks of data quality: its rules, to-do, menu, and the panel of issues of a person or household."""

import datetime
from collections.abc import Iterator

from django.urls import reverse

from community.models import Person
from portal.access import Access, CommunityRef
from portal.menu import page
from portal.offers import Due, Kind, offer
from portal.permissions import Permission
from portal.register_extensions import RegisterExtension, extend
from residents.models import Household, NumberFinding
from residents.registers.findings import finding_panels
from residents.soundness import checks_for, homes, last_run, people, places, serious_of

page("人口与房屋", "数据体检", "residents:soundness", Permission.PEOPLE_EDIT, 70)

offer(Kind.SOUNDNESS)(people.checks)
offer(Kind.SOUNDNESS)(homes.checks)
offer(Kind.SOUNDNESS)(places.checks)


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
