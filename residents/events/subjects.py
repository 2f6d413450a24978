"""People, households and dwellings as the pages of events look them up and name them."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from community.people.models import ID_COLUMN, Person
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.crypto.vault import blind_index
from portal.registers.panels import Link
from portal.registers.search_words import SearchWords
from residents.event_log.models import PopulationEvent
from residents.homes.models import Dwelling, Household, Kind, Residence
from residents.homes.registers import DwellingRegister


@dataclass(frozen=True, slots=True)
class EventSubject:
    """The person, household or dwelling of an event: name, breadcrumb trail, and a line on the current state."""

    name: str
    trail: tuple[Link, ...]
    lead: str = ""

    @property
    def url(self) -> str:
        """Where 取消 leads."""
        return self.trail[-1].url


def person_of(request, person_uuid: uuid.UUID | str) -> Person:
    """The person of this uuid, also as text of a query; 404 for any other text."""
    everybody = rows(Person, request.access, Permission.PEOPLE_EDIT, request.community)
    try:
        return get_object_or_404(everybody, uuid=uuid.UUID(str(person_uuid)))
    except ValueError as error:
        raise Http404 from error


def person_url(request, person: Person) -> str:
    return detail_url(request, "person", person)


def detail_url(request, noun: str, row) -> str:
    return request.community.url(f"residents:{noun}_detail", row=row.uuid)


def entered_household_url(request, events: Sequence[PopulationEvent]) -> str:
    """The household that somebody enters by the first of the events."""
    return detail_url(request, "household", events[0].residence.household)


def person_subject(request, person: Person) -> EventSubject:
    trail = (_list_link(request, "居民", "person"), Link(person.name, person_url(request, person)))
    lead = f"现住{person.place_label}" if person.place_label else "现在不住本社区"
    return EventSubject(person.name, trail, lead)


def household_of(request, household_uuid: uuid.UUID) -> Household:
    """The occupied household of this uuid; 404 for empty ones, which have no events."""
    households = rows(Household, request.access, Permission.PEOPLE_EDIT, request.community).valid().occupied()
    return get_object_or_404(households.select_related("dwelling"), uuid=household_uuid)


def household_subject(request, household: Household, members: list[Residence]) -> EventSubject:
    trail = (
        _list_link(request, "家庭户", "household"),
        Link(str(household), detail_url(request, "household", household)),
    )
    names = "、".join(
        f"{r.person.name}（{r.relation_word}）" if r.relation_word else r.person.name for r in members
    )
    return EventSubject(str(household), trail, f"现有{len(members)}人：{names}")


def dwelling_subject(request, dwelling: Dwelling) -> EventSubject:
    trail = (
        _list_link(request, "房屋", "dwelling"),
        Link(dwelling.label, detail_url(request, "dwelling", dwelling)),
    )
    return EventSubject("", trail, f"迁入{dwelling.label}")


def household_list_subject(request) -> EventSubject:
    """The subject of an event that begins from a list: nobody yet."""
    return EventSubject("", (_list_link(request, "户", "household"),))


def _list_link(request, label: str, noun: str) -> Link:
    return Link(label, request.community.url(f"residents:{noun}_list"))


def open_stays(request):
    """Open residences of the community."""
    return rows(Residence, request.access, Permission.PEOPLE_EDIT, request.community).open()


def current_members(request, household: Household) -> list[Residence]:
    """Current residences of the household, the head's first."""
    residences = open_stays(request).filter(household=household)
    return list(residences.select_related("person", "household__dwelling").order_by("-is_head", "id"))


def dwellings_of(request):
    return rows(Dwelling, request.access, Permission.PEOPLE_EDIT, request.community)


def find_dwellings(request):
    """(find, url) for a field that picks a dwelling by its label."""
    everything = dwellings_of(request)
    url = request.community.url("residents:dwelling_pick")

    def find(text: str):
        words = SearchWords.read(text, request.community)
        dwellings = DwellingRegister().filter_by_words(everything, words, request.access, request.community)
        return dwellings.order_by("sort")[:20]

    return find, url


def households_at(request, dwelling: Dwelling) -> dict[str, list[Household]]:
    """Kind → the occupied households at a dwelling."""
    members = rows(Residence, request.access, Permission.PEOPLE_VIEW, request.community)
    households = (
        rows(Household, request.access, Permission.PEOPLE_VIEW, request.community)
        .filter(dwelling=dwelling)
        .occupied()
        .prefetch_related(Prefetch("residences", members.open().select_related("person")))
    )
    by_kind: dict[str, list[Household]] = {kind: [] for kind in Kind.values}
    for household in households:
        by_kind[household.kind].append(household)
    return by_kind


def households_to_join(request, dwelling: Dwelling) -> dict[str, list[Household]]:
    """Kind → the households that somebody who comes to a dwelling can join: those there, and the collective ones."""
    at_dwelling = households_at(request, dwelling)
    return at_dwelling | {Kind.REGISTERED: at_dwelling[Kind.REGISTERED] + collective_households(request)}


def collective_households(request) -> list[Household]:
    """The collective registered households (集体户) of the community, which have no dwelling."""
    households = rows(Household, request.access, Permission.PEOPLE_EDIT, request.community).valid()
    return list(households.registered().filter(dwelling__isnull=True).order_by("number", "id")[:50])


def similar_people(request, name: str, number: str) -> list[Person]:
    """Living people of the community with this name or this certificate number, at most ten."""
    return similar_people_finder(request, [name], [number] if number else [])(name, number)


def similar_people_finder(
    request, names: Sequence[str], numbers: Sequence[str]
) -> Callable[[str, str], list[Person]]:
    """`similar_people` for several people at once, by one query."""
    hashes = {number: blind_index(number, ID_COLUMN) for number in numbers}
    same = Q(name__in=names) | Q(id_hash__in=hashes.values())
    everybody = rows(Person, request.access, Permission.PEOPLE_VIEW, request.community)
    people = list(everybody.filter(same, died_on__isnull=True).order_by("name_key", "id")) if names else []

    def find(name: str, number: str) -> list[Person]:
        def has_number(person: Person) -> bool:
            return bool(number and person.id_hash) and bytes(person.id_hash) == bytes(hashes[number])

        return [person for person in people if person.name == name or has_number(person)][:10]

    return find
