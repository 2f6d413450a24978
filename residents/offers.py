"""What residents/ gives to pages that do not know it."""

import datetime
from collections.abc import Iterator
from functools import partial

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from community.models import Building
from portal.access import Access, CommunityRef
from portal.finding import found_in
from portal.offers import Due, Figure, Found, Kind, SecretWords, Step, offer
from portal.permissions import Permission
from portal.scoping import rows
from residents import actions
from residents.models import ChangeReport, Dwelling, Household, Residence
from residents.numbers import find_by_number, read_number_words
from residents.registers import DwellingRegister, HouseholdRegister, PersonRegister
from residents.reports import population_counts
from residents.sections import rows_behind, sections

offer(Kind.BULLETIN_SECTIONS)(sections)
offer(Kind.BULLETIN_ROWS)(rows_behind)


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
        yield Due(f"{count}条变动上报待审核", f"{url}?state=pending", "去审核", day, count)


@offer(Kind.DUE)
def heads_missing(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """Households that a death, a departure or a refused row left without a head."""
    if not access.can(Permission.PEOPLE_EDIT, community):
        return
    count = rows(Household, access, Permission.PEOPLE_EDIT, community).without_head().count()
    if count:
        url = reverse("residents:household_list", kwargs={"community": community.code})
        yield Due(f"{count}户没有户主", f"{url}?state=headless", "去查看", count=count)


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
