"""What residents/ gives to pages that do not know it."""

import datetime
from collections.abc import Collection, Iterator
from functools import partial

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from community.models import Building, Community, Stairwell
from community.reports import profile_of
from portal.access import Access, CommunityRef
from portal.finding import found_in
from portal.offers import Due, Figure, Found, Kind, Secret, SecretWords, Step, StreetTable, offer
from portal.permissions import Permission
from portal.scoping import rows
from residents import actions
from residents.freshness import community_coverage, coverage, start_of, unvisited
from residents.models import ChangeReport, Dwelling, FormFilling, Household, Residence
from residents.models.filling import CONTENT_COLUMN
from residents.models.report import ID_COLUMN as REPORT_ID_COLUMN
from residents.numbers import find_by_number, read_number_words
from residents.registers import DwellingRegister, HouseholdRegister, PersonRegister
from residents.reports import population_counts
from residents.sections import rows_behind, sections

offer(Kind.BULLETIN_SECTIONS)(sections)
offer(Kind.BULLETIN_ROWS)(rows_behind)


@offer(Kind.SECRETS)
def reported_numbers() -> Iterator[Secret]:
    yield Secret("上报的证件号码", ChangeReport, "sealed", lambda report: (REPORT_ID_COLUMN, report.uuid))


@offer(Kind.SECRETS)
def uploaded_forms() -> Iterator[Secret]:
    yield Secret("待填的表", FormFilling, "content", lambda form: (CONTENT_COLUMN, form.uuid), at_once=5)


@offer(Kind.FIGURES)
def figures(community: CommunityRef, year: int) -> Iterator[Figure]:
    """Households and people, living and registered, as they are now, whatever the year."""
    counts = population_counts(community)
    households = reverse("residents:household_list", kwargs={"community": community.code})
    people = reverse("residents:person_list", kwargs={"community": community.code})
    yield Figure("households", "住户", counts.households, "户", f"{households}?kind=living")
    yield Figure("residents", "居住人口", counts.residents, "人", f"{people}?state=living")
    yield Figure(
        "households_registered", "户籍户", counts.households_registered, "户", f"{households}?kind=registered"
    )
    yield Figure(
        "residents_registered", "户籍人口", counts.residents_registered, "人", f"{people}?state=registered"
    )


@offer(Kind.FIRST_STEPS)
def first_steps(access: Access, community: CommunityRef) -> Iterator[Step]:
    """The first import fills the register of people."""
    if access.can(Permission.PEOPLE_IMPORT, community):
        url = reverse("residents:person_import", kwargs={"community": community.code})
        done = rows(Residence, access, Permission.PEOPLE_IMPORT, community).exists()
        yield Step(20, "导入居民台账", url, done)


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
def heads_missing(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """Households that a death, a departure or a refused row left without a head."""
    if not access.can(Permission.PEOPLE_EDIT, community):
        return
    count = rows(Household, access, Permission.PEOPLE_EDIT, community).without_head().count()
    if count:
        url = reverse("residents:household_list", kwargs={"community": community.code})
        yield Due(f"{count}户没有户主", f"{url}?state=headless", "去查看", count=count)


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


@offer(Kind.RENAMED)
def relabel_dwellings(building: Building) -> Iterator[int]:
    """Dwellings carry the name of their building and stairwell, and so do the people in them."""
    below = Q(building=building) | Q(stairwell__building=building)
    dwellings = Dwelling.objects.filter(below, community_id=building.community_id)
    yield actions.relabel(dwellings.select_related("building", "stairwell__building"))


@offer(Kind.FIND)
def found(access: Access, community: CommunityRef, words: str) -> Iterator[Found]:
    """People first, then where they are at home."""
    for order, register in enumerate((PersonRegister(), DwellingRegister(), HouseholdRegister())):
        yield from found_in(register, access, community, words, order)


@offer(Kind.SENSITIVE)
def certificate_numbers(words: str) -> Iterator[SecretWords]:
    """Certificate numbers. Four digits may as well be of a phone or a room, so those words are searched too."""
    meant = read_number_words(words)
    if meant:
        ordinary = words if meant.tails else ""
        yield SecretWords(ordinary, partial(find_by_number, meant))
