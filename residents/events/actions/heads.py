"""Heads of households who leave: who could take their place, and the change of head in the same act."""

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from community.people.models import Person
from residents.event_log.models import PopulationEvent
from residents.events.actions.households import change_head
from residents.homes.derived_relations import relation_to_new_head, role_of
from residents.homes.models import Household, Residence, ResidenceQuerySet

_ADULT = 18


@dataclass(frozen=True, slots=True)
class HeadedHome:
    """A household with others besides its head."""

    head: Residence
    others: tuple[Residence, ...]

    @property
    def household(self) -> Household:
        return self.head.household


@dataclass(frozen=True, slots=True)
class NewHead:
    """Who heads a household from now on. relations: person id of each other member → relation to the new head."""

    household: Household
    head: Person
    former_head: Person
    relations: Mapping[int, str] = field(default_factory=dict)


def headed_homes(stays: ResidenceQuerySet, residences: Iterable[Residence]) -> list[HeadedHome]:
    """The households of which one of `residences` is the head's and in which others remain, by one query.

    `stays`: the open residences that the user may see.
    """
    heads = [residence for residence in residences if residence.is_head]
    members = stays.filter(household__in=[head.household_id for head in heads]).select_related("person")
    by_household: dict[int, list[Residence]] = {}
    for member in members.order_by("id"):
        by_household.setdefault(member.household_id, []).append(member)
    homes = (
        HeadedHome(head, tuple(m for m in by_household.get(head.household_id, ()) if m.pk != head.pk))
        for head in heads
    )
    return [home for home in homes if home.others]


def proposed_head(others: Sequence[Residence]) -> Residence | None:
    """Who is proposed as the new head: the spouse of the old one, else the eldest adult."""
    adults = [r for r in others if r.person.age is not None and r.person.age >= _ADULT]
    spouses = [r for r in others if role_of(r) == "spouse"]
    return next(iter([*spouses, *sorted(adults, key=lambda r: r.person.birth_date)]), None)


def relations_towards(head: Residence, residences: Iterable[Residence]) -> dict[int, str]:
    """Person id of each member of the head's household → relation to them, as far as it follows from that to the old head."""
    return {
        r.person_id: relation_to_new_head(r, head) for r in residences if r.household_id == head.household_id
    }


def appoint_heads(
    new_heads: Iterable[NewHead], *, by, on: datetime.date, group: uuid.UUID
) -> list[PopulationEvent]:
    """Change the heads (变更户主) of households whose heads have just left, as part of that act."""
    events = []
    for new in new_heads:
        events += change_head(
            by=by,
            household=new.household,
            head=new.head,
            on=on,
            relations=new.relations,
            former_head=new.former_head,
            group=group,
        )
    return events


def members_of(new_heads: Sequence[NewHead]) -> list[Person]:
    """Everybody in the households that get a new head."""
    if not new_heads:
        return []
    community_id = new_heads[0].household.community_id
    households = [new.household.pk for new in new_heads]
    residences = Residence.objects.filter(community_id=community_id, household__in=households).open()
    return [residence.person for residence in residences.select_related("person")]
