"""Add and correct persons, and keep the place label up to date by which they are searched."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from community.people.id_numbers import read_id, sex_of
from community.people.models import ID_COLUMN, Person
from community.people.names import clean_name, initials, name_key
from portal.access.db_scope import set_change_context
from portal.crypto.vault import blind_index
from portal.database.bulk_sql import ConcurrentUpdate, insert_rows, update_rows
from portal.forms.refusals import NoChange, Refusal, StaleForm
from portal.values.id_numbers import birth_of, mask_id
from portal.values.partial_dates import PartialDate
from residents.event_log.event_writer import RELATED, changes_of, check_head_free
from residents.event_log.models import PopulationEvent
from residents.event_log.refusals import NoResidence
from residents.homes.models import Residence
from residents.homes.relation_codes import read_relation
from residents.people.refusals import BadIdNumber, PersonDeleted, PersonExists

PLAIN_FIELDS = (
    "former_name",
    "sex",
    "phone",
    "ethnic",
    "registered_place",
    "education",
    "marital",
    "employment",
    "workplace",
    "political",
    "note",
)
"""Fields of a person that are stored as entered; name, birth and id_number are normalised."""


@transaction.atomic
def add_person(
    *, by, community_id: int, name: str, birth: PartialDate | None = None, id_number: str = "", **fields
) -> Person:
    """Create a person without a residence. Sex and birth date follow from the ID number."""
    person = Person(community_id=community_id)
    _put_name(person, name)
    _put_birth(person, birth)
    for field, value in fields.items():
        _put_plain(person, field, value)
    if id_number:
        number = _put_id(person, id_number)
        if person.id_kind == "resident_id":
            person.sex = person.sex or sex_of(number)
            born = birth_of(number)
            if born and person.birth_date is None:
                _put_birth(person, PartialDate(born))
    person.save()
    return person


@transaction.atomic
def correct_person(
    *, by, person: Person, version: int, changes: Mapping[str, Any], note: str = ""
) -> PopulationEvent:
    """Correct fields of a person (更正), recorded as an event.

    `changes` maps fields to new values: PLAIN_FIELDS, `name`, `birth` (PartialDate or None),
    `id_number` (as typed), `relation_word` (in the household lived in). `version` is the one that the
    editor saw (optimistic locking): raises StaleForm if it is outdated.
    """
    person = lock_person(person)
    if person.version != version:
        raise StaleForm
    set_change_context(action="更正", reason=note)
    home = _living_at(person)
    rows = {"person": (person, _RECORDED_FIELDS), "residence": (home, RELATED if home else ())}
    before = {key: [getattr(row, field) for field in fields] for key, (row, fields) in rows.items()}
    changed = [field for field, value in changes.items() if _correct_field(person, field, value, home)]
    if not changed:
        raise NoChange("没有需要更正的内容")
    person.version += 1
    person.save()
    labels = "、".join(CORRECTABLE[field] for field in changed)
    over = {key: changes_of(row, fields, before[key]) for key, (row, fields) in rows.items()}
    if "id_number" in changed:
        # Recorded even where both numbers have the same mask: the old number is not stored.
        over["person"]["id_mask"] = [before["person"][_RECORDED_FIELDS.index("id_mask")], person.id_mask]
    return PopulationEvent.objects.create(
        community_id=person.community_id,
        what=PopulationEvent.What.CORRECTION,
        person=person,
        residence=home if over["residence"] else None,
        changes={key: values for key, values in over.items() if values},
        on=timezone.localdate(),
        note=f"{labels}{'：' if note else ''}{note}"[:200],
        by=by,
    )


@transaction.atomic
def correct_people(*, by, community_id: int, people: Sequence[Person], field: str, note: str) -> None:
    """Correct one of PLAIN_FIELDS of many people at once; records an event for each.

    `people` hold the new value and the version at which they were read (optimistic locking): raises
    ConcurrentUpdate if one of them has changed since. The caller has set the reason in the scope.
    """
    if field not in PLAIN_FIELDS:
        raise ValueError(f"no such field of a person to write: {field}")
    values = {person.pk: getattr(person, field) for person in people}
    before = Person.objects.filter(community_id=community_id, pk__in=values)
    before = dict(before.values_list("pk", field))
    new_values = [(person.pk, person.version, values[person.pk]) for person in people]
    if update_rows(Person, [field], new_values, community_id=community_id) != len(new_values):
        raise ConcurrentUpdate
    what, today = PopulationEvent.What.CORRECTION.value, timezone.localdate()
    event_note = f"{CORRECTABLE[field]}：{note}"[:200]
    insert_rows(
        PopulationEvent,
        ["community_id", "what", "person_id", "on", "note", "by_id", "changes"],
        [
            (community_id, what, pk, today, event_note, by.pk, {"person": {field: [before[pk], value]}})
            for pk, value in values.items()
        ],
    )


CORRECTABLE = {
    "name": "姓名",
    "birth": "出生日期",
    "id_number": "证件号码",
    "relation_word": "与户主关系",
    **{field: str(Person._meta.get_field(field).verbose_name) for field in PLAIN_FIELDS},
}
"""Field → label of what `correct_person` may change."""


_RECORDED_FIELDS = (
    *PLAIN_FIELDS,
    "name",
    "name_key",
    "initials",
    "birth_date",
    "birth_precision",
    "id_kind",
    "id_mask",
)


def lock_person(person: Person) -> Person:
    """The current person, locked against concurrent moves and corrections."""
    return lock_people([person])[person.pk]


def lock_people(people: Iterable[Person]) -> dict[int, Person]:
    """The current people by id, locked in the order of their ids, which avoids deadlocks."""
    community_ids = {person.pk: person.community_id for person in people}
    people_rows = Person.objects.select_for_update().filter(
        community_id__in=set(community_ids.values()), pk__in=community_ids
    )
    locked = {person.pk: person for person in people_rows.order_by("pk")}
    if len(locked) != len(community_ids):
        raise PersonDeleted
    return locked


def update_place_label(person: Person, *, with_changes: bool = False) -> None:
    """Update `place_label`, by which the person is searched and listed, from the current residence.

    with_changes: save other changes of the person with it, as one entry of the history.
    """
    home = _living_at(person)
    label = home.household.dwelling.label if home else ""
    moved, person.place_label = person.place_label != label, label
    if with_changes:
        person.save()
    elif moved:
        person.save(update_fields=["place_label"])


def _living_at(person: Person) -> Residence | None:
    residences = Residence.objects.filter(community_id=person.community_id, person=person).living().open()
    return residences.select_related("household__dwelling").first()


def _correct_field(person: Person, field: str, value, home: Residence | None) -> bool:
    """Write one corrected field; returns whether it differed."""
    if field == "relation_word":
        return _correct_relation(person, value, home)
    if field == "name":
        before = person.name
        _put_name(person, value)
        return person.name != before
    if field == "birth":
        before = person.birth
        _put_birth(person, value)
        return person.birth != before
    if field == "id_number":
        before = bytes(person.id_hash or b"")
        _put_id(person, value)
        return bytes(person.id_hash or b"") != before
    before = getattr(person, field)
    _put_plain(person, field, value)
    return getattr(person, field) != before


def _correct_relation(person: Person, word: str, home: Residence | None) -> bool:
    if home is None:
        raise NoResidence(f"{person.name}现在不住在本社区，没有可更正的与户主关系", "relation_word")
    if home.relation_word == word:
        return False
    relation = read_relation(word, person.sex)
    if relation and relation.is_head:
        check_head_free(home.household, person)
    home.relation_word = word
    home.relation_class = relation.code if relation else ""
    home.is_head = bool(relation and relation.is_head)
    home.version += 1
    home.save(update_fields=["relation_word", "relation_class", "is_head", "version"])
    return True


def _put_name(person: Person, name: str) -> None:
    person.name, _ = clean_name(name)
    if not person.name:
        raise Refusal("请填写姓名", "name")
    person.name_key, person.initials = name_key(person.name), initials(person.name)


def _put_birth(person: Person, birth: PartialDate | None) -> None:
    person.birth_date = birth.value if birth else None
    person.birth_precision = birth.precision if birth else ""


def _put_plain(person: Person, field: str, value) -> None:
    if field not in PLAIN_FIELDS:
        raise ValueError(f"no such field of a person to write: {field}")
    setattr(person, field, value)


def _put_id(person: Person, text: str) -> str:
    """Set the certificate as typed and return its normalised number."""
    reading = read_id(text)
    if reading.is_error or not reading.number:
        raise BadIdNumber(reading.problem or "认不出这个证件号码，请按原件录入")
    owner = (
        Person.objects.filter(
            community_id=person.community_id, id_hash=blind_index(reading.number, ID_COLUMN)
        )
        .exclude(pk=person.pk)
        .first()
    )
    if owner:
        raise PersonExists(owner)
    person.set_id(reading.kind, reading.number, mask_id(reading.number))
    return reading.number
