"""The page of a person: the line of summary, the people of the household, where they lived, and the timeline."""

from collections.abc import Iterable

from community.bodies.models import BodyMember, PostHolder
from community.people.models import Person
from community.places.models import HeadAppointment
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.registry import Hook, call_hooks
from portal.registers.panels import Panel, Tag, Timeline
from portal.registers.row_links import RowLinks, RowRef
from residents.homes.models import Dwelling, Residence
from residents.people.person_homes import Home


def place_targets(people: Iterable[Person]) -> list[RowRef | None]:
    """The dwelling that the column of places names: where somebody lives, or else is registered."""
    return [_dwelling_of(person.living_home or person.registered_home) for person in people]


def _dwelling_of(home: Home | None) -> RowRef | None:
    """The dwelling of a home; None for a collective household."""
    return RowRef(Dwelling, home.dwelling_uuid) if home and home.dwelling_uuid else None


def summary(person: Person, access, community) -> list:
    """男 69岁 · 户主 · dwelling · phone · tags of other registers, each for who may see it."""
    links = RowLinks(access, community)
    living, registered = person.living_home, person.registered_home
    relation = next((home.relation for home in (living, registered) if home and home.relation), "")
    parts = [_sex_and_age(person), f"{person.died_on}去世" if person.died_on else "", relation]
    if living:
        parts.append(links.link(_dwelling_of(living), living.label))
    elif not person.died_on:
        parts.append("现在不住本社区")
    if registered and (living is None or registered.dwelling_uuid != living.dwelling_uuid):
        parts.append(links.link(_dwelling_of(registered), f"户籍在{registered.label or '集体户'}"))
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
    homes = [home for home in (person.living_home, person.registered_home) if home]
    return [
        *([_members(person, homes, access, community, links)] if homes else []),
        _residences(person, access, community, links),
        *_appointments(person, access, community, links),
        Timeline.of("历次记录", call_hooks(Hook.TIMELINE, person, access, community)),
    ]


def mask_phone(phone: str) -> str:
    """Mask a phone number for lists: 138****5678."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "****" if phone else ""


def _members(person: Person, homes: Iterable[Home], access, community, links: RowLinks) -> Panel:
    """Everybody else of the households that this person lives and is registered in."""
    residences = (
        rows(Residence, access, P.PEOPLE_NAMES, community)
        .filter(household__in={home.household for home in homes})
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
    # Those of today; what is over stands in the timeline.
    holders = rows(PostHolder, access, P.PLACES_VIEW, community).filter(person=person).current()
    lines += [
        (links.link(h.post.body, str(h.post)), links.link(h, h.start), h.end or "现任")
        for h in holders.select_related("post__body")
    ]
    members = rows(BodyMember, access, P.PLACES_VIEW, community).filter(person=person).current()
    lines += [
        (links.link(m.body, f"{m.body}成员"), links.link(m, m.start), m.end or "在册")
        for m in members.select_related("body")
    ]
    return [Panel("任职", ("任职", "起", "止"), lines)] if lines else []
