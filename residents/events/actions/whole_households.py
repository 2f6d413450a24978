"""Population events of a whole household at once (整户迁入、整户迁出): the acts of single people, in one transaction."""

import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from community.people.models import Person
from portal.forms.refusals import NoChange, Refusal
from residents.event_log.models import PopulationEvent
from residents.events.actions.heads import NewHead, appoint_heads, members_of
from residents.events.actions.moves import PlannedResidence, move_in, move_out, open_residences
from residents.events.refusals import MemberRefused
from residents.homes.models import Dwelling, Household, Kind
from residents.people.actions import add_person, lock_people


@dataclass(frozen=True, slots=True)
class Newcomer:
    """One of those who move in together: a person of the register, or the fields of a new one (`add_person`)."""

    kinds: Collection[str]
    relation_word: str = ""
    person: Person | None = None
    new_person: Mapping = field(default_factory=dict)


@transaction.atomic
def move_in_together(
    *,
    by,
    community_id: int,
    newcomers: Sequence[Newcomer],
    dwelling: Dwelling | None,
    on: datetime.date,
    households: Mapping[str, Household | None],
    number: str = "",
    other_address: str = "",
    note: str = "",
) -> list[PopulationEvent]:
    """Move in together (整户迁入): one household for each kind, joined or founded by the first of them.

    households: kind → the household that they join; None founds one, `number` is its 户号 when registered.
    Raises MemberRefused with the position of whoever is refused.
    """
    if not newcomers:
        raise NoChange("请至少填写一个人")
    lock_people(newcomer.person for newcomer in newcomers if newcomer.person)
    group, homes, events = uuid.uuid4(), dict(households), []
    for position, newcomer in enumerate(newcomers):
        try:
            person = newcomer.person or add_person(by=by, community_id=community_id, **newcomer.new_person)
            stays = [
                PlannedResidence(kind, homes[kind], newcomer.relation_word, number=_number_for(kind, number))
                for kind in newcomer.kinds
            ]
            written = move_in(
                by=by,
                person=person,
                dwelling=dwelling,
                on=on,
                stays=stays,
                other_address=other_address,
                note=note,
                group=group,
            )
        except Refusal as refusal:
            raise MemberRefused(position, refusal) from refusal
        homes |= {event.kind: event.residence.household for event in written}
        events += written
    return events


@transaction.atomic
def move_out_together(
    *,
    by,
    people: Sequence[Person],
    on: datetime.date,
    kinds: Collection[str],
    destination: str = "",
    note: str = "",
    confirmed: Collection[str] = (),
    reasons_to_keep: Mapping[str, str] | None = None,
    new_heads: Sequence[NewHead] = (),
) -> list[PopulationEvent]:
    """Move out together (整户迁出): everybody leaves by those of `kinds` by which they are here."""
    lock_people([*people, *members_of(new_heads)])
    group, events = uuid.uuid4(), []
    for person in people:
        events += move_out(
            by=by,
            person=person,
            on=on,
            kinds=[residence.kind for residence in open_residences(person) if residence.kind in kinds],
            destination=destination,
            note=note,
            confirmed=confirmed,
            reasons_to_keep=reasons_to_keep,
            group=group,
        )
    return [*events, *appoint_heads(new_heads, by=by, on=on, group=group)]


def _number_for(kind: str, number: str) -> str:
    return number if kind == Kind.REGISTERED else ""
