"""Field-by-field diff of a row and a person of the register. A blank cell never clears a value."""

from collections.abc import Mapping
from typing import Any

from community.people import codes
from community.people.models import Person
from portal.values.id_numbers import mask_id
from portal.values.partial_dates import PartialDate
from residents.homes.addresses import place_label
from residents.importing.existing import ExistingPerson
from residents.importing.person_row import PersonRow

_SEX = dict(Person.Sex.choices)
# Field of the model -> (field of the row, words of its codes).
_PLAIN = {
    "name": ("name", None),
    "former_name": ("former_name", None),
    "sex": ("sex", _SEX),
    "ethnic": ("ethnic", None),
    "registered_place": ("registered_address", None),
    "education": ("education", codes.EDUCATION),
    "marital": ("marital", codes.MARITAL),
    "employment": ("employment", codes.EMPLOYMENT),
    "workplace": ("workplace", None),
    "political": ("political", codes.POLITICAL),
    "note": ("note", None),
}
_LABELS = {name: str(Person._meta.get_field(name).verbose_name) for name in _PLAIN}


def person_values(row: PersonRow) -> dict[str, Any]:
    """Column values of a new person, without the certificate."""
    values = {name: getattr(row, attribute) for name, (attribute, _) in _PLAIN.items()}
    return values | {
        "phone": " ".join(row.phones),
        "birth_date": row.birth.value if row.birth else None,
        "birth_precision": row.birth.precision if row.birth else "",
        "died_on": row.died_on.value if row.died_on else None,
    }


def compare_person(row: PersonRow) -> None:
    """Set the column values that a row changes in its match, and the same changes as displayed."""
    person: ExistingPerson = row.match
    row.updates = {}
    for name, (attribute, words) in _PLAIN.items():
        old, new = getattr(person, name), getattr(row, attribute)
        if new and new != old:
            row.updates[name] = new
            row.change(_LABELS[name], *((words.get(old, old), words.get(new, new)) if words else (old, new)))
    if row.birth and (birth := _new_birth(row.birth, person.birth)):
        row.updates |= {"birth_date": birth.value, "birth_precision": birth.precision}
        row.change("出生日期", str(person.birth or ""), str(birth))
    if row.phones and not set(row.phones) <= set(person.phone.split()):
        row.updates["phone"] = " ".join(row.phones)
        row.change("联系电话", person.phone, row.updates["phone"])
    if row.id_hash and row.id_hash != person.id_hash:
        row.updates |= {"id_kind": row.id_kind, "id_hash": row.id_hash}
        row.change("证件号码", person.id_mask, mask_id(row.id_number))


def row_fields(row: PersonRow) -> list[tuple[str, str]]:
    """Fields of a row's person for a side-by-side preview. The certificate is masked."""
    place = row.living_place or row.registered_place
    mask = mask_id(row.id_number) if row.id_number else ""
    return _fields(
        person_values(row), row.birth, mask, row.relation_word, place_label(place) if place else ""
    )


def person_fields(person: ExistingPerson, relation: str, home: str) -> list[tuple[str, str]]:
    """Fields of a person of the register for a side-by-side preview."""
    return _fields(person._asdict(), person.birth, person.id_mask, relation, home)


def _fields(
    values: Mapping[str, Any], birth: PartialDate | None, id_mask: str, relation: str, home: str
) -> list[tuple[str, str]]:
    """Label and display value of every field that is not blank."""
    fields = [
        (_LABELS[name], words.get(values[name], values[name]) if words else values[name])
        for name, (_, words) in _PLAIN.items()
    ]
    fields += [("出生日期", str(birth or "")), ("证件号码", id_mask), ("联系电话", values["phone"])]
    fields += [("与户主关系", relation), ("住处", home)]
    return [(label, value) for label, value in fields if value]


def _new_birth(new: PartialDate, old: PartialDate | None) -> PartialDate | None:
    """The new date if it is more precise than the old one or differs from it, else None."""
    if old is None or not new.agrees_with(old):
        return new
    return new if new.more_precise_of(old) is new and new.precision != old.precision else None
