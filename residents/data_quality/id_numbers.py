"""Data-quality check of ID numbers, which must be decrypted: by the nightly job or on demand."""

import re
from collections.abc import Callable, Iterator

from community.people.id_numbers import read_id, sex_of
from community.people.models import ID_COLUMN, Person
from portal.crypto.vault import SecretUnreadable, blind_index
from portal.database.bulk_sql import insert_rows
from portal.values.id_numbers import EIGHTEEN_CHARACTERS, birth_of, checksum, convert_15
from residents.data_quality.models import IdNumberIssue

_Kind = IdNumberIssue.Kind
_AT_ONCE = 2_000
_OLD = re.compile(r"[0-9]{15}")
_PLAIN = re.compile(r"[^0-9A-Z]")
_WITHIN = ("resident_id", "hmt_residence", "foreign_permanent")
"""Kinds of certificates whose 18 digits end in a check character."""


def check_id_numbers(community, step: Callable[[int, int], None] = lambda checked, total: None) -> int:
    """Replace the findings about ID numbers of a community; returns their number.

    No number leaves this function: a finding has the person and the kind of fault.
    """
    people = Person.objects.of(community).filter(id_cipher__isnull=False).order_by("pk")
    total, checked = people.count(), 0
    IdNumberIssue.objects.of(community).delete()
    rows: list[tuple] = []
    first_of: dict[bytes, Person] = {}
    columns = ("id", "uuid", "version", "sex", "birth_date", "birth_precision", "id_kind", "id_cipher")
    for person in people.only(*columns).iterator(chunk_size=_AT_ONCE):
        try:
            number = person.read_id()
        except SecretUnreadable:
            rows.append((community.id, person.pk, person.version, None, None, _Kind.UNREADABLE.value))
            continue
        rows += [
            (community.id, person.pk, person.version, None, None, fault.value)
            for fault in faults(person, number)
        ]
        key = blind_index(normal_form(number), f"{ID_COLUMN} in one form")
        other = first_of.setdefault(key, person)
        if other is not person:
            rows.append(
                (community.id, person.pk, person.version, other.pk, other.version, _Kind.DOUBLE.value)
            )
        checked += 1
        if checked % _AT_ONCE == 0:
            step(checked, total)
    names = ["community_id", "person_id", "person_version", "other_id", "other_version", "kind"]
    insert_rows(IdNumberIssue, names, rows)
    step(total, total)
    return len(rows)


def normal_form(number: str) -> str:
    """Normal form of a number for comparison: 15 digits converted to 18, without separators.

    A disability certificate number begins with the holder's ID number.
    """
    plain = _PLAIN.sub("", number.upper())
    if _OLD.fullmatch(plain):
        return convert_15(plain)
    if len(plain) == 20 and EIGHTEEN_CHARACTERS.fullmatch(plain[:18]) and checksum(plain) == plain[17]:
        return plain[:18]
    return plain


def faults(person: Person, number: str) -> Iterator[IdNumberIssue.Kind]:
    """Faults of one ID number, also compared with its holder's data."""
    if person.id_kind not in _WITHIN:
        return
    if not EIGHTEEN_CHARACTERS.fullmatch(number) or read_id(number).is_error:
        yield _Kind.WRONG
        return
    if person.id_kind != "resident_id":
        return  # Of other certificates the register takes neither birth nor sex.
    born = birth_of(number)
    if born and person.birth and not person.birth.agrees_with(born):
        yield _Kind.BIRTH
    if person.sex and person.sex != sex_of(number):
        yield _Kind.SEX
