"""What residents/ gives to pages that do not know it."""

import datetime
from collections import Counter
from collections.abc import Collection, Iterator
from functools import partial

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from community.models import Building, Community, Person, Stairwell
from community.reports import profile_of
from community.rules import value_of
from portal.access import Access, CommunityRef
from portal.finding import found_in
from portal.offers import (
    Departure,
    Due,
    Ending,
    Fact,
    Figure,
    Found,
    Kind,
    Secret,
    SecretWords,
    Step,
    StreetTable,
    offer,
)
from portal.permissions import Permission
from portal.scoping import rows
from portal.todo import SOON_DAYS
from residents import actions, care_offers
from residents.freshness import community_coverage, coverage, start_of, unvisited
from residents.health import unreported_deaths
from residents.models import (
    ChangeReport,
    CorrectionRequest,
    Dwelling,
    FollowUp,
    FormFilling,
    HealthNotice,
    HealthRecord,
    Household,
    PersonMerge,
    Residence,
    Visit,
)
from residents.models.care.kind import CareKind
from residents.models.filling import CONTENT_COLUMN
from residents.models.merge import SEALED_COLUMN
from residents.models.report import ID_COLUMN as REPORT_ID_COLUMN
from residents.numbers import find_by_number, read_number_words
from residents.registers import DwellingRegister, HouseholdRegister, PersonRegister
from residents.reports import population_counts
from residents.rules import Key
from residents.sections import rows_behind, sections
from residents.soundness import checks_for, homes, last_run, people, places, serious_of
from residents.visiting import due_visits

offer(Kind.BULLETIN_SECTIONS)(sections)
offer(Kind.BULLETIN_ROWS)(rows_behind)
offer(Kind.SECRETS)(care_offers.care_numbers)
offer(Kind.FIGURES)(care_offers.care_figures)
offer(Kind.DUE)(care_offers.care_due)
offer(Kind.PERSON_LEFT)(care_offers.care_left)
offer(Kind.ABOUT)(care_offers.care_about)
offer(Kind.SOUNDNESS)(people.checks)
offer(Kind.SOUNDNESS)(homes.checks)
offer(Kind.SOUNDNESS)(places.checks)


@offer(Kind.SECRETS)
def reported_numbers() -> Iterator[Secret]:
    yield Secret("上报的证件号码", ChangeReport, "sealed", lambda report: (REPORT_ID_COLUMN, report.uuid))
    yield Secret("合并记录的证件号码", PersonMerge, "sealed", lambda merge: (SEALED_COLUMN, merge.uuid))


@offer(Kind.SECRETS)
def health_facts() -> Iterator[Secret]:
    for title, model in (
        ("健康档案", HealthRecord),
        ("健康随访记录", FollowUp),
        ("健康报告", HealthNotice),
    ):
        yield Secret(title, model, "sealed", lambda row: (row.sealed_column(), row.uuid))


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


_NAMES = 3
"""Names in one line of the to-do."""


@offer(Kind.DUE)
def own_visits_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """Own planned visits: those overdue, those of today, those of the next days, each in one line with the names."""
    if not access.can(Permission.CARE, community):
        return
    soon = today + datetime.timedelta(days=SOON_DAYS)
    planned = rows(Visit, access, Permission.CARE, community).planned()
    own = list(
        planned.filter(worker=access.user, planned_on__lte=soon)
        .select_related("person", "household__dwelling")
        .order_by("planned_on", "id")
    )
    url = reverse("residents:visit_mine", kwargs={"community": community.code})
    for key, words, visits in (
        ("overdue", "走访已逾期", [v for v in own if v.planned_on < today]),
        ("today", "今天走访", [v for v in own if v.planned_on == today]),
        ("soon", f"近{SOON_DAYS}天走访", [v for v in own if v.planned_on > today]),
    ):
        if visits:
            names = "、".join(visit.who for visit in visits[:_NAMES])
            more = f"等{len(visits)}次" if len(visits) > _NAMES else ""
            yield Due(
                f"{words}：{names}{more}",
                url,
                "去走访",
                visits[0].planned_on,
                len(visits),
                key=f"visits-{key}",
            )


@offer(Kind.DUE)
def care_visits_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """People in the care registers whose visit is due and not planned, in one line for each category."""
    if not access.can(Permission.CARE, community):
        return
    url = reverse("residents:visit_due", kwargs={"community": community.code})
    waiting = Counter(due.kind for due in due_visits(access, community, today) if not due.planned_on)
    for kind, count in sorted(waiting.items()):
        unit = "户" if kind is CareKind.LOW_INCOME else "人"
        title = f"{kind.label}{count}{unit}到期应走访，还没有安排"
        yield Due(title, f"{url}?category={kind}", "去安排", count=count)


@offer(Kind.DUE)
def health_due(access: Access, community: CommunityRef, today: datetime.date) -> Iterator[Due]:
    """For holders of the health right: follow-ups, notices and records to end. Nothing names a person or a disease."""
    if not access.can(Permission.HEALTH, community):
        return
    here = {"community": community.code}
    records = rows(HealthRecord, access, Permission.HEALTH, community)
    list_url, notices_url = (reverse(f"residents:health_{page}", kwargs=here) for page in ("list", "notices"))
    soon = records.due(today + datetime.timedelta(days=SOON_DAYS)).aggregate(
        count=Count("pk"), first=Min("next_due")
    )
    if soon["count"]:
        title = f"{soon['count']}人健康随访到期"
        yield Due(title, f"{list_url}?state=due", "去随访", soon["first"], soon["count"])
    for key, due_at in (
        rows(HealthNotice, access, Permission.HEALTH, community)
        .open()
        .order_by("due_at")
        .values_list("uuid", "due_at")
    ):
        until = timezone.localtime(due_at)
        url = reverse("residents:health_notice", kwargs={**here, "notice_row": key})
        yield Due(f"健康报告待报出，最迟{until:%H:%M}", url, "去报告", until.date())
    deaths = list(unreported_deaths(access, community, today).values_list("died_on", flat=True))
    if deaths:
        days = value_of(community, Key.DEATH_NOTICE_DAYS, today)
        title = f"{len(deaths)}人去世后还没有报告社区卫生服务中心"
        until = deaths[0] + datetime.timedelta(days=days)
        yield Due(title, notices_url, "去登记", until, len(deaths), key="deaths")
    if count := records.to_end().count():
        yield Due(
            f"{count}份健康档案的居民已去世或迁出，待结束随访",
            f"{list_url}?state=to_end",
            "去结束",
            count=count,
        )


@offer(Kind.ABOUT)
def visits_about(person: Person, access: Access) -> Iterator[Fact]:
    """The last visit to somebody and the next planned one."""
    if person.community_id not in access.community_ids(Permission.CARE):
        return
    visits = rows(Visit, access, Permission.CARE).filter(community_id=person.community_id, person=person)
    last = visits.done().order_by("-done_on", "-id").select_related("worker").first()
    planned = visits.planned().order_by("planned_on", "id").select_related("worker").first()
    said = []
    if last:
        said.append(f"上次{last.done_on}（{last.get_category_display()}，{last.worker.name}）")
    if planned:
        said.append(
            f"下次计划{planned.planned_on}（{planned.get_category_display()}，{planned.worker.name}）"
        )
    if said:
        yield Fact("走访", "；".join(said))


@offer(Kind.ABOUT)
def follow_up_about(person: Person, access: Access) -> Iterator[Fact]:
    """That somebody has a health record, for those who may open it."""
    if person.community_id not in access.community_ids(Permission.HEALTH):
        return
    found = rows(HealthRecord, access, Permission.HEALTH).filter(
        community_id=person.community_id, person=person
    )
    if record := found.first():
        said = f"下次随访{record.next_due}" if record.next_due else "随访已结束"
        yield Fact("健康档案", said)


@offer(Kind.PERSON_LEFT)
def visits_left(person: Person, departure: Departure) -> Iterator[Ending]:
    """Planned visits of somebody who died or moved out are called off."""
    planned = Visit.objects.filter(community_id=person.community_id, person=person).planned()
    why = f"{departure.on}{'去世' if departure.died else '迁出'}"
    for visit in planned.order_by("planned_on", "id"):
        # Whoever records the departure may not know of the category.
        title = f"{visit.planned_on}的走访安排"
        end = partial(actions.cancel_visit, by=None, visit=visit, reason=why)
        yield Ending(f"visit-{visit.uuid}", title, end)


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
