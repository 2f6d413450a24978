"""What the register of people and homes gives: figures, search, secrets, the data check, and what is due in it."""

import datetime
from collections.abc import Iterator
from functools import partial

from django.db.models import Q
from django.urls import reverse

from community.models import Building
from portal.access import Access, CommunityRef
from portal.finding import found_in
from portal.offers import (
    Due,
    Figure,
    Found,
    Kind,
    Secret,
    SecretWords,
    Step,
    offer,
)
from portal.permissions import Permission
from portal.scoping import rows
from portal.search_words import SearchWords
from residents.actions.places import relabel
from residents.finding import labels_meant
from residents.models import (
    ChangeReport,
    CorrectionRequest,
    Dwelling,
    FormFilling,
    Household,
    PersonMerge,
    Residence,
)
from residents.models.filling import CONTENT_COLUMN
from residents.models.merge import SEALED_COLUMN
from residents.models.report import ID_COLUMN as REPORT_ID_COLUMN
from residents.numbers import find_by_number, read_number_words
from residents.registers import DwellingRegister, HouseholdRegister, PersonRegister
from residents.reports import population_counts
from residents.soundness import checks_for, homes, last_run, people, places, serious_of

offer(Kind.SOUNDNESS)(people.checks)
offer(Kind.SOUNDNESS)(homes.checks)
offer(Kind.SOUNDNESS)(places.checks)


@offer(Kind.SECRETS)
def reported_numbers() -> Iterator[Secret]:
    yield Secret("上报的证件号码", ChangeReport, "sealed", lambda report: (REPORT_ID_COLUMN, report.uuid))
    yield Secret("合并记录的证件号码", PersonMerge, "sealed", lambda merge: (SEALED_COLUMN, merge.uuid))


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
def heads_missing(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """Households that a death, a departure or a refused row left without a head."""
    if not access.can(Permission.PEOPLE_EDIT, community):
        return
    count = rows(Household, access, Permission.PEOPLE_EDIT, community).without_head().count()
    if count:
        url = reverse("residents:household_list", kwargs={"community": community.code})
        yield Due(f"{count}户没有户主", f"{url}?state=headless", "去查看", count=count)


@offer(Kind.DUE)
def corrections_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """Requests to put something right that nobody has answered, by the day of the most urgent."""
    if not access.can(Permission.PEOPLE_EDIT, community):
        return
    waiting = list(rows(CorrectionRequest, access, Permission.PEOPLE_EDIT, community).open())
    if waiting:
        url = reverse("residents:correction_list", kwargs={"community": community.code})
        title = f"{len(waiting)}件更正申请待答复"
        yield Due(title, f"{url}?state=open", "去答复", on=waiting[0].due, count=len(waiting))


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


@offer(Kind.RENAMED)
def relabel_dwellings(building: Building) -> Iterator[int]:
    """Dwellings carry the name of their building and stairwell, and so do the people in them."""
    below = Q(building=building) | Q(stairwell__building=building)
    dwellings = Dwelling.objects.filter(below, community_id=building.community_id)
    yield relabel(dwellings.select_related("building", "stairwell__building"))


@offer(Kind.FIND)
def found(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[Found]:
    """People first, then where they are at home."""
    for order, register in enumerate((PersonRegister(), DwellingRegister(), HouseholdRegister())):
        yield from found_in(register, access, community, words, order)


@offer(Kind.SPELLINGS)
def labels_of_addresses(community: CommunityRef, text: str) -> Iterator[str]:
    """The labels of the dwellings, stairwells or buildings that an address names."""
    yield from labels_meant(text, community)


@offer(Kind.SENSITIVE)
def certificate_numbers(words: str) -> Iterator[SecretWords]:
    """Certificate numbers. Four digits may as well be of a phone or a room, so those words are searched too."""
    meant = read_number_words(words)
    if meant:
        ordinary = words if meant.tails else ""
        yield SecretWords(ordinary, partial(find_by_number, meant))
