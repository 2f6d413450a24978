"""Hooks of the care registers (重点人群): figures, to-do, menu, departures, and additions to the pages of people."""

import datetime
from collections.abc import Collection, Iterator
from decimal import Decimal
from functools import partial, reduce
from operator import or_

from django.utils import timezone

from community.people.models import Person
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.crypto.encrypted_fields import secret_context
from portal.hooks.about import PersonFact, PersonLabels
from portal.hooks.departure import Consequence, Departure
from portal.hooks.due import Due
from portal.hooks.figures import Figure
from portal.hooks.menu import DeskArea, add_menu_page
from portal.hooks.registry import Hook, hook
from portal.hooks.secrets import EncryptedColumn
from portal.hooks.timeline import TimelineEntry
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.filter_fields import SeveralFilter
from portal.registers.filters import ListFilter
from residents.care.actions import end_entry
from residents.care.benefit_suggestions import PERSON_RULES, due_title, topics_by_community
from residents.care.models.base import CareEntry
from residents.care.models.disability import Disability
from residents.care.models.dismissal import CareDismissal
from residents.care.models.elder import Elder
from residents.care.models.kind import CareKind
from residents.care.models.low_income import LowIncome
from residents.care.models.unemployed import Unemployed
from residents.care.private_words import resident_scanners
from residents.care.queries import MODELS, care_condition, care_kinds_by_person, entries_of, open_entries
from residents.care.registers import REGISTERS as CARE_REGISTERS

add_menu_page(
    DeskArea.WELFARE, "重点人群总览", "residents:care_overview", Permission.CARE, 5, line="重点人群"
)
add_menu_page(DeskArea.WELFARE, "待遇与到期提醒", "residents:care_proposals", Permission.CARE, 130)

hook(Hook.PERSONAL_DATA_SCANNERS)(resident_scanners)


@hook(Hook.SECRETS)
def care_secrets() -> Iterator[EncryptedColumn]:
    yield _secret("残疾人证号", Disability, "certificate")
    yield _secret("老年人银行卡号", Elder, "bank_card")


def _secret(title: str, model: type, name: str) -> EncryptedColumn:
    return EncryptedColumn(
        title, model, f"{name}_cipher", lambda row: (secret_context(model, name), row.uuid)
    )


@hook(Hook.FIGURES)
def care_figures(community: CommunityRef, year: int) -> Iterator[Figure]:
    """Households on low income now; disabled people who found work in the year."""
    today = timezone.localdate()
    url = CARE_REGISTERS[CareKind.LOW_INCOME]().url("list", community)

    def households(day: datetime.date) -> int:
        return LowIncome.objects.of(community).current(day).values("household").distinct().count()

    yield Figure(
        "low_income_households",
        "低保户",
        partial(households, today),
        "户",
        f"{url}?state=current",
        partial(households, today.replace(day=1) - datetime.timedelta(days=1)),
    )
    url = CARE_REGISTERS[CareKind.UNEMPLOYED]().url("list", community)
    placed = Unemployed.objects.of(community).placed(year).of_disabled(today)
    people = placed.order_by().values("person").distinct()
    url = f"{url}?placed={year}&disabled=yes"
    yield Figure("disabled_placed_in_work", "残疾人再就业", people.count, "人", url)


@hook(Hook.DUE)
def care_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """Due entries of each care register by their first due day, and the number of benefit suggestions."""
    places = access.permitted(Permission.CARE, communities)
    for pk, topics in topics_by_community(places, today).items():
        community = places[pk]
        for topic in topics:
            if topic.care and topic.count:
                title = due_title(topic.care, topic.count, is_late=topic.first < today)
                url, key = topic.url(community), f"care:{topic.care}"
                yield Due(community, title, url, "去办理", topic.first, topic.count, key=key)
        count = sum(topic.count for topic in topics if topic.rule in PERSON_RULES)
        if count:
            url = community.url("residents:care_proposals")
            yield Due(community, f"{count}人待核实待遇", url, "去核实", count=count)


@hook(Hook.PERSON_LEFT)
def end_care_entries(person: Person, departure: Departure) -> Iterator[Consequence]:
    """The person's open entries in the care registers."""
    for number, (kind, pk) in enumerate(open_entries(person), start=1):
        # Whoever records the departure may lack the right to know which register it is.
        title = f"重点人群登记（第{number}项）"
        entry = MODELS[kind](pk=pk, community_id=person.community_id)  # read only where it is ended
        end = partial(_end, kind, pk, departure)
        yield Consequence(f"care-{list(CareKind).index(kind)}-{pk}", title, entry, end)


def _end(kind: CareKind, pk: int, departure: Departure) -> None:
    entry = MODELS[kind].objects.get(pk=pk)
    end_entry(entry, departure.on, "死亡" if departure.died else "迁出")


@hook(Hook.ABOUT)
def care_about(person: Person, access: Access) -> Iterator[PersonFact]:
    """The care entries of a person, present and past, for users with the right to see them."""
    community = next((ref for ref in access.communities if ref.id == person.community_id), None)
    if community is None or not access.can(Permission.CARE, community):
        return
    today = timezone.localdate()
    for kind, entry, url in _entries(person, access, community):
        text = "，".join(word for word in (_grade(entry), _course(entry, today)) if word)
        yield PersonFact(kind.label, text, url, order=10)


@hook(Hook.TIMELINE)
def care_of_person(person: Person, access: Access, community: CommunityRef) -> Iterator[TimelineEntry]:
    """When the care entries of a person began and ended."""
    if not access.can(Permission.CARE, community):
        return
    for kind, entry, url in _entries(person, access, community):
        if entry.start:
            yield TimelineEntry(entry.start, "重点人群", f"{kind.label}开始", url, _grade(entry))
        if entry.end:
            yield TimelineEntry(entry.end, "重点人群", f"{kind.label}终止", url, entry.end_reason)


def _entries(
    person: Person, access: Access, community: CommunityRef
) -> list[tuple[CareKind, CareEntry, str]]:
    """Kind, entry and address of each care entry of a person; read once for facts and timeline of their page."""
    if not hasattr(person, "care_entries"):
        person.care_entries = [
            (kind, entry, CARE_REGISTERS[kind]().url("detail", community, entry))
            for kind, pks in entries_of(person).items()
            for entry in rows(MODELS[kind], access, Permission.CARE, community).filter(pk__in=pks)
        ]
    return person.care_entries


def _grade(entry) -> str:
    """Kind and grade of an entry, and the monthly amount, in a few words."""
    words = [
        getattr(entry, f"get_{name}_display")()
        for name in ("kind", "grade", "cause", "result", "service", "level")
        if hasattr(entry, f"get_{name}_display")
    ]
    amount = getattr(entry, "amount", None) or getattr(entry, "allowance", None)
    if amount:
        words.append(f"每月{Decimal(amount):f}元")
    return " ".join(word for word in words if word)


def _course(entry, today: datetime.date) -> str:
    if entry.is_current(today):
        return f"{entry.start}起" if entry.start else ""
    return f"{entry.end}终止" if entry.end and entry.end < today else f"{entry.start}开始"


@hook(Hook.PERSON_LABELS)
def care_labels(access: Access, community: CommunityRef, people: Collection[int]) -> Iterator[PersonLabels]:
    """The care registers that each person is in, in the order of the menu."""
    if access.can(Permission.CARE, community):
        kinds_by_person = care_kinds_by_person(community, people)
        yield PersonLabels(
            "重点人群",
            {
                person: "、".join(kind.label for kind in CareKind if kind in kinds)
                for person, kinds in kinds_by_person.items()
            },
        )


def _in_any_register(values):
    """Condition: in one of these care registers today."""
    return reduce(or_, (care_condition(CareKind(value)) for value in values))


def _filter_care(queryset, name, values):
    return queryset.filter(_in_any_register(values))


def _filter_not_care(queryset, name, values):
    return queryset.exclude(_in_any_register(values))


def _several(label: str, method):
    return lambda: SeveralFilter(label=label, choices=CareKind.choices, method=method)


@extend
class PersonCareExtension(RegisterExtension):
    model = Person
    order = -30
    part_models = (CareDismissal,)
    filters = (
        ListFilter("care", _several("属于其中任一类", _filter_care), Permission.CARE, "重点人群"),
        ListFilter("no_care", _several("不属于", _filter_not_care), Permission.CARE, "重点人群"),
    )
