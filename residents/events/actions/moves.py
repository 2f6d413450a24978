"""Population events (人口变动): who moves in, moves out or dies, with the residences that begin and end."""

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from community.people.models import Person
from portal.access.db_scope import set_change_context
from portal.forms.refusals import NoReason, StaleForm
from portal.hooks.departure import Consequence, Departure
from portal.hooks.registry import Hook, call_hooks
from residents.event_log.consequences import end_consequence
from residents.event_log.event_writer import (
    EventWriter,
    check_day,
    check_head_free,
    check_household,
    check_no_residence,
    open_residence_of,
)
from residents.event_log.models import PopulationEvent
from residents.event_log.refusals import HeadTaken, NoResidence
from residents.events.actions.heads import NewHead, appoint_heads, members_of
from residents.events.refusals import UndecidedConsequences
from residents.homes.derived_relations import is_head_word
from residents.homes.models import Dwelling, Household, Kind, Residence
from residents.people.actions import lock_people, lock_person, update_place_label
from residents.people.refusals import PersonHasDied

_What = PopulationEvent.What


@dataclass(frozen=True, slots=True)
class PlannedResidence:
    """How somebody comes into a dwelling: living or registered there, in which household, as what.

    household: None founds a new one. is_head: None follows from the relation.
    """

    kind: str
    household: Household | None = None
    relation_word: str = ""
    is_head: bool | None = None
    number: str = ""
    """户号 of a new household."""


@transaction.atomic
def move_in(
    *,
    by,
    person: Person,
    dwelling: Dwelling | None,
    on: datetime.date,
    stays: Sequence[PlannedResidence],
    other_address: str = "",
    note: str = "",
    group: uuid.UUID | None = None,
) -> list[PopulationEvent]:
    """Move in (迁入): somebody comes to live in a dwelling, or is registered there, or both.

    `dwelling`: None for a collective household. `other_address`: where they came from. A person with an open residence
    of the kind is refused: moves within the community are transfers. `group`: shared by the events of a whole household.
    """
    person = lock_person(person)
    check_day(person, on)
    if person.died_on:
        raise PersonHasDied(f"{person.name}已登记死亡，不能迁入")
    set_change_context(action="迁入", reason=note)
    writer = EventWriter(_What.MOVE_IN, by=by, on=on, note=note, group=group)
    for stay in stays:
        check_no_residence(person, stay.kind, on)
        household = stay.household
        if household is None:
            household = writer.found_household(stay.kind, dwelling, person.community_id, stay.number)
        else:
            check_household(household, stay.kind, dwelling)
        writer.begin(person, household, stay.relation_word, stay.is_head, other_address)
    update_place_label(person)
    return writer.events


@transaction.atomic
def move_out(
    *,
    by,
    person: Person,
    on: datetime.date,
    kinds: Collection[str] = (Kind.LIVING,),
    destination: str = "",
    note: str = "",
    confirmed: Collection[str] = (),
    reasons_to_keep: Mapping[str, str] | None = None,
    new_heads: Sequence[NewHead] = (),
    group: uuid.UUID | None = None,
) -> list[PopulationEvent]:
    """Move out (迁出): somebody leaves, by living or by hukou or both.

    Every consequence elsewhere (`endings`) is listed in `confirmed`, or in `reasons_to_keep` if it goes on.
    `new_heads`: of the households that the person heads. `group`: shared by the events of a whole household.
    """
    person = _lock_with_members(person, new_heads)
    check_day(person, on)
    leaving = [r for r in open_residences(person) if r.kind in kinds]
    missing = set(kinds) - {r.kind for r in leaving}
    if missing or not kinds:
        words = "、".join(Kind(kind).label for kind in sorted(missing)) or "居住或户籍"
        raise NoResidence(f"{person.name}现在没有{words}登记，不能迁出", "kinds")
    set_change_context(action="迁出", reason=note)
    ended, phrases = [], []
    if not any(r.kind == Kind.LIVING for r in open_residences(person) if r not in leaving):
        ended, phrases = _end_consequences(person, Departure(on), confirmed, reasons_to_keep or {})
    note = _note_with_reasons(note, phrases)
    writer = EventWriter(_What.MOVE_OUT, by=by, on=on, note=note, ended=ended, group=group)
    for residence in leaving:
        writer.end(residence, destination)
    update_place_label(person)
    return [*writer.events, *appoint_heads(new_heads, by=by, on=on, group=writer.group)]


@transaction.atomic
def record_death(
    *,
    by,
    person: Person,
    on: datetime.date,
    note: str = "",
    confirmed: Collection[str] = (),
    reasons_to_keep: Mapping[str, str] | None = None,
    new_heads: Sequence[NewHead] = (),
) -> list[PopulationEvent]:
    """Record a death (死亡): all residences end that day. `new_heads`: of the households that the person headed."""
    person = _lock_with_members(person, new_heads)
    if person.died_on:
        raise PersonHasDied(f"{person.name}已于{person.died_on}登记死亡")
    check_day(person, on)
    set_change_context(action="死亡", reason=note)
    ended, phrases = _end_consequences(person, Departure(on, died=True), confirmed, reasons_to_keep or {})
    writer = EventWriter(_What.DEATH, by=by, on=on, note=_note_with_reasons(note, phrases), ended=ended)
    for residence in open_residences(person):
        writer.end(residence)
    if not writer.events:
        writer.record_without_residence(person)
    writer.add_to_first_event(person, died_on=on)
    update_place_label(person)
    return [*writer.events, *appoint_heads(new_heads, by=by, on=on, group=writer.group)]


@transaction.atomic
def correct_registered_relation(
    *, by, person: Person, version: int, relation_word: str, note: str = ""
) -> list[PopulationEvent]:
    """Correct the relation to the head of the registered household (更正); as `correct_person` does where one lives.

    `version`: of the person, as the editor saw it (optimistic locking): raises StaleForm if it is outdated.
    """
    person = lock_person(person)
    if person.version != version:
        raise StaleForm
    residence = open_residence_of(person, Kind.REGISTERED)
    if residence is None:
        raise NoResidence(f"{person.name}现在没有户籍登记，没有可更正的与户主关系")
    is_head = is_head_word(relation_word)
    if is_head:
        try:
            check_head_free(residence.household, person)
        except HeadTaken as taken:
            raise HeadTaken(str(taken), "registered_relation") from taken
    set_change_context(action="更正", reason=note)
    writer = EventWriter(_What.CORRECTION, by=by, on=timezone.localdate(), note=note)
    writer.change_relation(residence, relation_word, is_head=is_head, note="户籍户中与户主关系")
    return writer.events


@transaction.atomic
def end_after_death(*, by, residences: Iterable[Residence]) -> int:
    """End residences that a registered death should have ended (死亡); returns how many.

    Only an import or a manual repair leaves such residences behind.
    """
    residences = list(residences)
    people = lock_people(residence.person for residence in residences)
    set_change_context(action="死亡", reason="按已登记的死亡日期终止")
    for residence in residences:
        died_on = people[residence.person_id].died_on
        writer = EventWriter(_What.DEATH, by=by, on=max(died_on, residence.start or died_on))
        writer.end(residence)
    for person in people.values():
        update_place_label(person)
    return len(residences)


def endings(person: Person, departure: Departure) -> list[Consequence]:
    """Consequences of a death or move-out in other features: posts, aid, teams (hook PERSON_LEFT)."""
    return list(call_hooks(Hook.PERSON_LEFT, person, departure))


def open_residences(person: Person) -> list[Residence]:
    """Where the person lives and is registered now, living first."""
    residences = Residence.objects.filter(community_id=person.community_id, person=person).open()
    return list(residences.select_related("person", "household__dwelling").order_by("kind", "id"))


def _lock_with_members(person: Person, new_heads: Sequence[NewHead]) -> Person:
    """The person, locked together with the households' members, in one order."""
    return lock_people([person, *members_of(new_heads)])[person.pk]


def _end_consequences(person, departure, confirmed, reasons_to_keep) -> tuple[list[dict], list[str]]:
    """End the confirmed consequences; returns what the event stores of them, and a phrase for each that goes on.

    Raises UndecidedConsequences unless each is decided.
    """
    offered_endings = endings(person, departure)
    undecided = [e for e in offered_endings if e.key not in confirmed and e.key not in reasons_to_keep]
    if undecided:
        raise UndecidedConsequences(undecided)
    ended, phrases = [], []
    for ending in offered_endings:
        if ending.key in confirmed:
            ended.append(end_consequence(ending))
        elif reasons_to_keep[ending.key].strip():
            phrases.append(f"保留{ending.title}：{reasons_to_keep[ending.key].strip()}")
        else:
            raise NoReason(f"请写明为什么保留：{ending.title}")
    return ended, phrases


def _note_with_reasons(note: str, phrases: list[str]) -> str:
    return "；".join([*([note] if note else []), *phrases])[:200]
