"""Population events within the community: transfer (户间转移), split (分户), merge (并户), change of head (变更户主)."""

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from community.people.models import Person
from portal.access.db_scope import set_change_context
from portal.forms.refusals import NoChange, WrongDate
from residents.event_log.event_writer import (
    EventWriter,
    check_day,
    check_household,
    lock_members,
    open_residence_of,
)
from residents.event_log.models import PopulationEvent
from residents.event_log.refusals import AlreadyResident, HeadTaken, NoResidence, UnsuitableHousehold
from residents.events.refusals import NoHead
from residents.homes.derived_relations import is_head_word
from residents.homes.models import Dwelling, Household, Kind, Residence
from residents.people.actions import lock_people, update_place_label

_What = PopulationEvent.What


@dataclass(frozen=True, slots=True)
class JoiningMember:
    """A person who joins another household, with the relation to its head."""

    person: Person
    relation_word: str = ""


@transaction.atomic
def transfer(
    *,
    by,
    members: Sequence[JoiningMember],
    dwelling: Dwelling,
    on: datetime.date,
    targets: Mapping[str, Household | None],
    number: str = "",
    note: str = "",
) -> list[PopulationEvent]:
    """Transfer (户间转移): people of the community move to a dwelling together, by living or hukou or both.

    targets: kind → the household they join there; None founds a new one, `number` is its 户号 when
    registered. For each kind, those who have an open residence of it move.
    """
    people = lock_people(member.person for member in members)
    _check_days(people, on)
    set_change_context(action="户间转移", reason=note)
    writer = EventWriter(_What.TRANSFER, by=by, on=on, note=note)
    for kind, household in targets.items():
        moving = [(r, m) for m in members if (r := open_residence_of(people[m.person.pk], kind))]
        if not moving:
            raise NoResidence(f"所选的人现在没有{Kind(kind).label}登记", "kinds")
        if household is None:
            new_number = number if kind == Kind.REGISTERED else ""
            household = writer.found_household(kind, dwelling, dwelling.community_id, new_number)
        else:
            check_household(household, kind, dwelling)
        for residence, member in moving:
            if residence.household_id == household.pk:
                raise AlreadyResident(f"{residence.person.name}已在所选的{Kind(kind).label}户中")
            writer.move(residence, household, member.relation_word)
    if not targets:
        raise NoChange("请选择转移的是居住还是户籍")
    _update_place_labels(people)
    return writer.events


@transaction.atomic
def split(
    *,
    by,
    household: Household,
    members: Sequence[JoiningMember],
    on: datetime.date,
    dwelling: Dwelling | None = None,
    number: str = "",
    note: str = "",
) -> list[PopulationEvent]:
    """Split (分户): some members found a household of their own, at the same or another dwelling.

    One of them is its head. The household they leave may be left without one.
    """
    stays, people = _lock(household)
    leaving = [(_residence_of(stays, member.person), member) for member in members]
    _check_days([residence.person for residence, _ in leaving], on)
    if not leaving:
        raise NoResidence("请选择分出的人", "who")
    if len(leaving) == len(stays):
        raise NoChange("全户一起搬的，请办理户间转移；分户须有人留在原户", "who")
    if sum(is_head_word(member.relation_word) for member in members) != 1:
        raise NoHead("分出的户须有一位户主", "head")
    set_change_context(action="分户", reason=note)
    writer = EventWriter(_What.SPLIT, by=by, on=on, note=note)
    new = writer.found_household(
        household.kind, dwelling or household.dwelling, household.community_id, number
    )
    for residence, member in leaving:
        writer.move(residence, new, member.relation_word)
    _update_place_labels(people)
    return writer.events


@transaction.atomic
def merge(
    *,
    by,
    household: Household,
    into: Household,
    on: datetime.date,
    relations: Mapping[int, str],
    note: str = "",
) -> list[PopulationEvent]:
    """Merge (并户): all members of a household join another of the same kind. relations: person id → relation to its head."""
    if household.pk == into.pk or household.kind != into.kind:
        raise UnsuitableHousehold("请选择同一类别的另一户", "into")
    people = _lock_people_of(household)
    # Locked in the order of their ids, which avoids deadlocks.
    members = {home.pk: lock_members(home) for home in sorted((household, into), key=lambda home: home.pk)}
    stays = members[household.pk]
    _check_locked(stays, people)
    if not (stays and members[into.pk]):
        raise NoResidence("两户都要有人才能并户", "into")
    _check_days(people.values(), on)
    set_change_context(action="并户", reason=note)
    writer = EventWriter(_What.MERGE, by=by, on=on, note=note)
    for residence in stays:
        writer.move(residence, into, relations.get(residence.person_id, ""))
    _update_place_labels(people)
    return writer.events


@transaction.atomic
def change_head(
    *,
    by,
    household: Household,
    head: Person,
    on: datetime.date,
    relations: Mapping[int, str],
    note: str = "",
    former_head: Person | None = None,
    group: uuid.UUID | None = None,
) -> list[PopulationEvent]:
    """Change the head (变更户主). relations: person id of each other member → relation to the new head.

    former_head: the head who has just left, in an act whose events share `group`.
    """
    stays, _ = _lock(household)
    new = _residence_of(stays, head)
    old = next((residence for residence in stays if residence.is_head), None)
    if old and old.pk == new.pk:
        raise NoChange(f"{head.name}现在就是户主", "head")
    _check_days([new.person], on)
    for residence in (old, new):
        if residence and residence.start and on < residence.start:
            raise WrongDate(f"{residence.person.name}{residence.start}才入户，变更日期不能更早")
    _check_no_later_head(stays, on)
    others = [residence for residence in stays if residence.pk != new.pk]
    for residence in others:
        if is_head_word(relations.get(residence.person_id, "")):
            raise HeadTaken("一户只能有一位户主，请改填其他成员与新户主的关系", "head")
    set_change_context(action="变更户主", reason=note)
    writer = EventWriter(_What.HEAD, by=by, on=on, note=note, group=group)
    for residence in others:
        word = relations.get(residence.person_id, residence.relation_word)
        relation_note = f"与户主关系改为{word}" if word != residence.relation_word else ""
        writer.change_relation(residence, word, is_head=False, note=relation_note)
    former = old.person if old else former_head
    writer.change_relation(new, "户主", is_head=True, note=f"接替{former.name}任户主" if former else "任户主")
    return writer.events


def _lock(household: Household) -> tuple[list[Residence], dict[int, Person]]:
    """Lock and return the members: people first, as everywhere, then the household."""
    people = _lock_people_of(household)
    stays = lock_members(household)
    _check_locked(stays, people)
    return stays, people


def _lock_people_of(household: Household) -> dict[int, Person]:
    residences = Residence.objects.filter(community_id=household.community_id, household=household).open()
    return lock_people(residence.person for residence in residences.select_related("person"))


def _check_locked(stays: list[Residence], people: Mapping[int, Person]) -> None:
    if {residence.person_id for residence in stays} != people.keys():
        raise NoResidence("这一户刚刚有变动，请返回重新打开")


def _check_days(people: Iterable[Person] | Mapping[int, Person], on: datetime.date) -> None:
    for person in people.values() if isinstance(people, Mapping) else people:
        check_day(person, on)


def _check_no_later_head(stays: list[Residence], on: datetime.date) -> None:
    later = (
        PopulationEvent.objects.filter(
            community_id=stays[0].community_id, residence__in=stays, what=_What.HEAD, on__gt=on
        )
        .not_undone()
        .first()
    )
    if later:
        raise WrongDate(f"这一户已于{later.on}变更户主，日期不能更早")


def _residence_of(stays: list[Residence], person: Person) -> Residence:
    residence = next((stay for stay in stays if stay.person_id == person.pk), None)
    if residence is None:
        raise NoResidence(f"{person.name}不在这一户中，请返回重新打开")
    return residence


def _update_place_labels(people: Mapping[int, Person]) -> None:
    for person in people.values():
        update_place_label(person)
