"""Panels of the pages of dwellings, households and stairwells: who lives where, and beside whom."""

from collections.abc import Iterable, Sequence

from django.db.models import Case, Count, Q, Value, When

from community.people.models import Person
from community.places.models import Stairwell
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.registry import Hook, call_hooks
from portal.registers.panels import Link, Panel
from portal.registers.row_links import RowLinks
from residents.homes.models import Dwelling, Household, Kind, Residence

NEIGHBOURS = 20
"""Most households beside a household on its page; the list has all of them."""


def heads_by_household(households: Iterable[Household]) -> dict[int, Person]:
    """The head of each household that has one, in one query."""
    households = list(households)
    heads = Residence._default_manager.filter(
        community__in={household.community_id for household in households},
        household__in=[household.pk for household in households],
        is_head=True,
    )
    return {r.household_id: r.person for r in heads.open().select_related("person")}


def heads_of(households: Sequence[Household]) -> list[Person | None]:
    """The head of each household."""
    by_household = heads_by_household(households)
    return [by_household.get(household.pk) for household in households]


def people_of_dwelling(dwelling: Dwelling, access, community) -> Panel:
    """Everybody who lives or is registered at a dwelling, each in one line with their households."""
    links = RowLinks(access, community)
    residences = list(
        rows(Residence, access, P.PEOPLE_NAMES, community)
        .filter(household__dwelling=dwelling)
        .open()
        .select_related("person", "household")
        .order_by("kind", "household", "-is_head", "id")
    )
    head_names = {r.household_id: f"{r.person.name}户" for r in residences if r.is_head}
    by_person: dict[int, dict[str, Residence]] = {}
    for residence in residences:
        by_person.setdefault(residence.person_id, {})[residence.kind] = residence

    def household_of(homes: dict[str, Residence], kind: str):
        if kind not in homes:
            return ""
        household = homes[kind].household
        return links.link(household, head_names.get(household.pk) or _household_label(household))

    lines = []
    for homes in by_person.values():
        first = next(iter(homes.values()))
        lines.append(
            (
                links.link(first.person, first.person.name),
                "、".join(dict.fromkeys(r.relation_word for r in homes.values() if r.relation_word)),
                first.person.age if first.person.age is not None else "",
                *(household_of(homes, kind) for kind in Kind.values),
            )
        )
    header = ("姓名", "与户主关系", "年龄", *(f"{kind.label}户" for kind in Kind))
    return Panel("住户", header, lines, empty="现在没有人居住或登记户籍")


def members(household: Household, access, community) -> Panel:
    """The members of a household, those who left last."""
    links = RowLinks(access, community)
    residences = (
        rows(Residence, access, P.PEOPLE_NAMES, community)
        .filter(household=household)
        .valid()
        .select_related("person")
    )
    people = list(residences.order_by("end", "-is_head", "id"))
    labels = [
        label
        for label in call_hooks(Hook.PERSON_LABELS, access, community, [r.person_id for r in people])
        if any(label.words.values())
    ]
    lines = [
        (
            links.link(r.person, r.person.name),
            r.relation_word,
            r.person.age if r.person.age is not None else "",
            r.start or "",
            r.end or "至今",
            *(label.words.get(r.person_id, "") for label in labels),
        )
        for r in people
    ]
    header = ("姓名", "与户主关系", "年龄", "起", "止", *(label.title for label in labels))
    return Panel("成员", header, lines)


def neighbours(household: Household, access, community) -> list[Panel]:
    """The other households of the dwelling, then those that live in its stairwell; none of a collective household."""
    dwelling = household.dwelling
    if dwelling is None:
        return []
    links = RowLinks(access, community)
    same_dwelling = Q(dwelling=dwelling)
    near = same_dwelling
    if dwelling.stairwell_id:
        near |= Q(dwelling__stairwell=dwelling.stairwell_id, kind=Kind.LIVING)
    occupied = rows(Household, access, P.PEOPLE_NAMES, community).valid().occupied()
    others = list(
        occupied.filter(near)
        .exclude(pk=household.pk)
        .select_related("dwelling")
        .annotate(
            distance=Case(When(same_dwelling, then=Value(0)), default=Value(1)),
            people_count=_current_members("residences__"),
        )
        .order_by("distance", "dwelling__sort", "kind", "id")[: NEIGHBOURS + 1]
    )
    head_of = heads_by_household(others)
    lines = [
        (
            links.link(other.dwelling),
            links.link(other, _household_label(other)),
            links.link(head_of[other.pk]) if other.pk in head_of else "暂缺",
            other.people_count,
        )
        for other in others[:NEIGHBOURS]
    ]
    more = ()
    if len(others) > NEIGHBOURS and dwelling.stairwell:
        query = f"stairwell={dwelling.stairwell.uuid}&kind={Kind.LIVING}&state=occupied"
        more = (Link("本楼道全部住户", f"{community.url('residents:household_list')}?{query}"),)
    empty = "本楼道没有其他住户" if dwelling.stairwell_id else "同一房屋没有其他住户"
    return [Panel("邻居", ("房屋", "户", "户主", "人数"), lines, empty=empty, links=more)]


def doors(stairwell: Stairwell, access, community) -> Panel:
    """The doors of a stairwell, with the heads of the households that live there."""
    links = RowLinks(access, community)
    dwellings = list(
        rows(Dwelling, access, P.PLACES_VIEW, community)
        .filter(stairwell=stairwell)
        .annotate(people_count=_current_members("households__residences__", kind=Kind.LIVING))
    )
    heads = (
        rows(Residence, access, P.PEOPLE_NAMES, community)
        .filter(household__dwelling__in=[dwelling.pk for dwelling in dwellings], is_head=True)
        .living()
        .open()
    )
    head_of = {r.household.dwelling_id: r.person for r in heads.select_related("person", "household")}
    lines = [
        (
            links.link(dwelling),
            dwelling.get_use_display(),
            links.link(head_of[dwelling.pk]) if dwelling.pk in head_of else "",
            dwelling.people_count,
        )
        for dwelling in dwellings
    ]
    return Panel("房屋", ("房屋", "用途", "户主", "现住人数"), lines, empty="暂无房屋")


def _household_label(household: Household) -> str:
    return f"{household.get_kind_display()}户"


def _current_members(path: str, **conditions) -> Count:
    """Number of open residences at the end of a lookup path."""
    now = Q(**{f"{path}end__isnull": True, f"{path}annulled": False})
    now &= Q(**{f"{path}{name}": value for name, value in conditions.items()})
    return Count(path.removesuffix("__"), filter=now, distinct=True)
