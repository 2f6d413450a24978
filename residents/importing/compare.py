"""Field-by-field diff of a row and a person of the register. A blank cell never clears a value."""

from typing import Any

from community.people import codes
from community.people.models import Person
from portal.values.id_numbers import mask_id
from portal.values.partial_dates import PartialDate
from residents.homes.addresses import place_label
from residents.importing.existing import ExistingPerson
from residents.importing.rows import PersonRow

Change = tuple[str, str, str]
"""Label, old and new value, as displayed."""

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


def person_changes(
    row: PersonRow, person: ExistingPerson, id_hash: bytes | None
) -> tuple[dict[str, Any], list[Change]]:
    """Column values that the row changes, and the same changes as displayed."""
    values: dict[str, Any] = {}
    changes: list[Change] = []
    for name, (attribute, words) in _PLAIN.items():
        old, new = getattr(person, name), getattr(row, attribute)
        if new and new != old:
            values[name] = new
            label = _LABELS[name]
            changes.append((label, words.get(old, old), words.get(new, new)) if words else (label, old, new))
    if row.birth and (birth := _new_birth(row.birth, person.birth)):
        values |= {"birth_date": birth.value, "birth_precision": birth.precision}
        changes.append(("出生日期", str(person.birth or ""), str(birth)))
    if row.phones and not set(row.phones) <= set(person.phone.split()):
        values["phone"] = " ".join(row.phones)
        changes.append(("联系电话", person.phone, values["phone"]))
    if id_hash and id_hash != person.id_hash:
        values |= {"id_kind": row.id_kind, "id_hash": id_hash}
        changes.append(("证件号码", person.id_mask, mask_id(row.id_number)))
    return values, changes


def row_fields(row: PersonRow) -> list[tuple[str, str]]:
    """Fields of a row's person for a side-by-side preview. The certificate is masked."""
    return [
        *_plain_fields(lambda name, attribute: getattr(row, attribute)),
        ("出生日期", str(row.birth or "")),
        ("证件号码", mask_id(row.id_number) if row.id_number else ""),
        ("联系电话", " ".join(row.phones)),
        ("与户主关系", row.relation_word),
        ("住处", _place(row)),
    ]


def person_fields(person: ExistingPerson, relation: str, home: str) -> list[tuple[str, str]]:
    """Fields of a person of the register for a side-by-side preview."""
    return [
        *_plain_fields(lambda name, attribute: getattr(person, name)),
        ("出生日期", str(person.birth or "")),
        ("证件号码", person.id_mask),
        ("联系电话", person.phone),
        ("与户主关系", relation),
        ("住处", home),
    ]


def _plain_fields(value_of) -> list[tuple[str, str]]:
    fields = []
    for name, (attribute, words) in _PLAIN.items():
        value = value_of(name, attribute)
        fields.append((_LABELS[name], words.get(value, value) if words else value))
    return fields


def _place(row: PersonRow) -> str:
    ref = row.living_place or row.registered_place
    return place_label(ref) if ref else ""


def _new_birth(new: PartialDate, old: PartialDate | None) -> PartialDate | None:
    """The new date if it is more precise than the old one or differs from it, else None."""
    if old is None or not new.agrees_with(old):
        return new
    return new if new.more_precise_of(old) is new and new.precision != old.precision else None
