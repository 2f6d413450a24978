"""Population events (人口变动): who moves in, moves out or dies, with the residences that begin and end."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from community.models import Person
from community.models.base import Precision
from portal.offers import Departure, Ending, answers
from portal.offers import Kind as Offer
from portal.scope import note as say_why
from residents.actions.people import check_head_free, lock_person, settle
from residents.actions.refusals import (
    AlreadyHere,
    Dead,
    NoReason,
    NotHere,
    Undecided,
    WrongDate,
    WrongHousehold,
)
from residents.models import Dwelling, Household, PopulationEvent, Residence
from residents.models.household import Kind
from residents.relations import read_relation


@dataclass(frozen=True, slots=True)
class Stay:
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
    dwelling: Dwelling,
    on: datetime.date,
    stays: Sequence[Stay],
    other_address: str = "",
    note: str = "",
) -> list[PopulationEvent]:
    """Somebody comes to live in a dwelling, or is registered there, or both (迁入).

    `other_address` says where they came from. A person with an open residence of the kind is refused:
    whoever moves within the community moves out first.
    """
    person = lock_person(person)
    _check_day(person, on)
    if person.died_on:
        raise Dead(f"{person.name}已登记死亡，不能迁入")
    say_why(action="迁入", reason=note)
    events = []
    for stay in stays:
        _check_free(person, stay.kind, on)
        residence = _begin(person, dwelling, stay, on, other_address)
        events.append(_record(PopulationEvent.What.MOVE_IN, residence, on, note, by))
    settle(person)
    return events


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
    kept: Mapping[str, str] | None = None,
) -> list[PopulationEvent]:
    """Somebody leaves, by living or by hukou or both (迁出).

    What ends elsewhere (`endings`) is named in `confirmed`, or in `kept` with the reason why it goes on.
    """
    person = lock_person(person)
    _check_day(person, on)
    leaving = [r for r in open_residences(person) if r.kind in kinds]
    missing = set(kinds) - {r.kind for r in leaving}
    if missing or not kinds:
        words = "、".join(Kind(kind).label for kind in sorted(missing)) or "居住或户籍"
        raise NotHere(f"{person.name}现在没有{words}登记，不能迁出", "kinds")
    say_why(action="迁出", reason=note)
    if not any(r.kind == Kind.LIVING for r in open_residences(person) if r not in leaving):
        note = _with_kept(note, _settle_endings(person, Departure(on), confirmed, kept or {}))
    events = []
    for residence in leaving:
        _end(residence, on, destination)
        events.append(_record(PopulationEvent.What.MOVE_OUT, residence, on, note, by))
    settle(person)
    return events


@transaction.atomic
def record_death(
    *,
    by,
    person: Person,
    on: datetime.date,
    note: str = "",
    confirmed: Collection[str] = (),
    kept: Mapping[str, str] | None = None,
) -> list[PopulationEvent]:
    """Somebody died (死亡): all residences end that day. A household may be left without a head."""
    person = lock_person(person)
    if person.died_on:
        raise Dead(f"{person.name}已于{person.died_on}登记死亡")
    _check_day(person, on)
    say_why(action="死亡", reason=note)
    note = _with_kept(note, _settle_endings(person, Departure(on, died=True), confirmed, kept or {}))
    events = []
    for residence in open_residences(person):
        _end(residence, on)
        events.append(_record(PopulationEvent.What.DEATH, residence, on, note, by))
    if not events:
        events.append(
            PopulationEvent.objects.create(
                community_id=person.community_id,
                what=PopulationEvent.What.DEATH,
                person=person,
                on=on,
                note=note,
                by=by,
            )
        )
    person.died_on = on
    person.version += 1
    person.save(update_fields=["died_on", "version"])
    settle(person)
    return events


def endings(person: Person, departure: Departure) -> list[Ending]:
    """What a death or move-out ends elsewhere: posts, aid, teams, as any app offers it."""
    return list(answers(Offer.PERSON_LEFT, person, departure))


def open_residences(person: Person) -> list[Residence]:
    """Where the person lives and is registered now, living first."""
    found = Residence.objects.filter(community_id=person.community_id, person=person).open()
    return list(found.select_related("household__dwelling").order_by("kind", "id"))


def _settle_endings(person, departure, confirmed, kept) -> list[str]:
    """End what was confirmed; return one phrase for each that is kept. Everything must be decided."""
    offered = endings(person, departure)
    open_ = [e for e in offered if e.key not in confirmed and e.key not in kept]
    if open_:
        raise Undecided(open_)
    phrases = []
    for ending in offered:
        if ending.key in confirmed:
            ending.end()
        elif kept[ending.key].strip():
            phrases.append(f"保留{ending.title}：{kept[ending.key].strip()}")
        else:
            raise NoReason(f"请写明为什么保留：{ending.title}")
    return phrases


def _with_kept(note: str, phrases: list[str]) -> str:
    return "；".join([*([note] if note else []), *phrases])[:200]


def _check_day(person: Person, on: datetime.date) -> None:
    if on > timezone.localdate():
        raise WrongDate("日期不能晚于今天")
    if person.birth_date and on < person.birth_date:
        raise WrongDate(f"日期不能早于出生日期（{person.birth}）")


def _check_free(person: Person, kind: str, on: datetime.date) -> None:
    """No open residence of the kind, and none that ended after `on`: nobody counts twice on a day."""
    of_kind = Residence.objects.filter(community_id=person.community_id, person=person, kind=kind)
    here = of_kind.open().select_related("household__dwelling").first()
    if here:
        where = here.household.dwelling or "集体户"
        verb = "居住" if kind == Kind.LIVING else "户籍"
        raise AlreadyHere(f"{person.name}已登记{verb}在{where}，请先办理迁出")
    last = of_kind.filter(end__gt=on).order_by("-end").first()
    if last:
        raise WrongDate(f"{person.name}上次于{last.end}迁出，迁入日期不能更早")


def _begin(person, dwelling, stay: Stay, on, other_address) -> Residence:
    household = stay.household
    if household is None:
        household = Household.objects.create(
            community_id=dwelling.community_id, kind=stay.kind, dwelling=dwelling, number=stay.number
        )
    elif household.kind != stay.kind or household.dwelling_id not in (dwelling.pk, None):
        raise WrongHousehold(f"所选的户不在{dwelling.label}，请重新选择")
    relation = read_relation(stay.relation_word, person.sex)
    is_head = bool(relation and relation.is_head) if stay.is_head is None else stay.is_head
    if is_head:
        check_head_free(household, person)
    return Residence.objects.create(
        community_id=dwelling.community_id,
        person=person,
        household=household,
        kind=stay.kind,
        relation_class=relation.code if relation else "",
        relation_word=stay.relation_word,
        is_head=is_head,
        start=on,
        start_precision=Precision.DAY,
        other_address=other_address,
    )


def _end(residence: Residence, on: datetime.date, destination: str = "") -> None:
    if residence.start and on < residence.start:
        raise WrongDate(f"日期不能早于{residence.get_kind_display()}起始日期（{residence.start}）")
    residence.end = on
    residence.end_precision = Precision.DAY
    residence.other_address = destination or residence.other_address
    residence.save(update_fields=["end", "end_precision", "other_address"])


def _record(what, residence: Residence, on, note, by) -> PopulationEvent:
    return PopulationEvent.objects.create(
        community_id=residence.community_id,
        what=what,
        kind=residence.kind,
        person=residence.person,
        residence=residence,
        on=on,
        note=note,
        by=by,
    )
