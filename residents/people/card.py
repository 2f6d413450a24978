"""The page of a person: the line of summary, the people of the household, where they lived, and the timeline."""

import uuid
from collections.abc import Iterable
from typing import NamedTuple

from community.people.models import Person
from community.places.models import HeadAppointment
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.registry import Hook, call_hooks
from portal.registers.panels import Panel, Tag, Timeline
from portal.registers.row_links import RowLinks, RowRef
from residents.homes.models import Dwelling, Kind, Residence


class Home(NamedTuple):
    """Where somebody lives or is registered, as `PersonRegister.prefetch_values` reads it for a whole page."""

    label: str | None
    dwelling: uuid.UUID | None
    household: int
    relation: str

    @property
    def target(self) -> RowRef | None:
        """The dwelling; None for a collective household."""
        return RowRef(Dwelling, self.dwelling) if self.dwelling else None


HOME_COLUMNS = ("household__dwelling__label", "household__dwelling__uuid", "household", "relation_word")


def homes_by_person(people: Iterable[Person]) -> dict[int, dict[str, Home]]:
    """Open residences by person and kind, in one query."""
    people = list(people)
    residences = Residence._default_manager.filter(
        community__in={person.community_id for person in people}, person__in=[person.pk for person in people]
    )
    homes: dict[int, dict[str, Home]] = {person.pk: {} for person in people}
    for pk, kind, *home in residences.open().order_by().values_list("person", "kind", *HOME_COLUMNS):
        homes[pk][kind] = Home(*home)
    return homes


def place_targets(people: Iterable[Person]) -> list[RowRef | None]:
    """The dwelling that the column of places names: where somebody lives, or else is registered."""
    homes = [person.homes.get(Kind.LIVING) or person.homes.get(Kind.REGISTERED) for person in people]
    return [home.target if home else None for home in homes]


def summary(person: Person, access, community) -> list:
    """男 69岁 · 户主 · dwelling · phone · tags of other registers, each for who may see it."""
    links = RowLinks(access, community)
    living, registered = person.homes.get(Kind.LIVING), person.homes.get(Kind.REGISTERED)
    relation = next((home.relation for home in (living, registered) if home and home.relation), "")
    parts = [_sex_and_age(person), f"{person.died_on}去世" if person.died_on else "", relation]
    if living:
        parts.append(links.link(living.target, living.label))
    elif not person.died_on:
        parts.append("现在不住本社区")
    if registered and (living is None or registered.dwelling != living.dwelling):
        parts.append(links.link(registered.target, f"户籍在{registered.label or '集体户'}"))
    if access.can(P.PEOPLE_VIEW, community):
        parts.append(person.phone)
    for labels in call_hooks(Hook.PERSON_LABELS, access, community, [person.pk]):
        parts += map(Tag, filter(None, labels.words.get(person.pk, "").split("、")))
    return [part for part in parts if part]


def _sex_and_age(person: Person) -> str:
    age = person.age
    words = "" if age is None or age < 0 else "不满1岁" if age == 0 else f"{age}岁"
    if words and person.died_on:
        words = f"终年{words}"
    return " ".join(filter(None, (person.get_sex_display(), words)))


def panels(person: Person, access, community) -> list[Panel | Timeline]:
    links = RowLinks(access, community)
    members = [_members(person, access, community, links)] if person.homes else []
    return [
        *members,
        _residences(person, access, community, links),
        *_appointments(person, access, community, links),
        Timeline.of("历次记录", call_hooks(Hook.TIMELINE, person, access, community)),
    ]


def mask_phone(phone: str) -> str:
    """Mask a phone number for lists: 138****5678."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "****" if phone else ""


def _members(person: Person, access, community, links: RowLinks) -> Panel:
    """Everybody else of the households that this person lives and is registered in."""
    residences = (
        rows(Residence, access, P.PEOPLE_NAMES, community)
        .filter(household__in={home.household for home in person.homes.values()})
        .open()
        .exclude(person=person)
        .select_related("person")
        .order_by("kind", "-is_head", "id")
    )
    by_person: dict[int, list[Residence]] = {}
    for residence in residences:
        by_person.setdefault(residence.person_id, []).append(residence)
    labels = [
        label
        for label in call_hooks(Hook.PERSON_LABELS, access, community, list(by_person))
        if any(label.words.values())
    ]
    sees_phones = access.can(P.PEOPLE_VIEW, community)
    lines = [
        (
            links.link(residences[0].person, residences[0].person.name),
            "、".join(dict.fromkeys(r.relation_word for r in residences if r.relation_word)),
            residences[0].person.age if residences[0].person.age is not None else "",
            *((mask_phone(residences[0].person.phone),) if sees_phones else ()),
            "、".join(r.get_kind_display() for r in residences),
            *(label.words.get(pk, "") for label in labels),
        )
        for pk, residences in by_person.items()
    ]
    phone = ("联系电话",) if sees_phones else ()
    header = ("姓名", "与户主关系", "年龄", *phone, "同户", *(label.title for label in labels))
    return Panel("同户人员", header, lines, empty="没有同户的其他人")


def _residences(person: Person, access, community, links: RowLinks) -> Panel:
    residences = rows(Residence, access, P.PEOPLE_NAMES, community).filter(person=person).valid()
    return Panel(
        "居住与户籍",
        ("类别", "房屋", "与户主关系", "起", "止"),
        [
            (
                links.link(r.household, f"{r.get_kind_display()}户"),
                links.link(r.household.dwelling, r.household.dwelling or "集体户"),
                r.relation_word,
                r.start or "",
                r.end or "至今",
            )
            for r in residences.select_related("household__dwelling").order_by("end", "-start")
        ],
        empty="没有居住或户籍记录",
    )


def _appointments(person: Person, access, community, links: RowLinks) -> list[Panel]:
    appointments = rows(HeadAppointment, access, P.PLACES_VIEW, community).filter(person=person)
    lines = [
        (
            links.link(a.stairwell or a.area),
            links.link(a, a.start),
            a.end or "现任",
        )
        for a in appointments.select_related("stairwell", "area")
    ]
    return [Panel("任职", ("负责", "任职日期", "离任日期"), lines)] if lines else []
