"""Existing people, residences and households of a community, as an import compares with them."""

import datetime
import uuid
from collections.abc import Collection
from typing import NamedTuple

from community.people.models import Person
from portal.values.partial_dates import PartialDate
from residents.homes.models import Household, Residence


class ExistingPerson(NamedTuple):
    """A person of the register. The fields are those of the model."""

    id: int
    uuid: uuid.UUID
    version: int
    name: str
    former_name: str
    sex: str
    birth_date: datetime.date | None
    birth_precision: str
    died_on: datetime.date | None
    id_kind: str
    id_hash: bytes | None
    id_mask: str
    phone: str
    ethnic: str
    registered_place: str
    education: str
    marital: str
    employment: str
    workplace: str
    political: str
    note: str
    place_label: str

    @property
    def birth(self) -> PartialDate | None:
        return PartialDate(self.birth_date, self.birth_precision) if self.birth_date else None


class ExistingResidence(NamedTuple):
    """A residence of the register with the dwelling and 户号 of its household."""

    id: int
    version: int
    person_id: int
    household_id: int
    kind: str
    relation_class: str
    relation_word: str
    is_head: bool
    start: datetime.date | None
    end: datetime.date | None
    other_address: str
    dwelling_id: int | None
    number: str


_HOUSEHOLD = ExistingResidence._fields.index("household_id")


class ExistingHousehold(NamedTuple):
    """A household of the register, also one without people."""

    id: int
    version: int
    kind: str
    dwelling_id: int | None
    number: str


class PopulationSnapshot:
    """Snapshot of a community's people, residences and households.

    `lock`: ids of people whose rows are locked until the transaction ends. Every move or correction locks the
    person's row first, so what is read of them afterwards does not change.
    """

    def __init__(self, community_id: int, *, lock: Collection[int] = ()):
        self.community_id = community_id
        if lock:
            locked = Person.objects.select_for_update().filter(community_id=community_id, id__in=lock)
            len(locked.order_by("id").values_list("id"))
        self.people = existing_people(community_id)
        self.by_hash = {p.id_hash: p for p in self.people.values() if p.id_hash}
        self.by_name: dict[str, list[ExistingPerson]] = {}
        for person in self.people.values():
            self.by_name.setdefault(person.name, []).append(person)
        households = Household.objects.filter(community_id=community_id).valid().order_by("id")
        self.households = {
            row[0]: ExistingHousehold._make(row) for row in households.values_list(*ExistingHousehold._fields)
        }
        # Joined here: until the tables have been analysed, the database would take a minute for it.
        residences = Residence.objects.filter(community_id=community_id).valid().order_by("id")
        self.stays: dict[int, list[ExistingResidence]] = {}
        self.open_at: dict[int, list[ExistingResidence]] = {}
        """Open stays by household."""
        for row in residences.values_list(*ExistingResidence._fields[:-2]):
            household = self.households[row[_HOUSEHOLD]]
            stay = ExistingResidence(*row, household.dwelling_id, household.number)
            self.stays.setdefault(stay.person_id, []).append(stay)
            if stay.end is None:
                self.open_at.setdefault(stay.household_id, []).append(stay)
        self.by_number = {(h.kind, h.number): h for h in self.households.values() if h.number}
        self.at_dwelling: dict[tuple[str, int], list[ExistingHousehold]] = {}
        """Households with somebody in them by kind and dwelling."""
        for household in self.households.values():
            if household.dwelling_id and household.id in self.open_at:
                self.at_dwelling.setdefault((household.kind, household.dwelling_id), []).append(household)

    def open_stay(self, person: ExistingPerson, kind: str) -> ExistingResidence | None:
        return next((s for s in self.stays.get(person.id, ()) if s.kind == kind and s.end is None), None)

    def dwellings_of(self, person: ExistingPerson) -> set[int | None]:
        """Every dwelling the person is or was in; None for a household without one."""
        return {stay.dwelling_id for stay in self.stays.get(person.id, ())}


def existing_people(community_id: int) -> dict[int, ExistingPerson]:
    """All people of the register by id."""
    people = Person.objects.filter(community_id=community_id).order_by()
    return {row[0]: _person(row) for row in people.values_list(*ExistingPerson._fields)}


def _person(row: tuple) -> ExistingPerson:
    person = ExistingPerson._make(row)
    return person._replace(id_hash=bytes(person.id_hash)) if person.id_hash else person
