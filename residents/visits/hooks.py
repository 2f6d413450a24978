"""Hooks of home visits (走访): to-do, menu, departures, and additions to the page of a person."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from functools import partial

from django.db.models import Q
from django.utils import timezone

from community.people.models import Person
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.about import PersonFact, PersonLabels
from portal.hooks.departure import Consequence, Departure
from portal.hooks.due import Due
from portal.hooks.menu import DeskArea, add_act, add_menu_page
from portal.hooks.registry import Hook, hook
from portal.hooks.timeline import TimelineEntry
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link
from portal.todo.todo import SOON_DAYS
from residents.care.models.kind import CareKind
from residents.homes.models import Residence
from residents.visits.actions import cancel_visit
from residents.visits.models import Visit
from residents.visits.registers import VisitRegister
from residents.visits.visits_due import due_visits

add_menu_page(DeskArea.WELFARE, "我的走访", "residents:visit_mine", Permission.CARE, 120, line="走访")
add_menu_page(DeskArea.WELFARE, "待走访对象", "residents:visit_due", Permission.CARE, 122, line="走访")
add_act(DeskArea.WELFARE, "登记走访", "residents:visit_log_new", Permission.CARE, 3)

_NAMES = 3
"""Most names in one line of the to-do."""


@hook(Hook.DUE)
def own_visits_due(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """The user's planned visits: overdue, today, soon, each in one line with the names."""
    places = access.permitted(Permission.CARE, communities)
    soon = today + datetime.timedelta(days=SOON_DAYS)
    planned = rows(Visit, access, Permission.CARE).in_communities(places).planned()
    needing = planned.filter(worker=access.user, planned_on__lte=soon) | planned.without_worker()
    needing = needing.select_related("person", "household__dwelling").order_by("planned_on", "id")
    groups = defaultdict(list)
    for visit in needing:
        groups[visit.community_id, _when(visit, access.user, today)].append(visit)
    for (pk, when), visits in groups.items():
        page, query, action, words = {
            "left": (
                "list",
                "?state=planned",
                "去改派",
                f"走访人已无走访权限，待改派 {len(visits)}次",
            ),
            "overdue": ("mine", "", "去走访", "走访已逾期"),
            "today": ("mine", "", "去走访", "今天走访"),
            "soon": ("mine", "", "去走访", f"未来{SOON_DAYS}天走访"),
        }[when]
        url = places[pk].url(f"residents:visit_{page}") + query
        title, on = f"{words}：{_names(visits)}", visits[0].planned_on
        yield Due(places[pk], title, url, action, on, len(visits), key=f"visits-{when}")


def _when(visit: Visit, user, today: datetime.date) -> str:
    """Line of the to-do to which a planned visit belongs."""
    if visit.worker_id != user.pk:
        return "left"
    if visit.planned_on < today:
        return "overdue"
    return "today" if visit.planned_on == today else "soon"


def _names(visits: list[Visit]) -> str:
    names = "、".join(visit.who for visit in visits[:_NAMES])
    return names + (f"等{len(visits)}次" if len(visits) > _NAMES else "")


@hook(Hook.DUE)
def care_visits_due(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """People in care whose visit is due and not planned, in one line a category."""
    places = access.permitted(Permission.CARE, communities)
    waiting = Counter(
        (due.community_id, due.kind) for due in due_visits(access, places, today) if not due.planned_on
    )
    for (pk, kind), count in sorted(waiting.items()):
        url = places[pk].url("residents:visit_due")
        unit = "户" if kind is CareKind.LOW_INCOME else "人"
        title, fold = f"{kind.label}{count}{unit}到期未走访，待安排", "到期未走访，待安排"
        yield Due(places[pk], title, f"{url}?category={kind}", "去安排", count=count, fold=fold)


@hook(Hook.ABOUT)
def visits_about(person: Person, access: Access) -> Iterator[PersonFact]:
    """The last visit to somebody and the next planned one."""
    if person.community_id not in access.community_ids(Permission.CARE):
        return
    visits = rows(Visit, access, Permission.CARE).filter(community_id=person.community_id, person=person)
    last = visits.done().order_by("-done_on", "-id").select_related("worker").first()
    planned = visits.planned().order_by("planned_on", "id").select_related("worker").first()
    sentences = []
    if last:
        sentences.append(f"上次{last.done_on}（{last.get_category_display()}，{last.worker.name}）")
    if planned:
        sentences.append(
            f"下次计划{planned.planned_on}（{planned.get_category_display()}，{planned.worker.name}）"
        )
    if sentences:
        yield PersonFact("走访", "；".join(sentences), order=30)


@hook(Hook.TIMELINE)
def visits_of_person(person: Person, access: Access, community: CommunityRef) -> Iterator[TimelineEntry]:
    """The visits to a person, also those to a household of theirs, made, planned or cancelled."""
    households = Residence.objects.of(community).filter(person=person).open().values("household")
    visits = rows(Visit, access, Permission.CARE, community).filter(
        Q(person=person) | Q(household__in=households)
    )
    visits_url = VisitRegister().url("list", community)
    for visit in visits.select_related("worker"):
        yield TimelineEntry(
            visit.done_on or visit.planned_on,
            "走访",
            f"{visit.get_category_display()}，{visit.get_state_display()}",
            f"{visits_url}{visit.uuid}/",
            "：".join(filter(None, (visit.worker.name, visit.found or visit.reason))),
        )


@hook(Hook.PERSON_LABELS)
def visit_labels(access: Access, community: CommunityRef, people: Collection[int]) -> Iterator[PersonLabels]:
    """Whose visit is planned, and whose is overdue."""
    if access.can(Permission.CARE, community):
        today = timezone.localdate()
        homes = Residence.objects.of(community).filter(person__in=people).open()
        members: defaultdict[int, list[int]] = defaultdict(list)
        for household, person in homes.values_list("household", "person"):
            members[household].append(person)
        planned = rows(Visit, access, Permission.CARE, community).planned()
        planned = planned.filter(Q(person__in=people) | Q(household__in=members))
        words: dict[int, str] = {}
        for visit in planned.order_by("planned_on", "id"):
            for pk in [visit.person_id, *members[visit.household_id]]:
                words.setdefault(pk, "走访逾期" if visit.is_overdue(today) else "待走访")
        yield PersonLabels("走访", words)


@hook(Hook.PERSON_LEFT)
def cancel_planned_visits(person: Person, departure: Departure) -> Iterator[Consequence]:
    """Cancel the planned visits of somebody who died or moved out."""
    planned = Visit.objects.filter(community_id=person.community_id, person=person).planned()
    reason = f"{departure.on}{'去世' if departure.died else '迁出'}"
    for visit in planned.order_by("planned_on", "id"):
        # Whoever records the departure may lack the right to know the category.
        title = f"{visit.planned_on}的走访安排"
        end = partial(cancel_visit, by=None, visit=visit, reason=reason)
        yield Consequence(f"visit-{visit.uuid}", title, visit, end)


@extend
class PersonVisits(RegisterExtension):
    model = Person
    order = 40

    def links(self, row, access, community):
        if row.died_on or not access.can(Permission.CARE, community):
            return []
        url = community.url("residents:visit_log_new")
        return [Link("登记走访", f"{url}?person={row.uuid}")]
