"""One act of population events as it is written: residences that begin, end and change, and what undo needs."""

import datetime
import uuid
from collections.abc import Iterable

from django.utils import timezone

from community.models import Person
from community.models.base import Precision
from portal.refusals import WrongDate
from residents.actions.refusals_event_log import AlreadyHere, HeadTaken, NotHere, NumberTaken, WrongHousehold
from residents.models import Dwelling, Household, PopulationEvent, Residence
from residents.models.household import Kind
from residents.relations import read_relation

_What = PopulationEvent.What
_ENDED = ("end", "end_precision", "other_address")


class Entry:
    """The rows of one act (一次办理). They share a group; each keeps what it wrote over.

    ended: what the act ended elsewhere (`end_elsewhere`), given back where it is taken back.
    """

    def __init__(self, what: str, *, by, on: datetime.date, note: str = "", ended: Iterable[dict] = ()):
        self.what, self.by, self.on, self.note = what, by, on, note
        self.group = uuid.uuid4()
        self.ended = list(ended)
        self.events: list[PopulationEvent] = []
        self._founded: set[int] = set()

    def found(self, kind: str, dwelling: Dwelling | None, community_id: int, number: str = "") -> Household:
        """A new household; taken back together with the act."""
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
        """The person goes on in another household of the community from that day."""
        changes = {"former": self._close(former, former.other_address)} | self._founding(household)
        residence = self._open(former.person, household, relation_word, None, former.other_address)
        where = [str(r.household.dwelling or "集体户") for r in (former, residence)]
        note = "→".join(where) if where[0] != where[1] else ""
        self._record(former.person, residence, former=former, changes=changes, note=note)
        entered = PopulationEvent.objects.filter(
            community_id=former.community_id, person=former.person, residence=former, on__gt=self.on
        ).entries()
        for entry in entered:
            # Entered late: the register counts the person from the day of 建档 and not before, wherever.
            self._record(former.person, residence, what=entry.what, on=entry.on, note=entry.note)
        return residence

    def relate(self, residence: Residence, relation_word: str, *, is_head: bool, note: str = "") -> None:
        """The residence goes on with another relation to the head; nothing is recorded when it is the same."""
        before = [getattr(residence, field) for field in RELATED]
        relation = read_relation(relation_word, residence.person.sex)
        residence.relation_word = relation_word
        residence.relation_class = relation.code if relation else ""
        residence.is_head = is_head
        changes = changes_of(residence, RELATED, before)
        if changes:
            _save(residence, RELATED)
            self._record(residence.person, residence, changes={"residence": changes}, note=note)

    def change_person(self, person: Person, note: str = "", **values) -> None:
        """Fields of the person that the act changes, with an event of neither kind."""
        self._record(person, None, changes={"person": _put(person, values)}, note=note)

    def add_to_first(self, person: Person, **values) -> None:
        """Fields of the person that change together with the first event of the act."""
        event = self.events[0]
        event.changes = event.changes | {"person": _put(person, values)}
        event.save(update_fields=["changes"])

    def record_without_residence(self, person: Person) -> None:
        """An act about somebody who is in no household."""
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
        if later := headed.standing().first():
            raise WrongDate(f"{residence.person.name}的户已于{later.on}变更户主，日期不能更早")
        before = [getattr(residence, field) for field in _ENDED]
        residence.end, residence.end_precision = self.on, Precision.DAY
        residence.other_address = other_address
        _save(residence, _ENDED)
        return changes_of(residence, _ENDED, before)

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


def _put(person: Person, values: dict) -> dict[str, list]:
    before = [getattr(person, field) for field in values]
    for field, value in values.items():
        setattr(person, field, value)
    person.version += 1
    person.save(update_fields=[*values, "version"])
    return changes_of(person, values, before)


def _save(residence: Residence, fields: Iterable[str]) -> None:
    residence.version += 1
    residence.save(update_fields=[*fields, "version"])


# Checks


def check_day(person: Person, on: datetime.date) -> None:
    """Not in the future, and not before the person was born."""
    if on > timezone.localdate():
        raise WrongDate("日期不能晚于今天")
    if person.birth_date and on < person.birth_date:
        raise WrongDate(f"日期不能早于出生日期（{person.name}，{person.birth}）")


def check_free(person: Person, kind: str, on: datetime.date) -> None:
    """No open residence of the kind, and none that ended after `on`: nobody counts twice on a day."""
    of_kind = Residence.objects.filter(community_id=person.community_id, person=person, kind=kind).valid()
    here = of_kind.open().select_related("household__dwelling").first()
    if here:
        where = here.household.dwelling or "集体户"
        verb = "居住" if kind == Kind.LIVING else "户籍"
        raise AlreadyHere(f"{person.name}已登记{verb}在{where}；在本社区内搬动的，请办理户间转移")
    last = of_kind.filter(end__gt=on).order_by("-end").first()
    if last:
        raise WrongDate(f"{person.name}上次于{last.end}迁出，迁入日期不能更早")


def check_household(household: Household, kind: str, dwelling: Dwelling) -> None:
    """The household is of this kind, holds, and stands at the dwelling (or is a collective one)."""
    if household.annulled or household.kind != kind or household.dwelling_id not in (dwelling.pk, None):
        raise WrongHousehold(f"所选的户不在{dwelling.label}，请重新选择")


def open_of(person: Person, kind: str) -> Residence | None:
    """The person's open residence of the kind."""
    found = Residence.objects.filter(community_id=person.community_id, person=person, kind=kind).open()
    return found.select_related("person", "household__dwelling").first()


def members_of(household: Household) -> list[Residence]:
    """Who is in the household now, the head first; the household is locked until the act is done."""
    locked = Household.objects.select_for_update().get(community_id=household.community_id, pk=household.pk)
    if locked.annulled:
        raise NotHere("这一户的登记已撤销")
    found = Residence.objects.filter(community_id=household.community_id, household=household).open()
    return list(found.select_related("person", "household__dwelling").order_by("-is_head", "id"))


RELATED = ("relation_class", "relation_word", "is_head")
"""Columns that a correction may write, kept with its event. Certificates are kept nowhere but with the person."""


def as_json(value):
    """A value as an event keeps it: dates as text, everything else is text, a truth value or nothing."""
    return value.isoformat() if isinstance(value, datetime.date) else value


def changes_of(row, fields: Iterable[str], before: Iterable) -> dict[str, list]:
    """Field → [before, after], as an event keeps them, of the fields that differ."""
    pairs = ((field, then, getattr(row, field)) for field, then in zip(fields, before, strict=True))
    return {field: [as_json(then), as_json(now)] for field, then, now in pairs if then != now}


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
