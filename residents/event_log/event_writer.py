"""Write the population events of one operation (一次办理): residences that begin, end and change, with what undo needs."""

import datetime
import uuid
from collections.abc import Iterable

from django.utils import timezone

from community.communities.models import Precision
from community.people.models import Person
from portal.forms.refusals import WrongDate
from residents.event_log.models import PopulationEvent
from residents.event_log.refusals import (
    AlreadyResident,
    HeadTaken,
    NoResidence,
    NumberTaken,
    UnsuitableHousehold,
)
from residents.homes.models import Dwelling, Household, Kind, Residence
from residents.homes.relation_codes import read_relation

_What = PopulationEvent.What
_END_FIELDS = ("end", "end_precision", "other_address")


class EventWriter:
    """The events of one operation (一次办理). They share a group; each stores the values it overwrote.

    ended: consequences elsewhere (`end_consequence`), restored on undo. group: of an operation that several writers
    share, such as the move-in of a whole household.
    """

    def __init__(
        self,
        what: str,
        *,
        by,
        on: datetime.date,
        note: str = "",
        ended: Iterable[dict] = (),
        group: uuid.UUID | None = None,
    ):
        self.what, self.by, self.on, self.note = what, by, on, note
        self.group = group or uuid.uuid4()
        self.ended = list(ended)
        self.events: list[PopulationEvent] = []
        self._founded: set[int] = set()

    def found_household(
        self, kind: str, dwelling: Dwelling | None, community_id: int, number: str = ""
    ) -> Household:
        """Create a household; undoing the operation annuls it."""
        if number and Household.objects.filter(community_id=community_id, kind=kind, number=number).valid():
            raise NumberTaken(f"已有户号{number}，请核对")
        household = Household.objects.create(
            community_id=community_id, kind=kind, dwelling=dwelling, number=number
        )
        self._founded.add(household.pk)
        return household

    def begin(
        self, person: Person, household: Household, relation_word: str, is_head=None, other_address=""
    ) -> Residence:
        """The person comes into the register's count."""
        residence = self._open(person, household, relation_word, is_head, other_address)
        self._record(person, residence, changes=self._founding(household))
        return residence

    def end(self, residence: Residence, destination: str = "") -> None:
        """The person leaves the register's count."""
        changes = self._close(residence, destination or residence.other_address)
        self._record(residence.person, residence, changes={"residence": changes})

    def move(self, former: Residence, household: Household, relation_word: str) -> Residence:
        """Move the person to another household of the community from that day."""
        changes = {"former": self._close(former, former.other_address)} | self._founding(household)
        residence = self._open(former.person, household, relation_word, None, former.other_address)
        where = [str(r.household.dwelling or "集体户") for r in (former, residence)]
        note = "→".join(where) if where[0] != where[1] else ""
        self._record(former.person, residence, former=former, changes=changes, note=note)
        entered = PopulationEvent.objects.filter(
            community_id=former.community_id, person=former.person, residence=former, on__gt=self.on
        ).entries()
        for entry in entered:
            # Entered late: the register counts the person only from the date of 建档, in whichever household.
            self._record(former.person, residence, what=entry.what, on=entry.on, note=entry.note)
        return residence

    def change_relation(
        self, residence: Residence, relation_word: str, *, is_head: bool, note: str = ""
    ) -> None:
        """Change the relation to the head; records nothing when it is the same."""
        before = [getattr(residence, field) for field in RELATED]
        relation = read_relation(relation_word, residence.person.sex)
        residence.relation_word = relation_word
        residence.relation_class = relation.code if relation else ""
        residence.is_head = is_head
        changes = changes_of(residence, RELATED, before)
        if changes:
            _save_residence(residence, RELATED)
            self._record(residence.person, residence, changes={"residence": changes}, note=note)

    def change_person(self, person: Person, note: str = "", **values) -> None:
        """Change fields of the person, recorded by an event of neither kind of residence."""
        self._record(person, None, changes={"person": _write_person(person, values)}, note=note)

    def add_to_first_event(self, person: Person, **values) -> None:
        """Change fields of the person, recorded with the first event of the operation."""
        event = self.events[0]
        event.changes = event.changes | {"person": _write_person(person, values)}
        event.save(update_fields=["changes"])

    def record_without_residence(self, person: Person) -> None:
        """Record an event about somebody who is in no household."""
        self._record(person, None, changes={})

    def _open(self, person, household, relation_word, is_head, other_address) -> Residence:
        relation = read_relation(relation_word, person.sex)
        is_head = bool(relation and relation.is_head) if is_head is None else is_head
        if is_head:
            check_head_free(household, person)
        return Residence.objects.create(
            community_id=household.community_id,
            person=person,
            household=household,
            kind=household.kind,
            relation_class=relation.code if relation else "",
            relation_word=relation_word,
            is_head=is_head,
            start=self.on,
            start_precision=Precision.DAY,
            other_address=other_address,
        )

    def _close(self, residence: Residence, other_address: str) -> dict:
        if residence.start and self.on < residence.start:
            raise WrongDate(
                f"日期不能早于{residence.person.name}的{residence.get_kind_display()}起始日期（{residence.start}）"
            )
        headed = PopulationEvent.objects.filter(
            community_id=residence.community_id, residence=residence, what=_What.HEAD, on__gt=self.on
        )
        if later := headed.not_undone().first():
            raise WrongDate(f"{residence.person.name}的户已于{later.on}变更户主，日期不能更早")
        before = [getattr(residence, field) for field in _END_FIELDS]
        residence.end, residence.end_precision = self.on, Precision.DAY
        residence.other_address = other_address
        _save_residence(residence, _END_FIELDS)
        return changes_of(residence, _END_FIELDS, before)

    def _founding(self, household: Household) -> dict:
        return {"founded": True} if household.pk in self._founded else {}

    def _record(self, person, residence, *, former=None, changes=None, note="", what="", on=None) -> None:
        changes = changes or {}
        if self.ended and not self.events:
            changes["ended"] = self.ended
        self.events.append(
            PopulationEvent.objects.create(
                community_id=person.community_id,
                what=what or self.what,
                kind=residence.kind if residence else "",
                person=person,
                residence=residence,
                former=former,
                on=on or self.on,
                note="；".join(part for part in (note, self.note) if part)[:200],
                by=self.by,
                group=self.group,
                changes=changes,
            )
        )


def _write_person(person: Person, values: dict) -> dict[str, list]:
    before = [getattr(person, field) for field in values]
    for field, value in values.items():
        setattr(person, field, value)
    person.version += 1
    person.save(update_fields=[*values, "version"])
    return changes_of(person, values, before)


def _save_residence(residence: Residence, fields: Iterable[str]) -> None:
    residence.version += 1
    residence.save(update_fields=[*fields, "version"])


# Checks


def check_day(person: Person, on: datetime.date) -> None:
    """Not in the future, and not before the person was born."""
    if on > timezone.localdate():
        raise WrongDate("日期不能晚于今天")
    if person.birth_date and on < person.birth_date:
        raise WrongDate(f"日期不能早于出生日期（{person.name}，{person.birth}）")


def check_no_residence(person: Person, kind: str, on: datetime.date) -> None:
    """Check that the person has no residence of the kind on or after `on`: nobody is counted twice on a day."""
    of_kind = Residence.objects.filter(community_id=person.community_id, person=person, kind=kind).valid()
    current = of_kind.open().select_related("household__dwelling").first()
    if current:
        where = current.household.dwelling or "集体户"
        verb = "居住" if kind == Kind.LIVING else "户籍"
        raise AlreadyResident(f"{person.name}已登记{verb}在{where}；在本社区内搬动的，请办理户间转移")
    latest = of_kind.filter(end__gt=on).order_by("-end").first()
    if latest:
        raise WrongDate(f"{person.name}上次于{latest.end}迁出，迁入日期不能更早")


def check_household(household: Household, kind: str, dwelling: Dwelling | None) -> None:
    """Check that the household is valid, of this kind, and at the dwelling (or collective)."""
    places = (dwelling.pk if dwelling else None, None)
    if household.annulled or household.kind != kind or household.dwelling_id not in places:
        raise UnsuitableHousehold(f"所选的户不在{dwelling or '集体户'}，请重新选择")


def open_residence_of(person: Person, kind: str) -> Residence | None:
    """The person's open residence of the kind."""
    residences = Residence.objects.filter(community_id=person.community_id, person=person, kind=kind).open()
    return residences.select_related("person", "household__dwelling").first()


def lock_members(household: Household) -> list[Residence]:
    """Current members of the household, the head first; locks the household until the transaction ends."""
    locked = Household.objects.select_for_update().get(community_id=household.community_id, pk=household.pk)
    if locked.annulled:
        raise NoResidence("这一户的登记已撤销")
    residences = Residence.objects.filter(community_id=household.community_id, household=household).open()
    return list(residences.select_related("person", "household__dwelling").order_by("-is_head", "id"))


RELATED = ("relation_class", "relation_word", "is_head")
"""Columns of a residence that a correction may write, stored with its event."""


def as_json(value):
    """A value as an event stores it: dates as ISO text, everything else is text, a boolean or None."""
    return value.isoformat() if isinstance(value, datetime.date) else value


def changes_of(row, fields: Iterable[str], before: Iterable) -> dict[str, list]:
    """Diff of a row: field → [before, after], of the fields that differ."""
    pairs = ((field, old, getattr(row, field)) for field, old in zip(fields, before, strict=True))
    return {field: [as_json(old), as_json(new)] for field, old, new in pairs if old != new}


def check_head_free(household, person: Person) -> None:
    """Raise HeadTaken when somebody else heads the household. Locks it, so that two cannot become head."""
    type(household).objects.select_for_update().get(community_id=household.community_id, pk=household.pk)
    head = (
        Residence.objects.filter(community_id=household.community_id, household=household, is_head=True)
        .open()
        .exclude(person=person)
        .select_related("person")
        .first()
    )
    if head:
        raise HeadTaken(f"该户的户主是{head.person.name}，请改选与户主的关系")
