"""Choice of people for a form: a filtered list, a saved list, or the people named in its rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.http import QueryDict

from community.people.id_numbers import read_id
from community.people.models import ID_COLUMN, Person
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.crypto.vault import blind_index
from portal.form_filling.process import texts_in
from portal.registers.filters import FilteredList, ListRequest
from portal.registers.registers import Register
from portal.saved_lists import saved_lists
from portal.saved_lists.models import SavedList
from portal.spreadsheets.values import normalise
from residents.form_filling.fields import words
from residents.form_filling.match_proposals import layout_of
from residents.form_filling.models import FormFilling

_NAMES = ("name", "head_name")
_NUMBERS = ("id_number", "head_id_number")


def listing_of(register: Register, query: str, access: Access, community: CommunityRef) -> FilteredList:
    """The people of a list by its query string."""
    return FilteredList(register, ListRequest(QueryDict(query), access, community), Permission.PEOPLE_EXPORT)


def ids_of(filling: FormFilling, register: Register, access: Access, community: CommunityRef) -> list[int]:
    """Ids of the people chosen for a form who are still in the register. Raises InvalidSavedList."""
    if filling.how == FormFilling.People.FORM:
        chosen_ids = list(dict.fromkeys(filling.chosen.values()))
        existing_ids = rows(Person, access, Permission.PEOPLE_EXPORT, community).filter(pk__in=chosen_ids)
        existing_ids = set(existing_ids.values_list("pk", flat=True))
        return [pk for pk in chosen_ids if pk in existing_ids]
    if filling.how == FormFilling.People.LIST:
        return saved_list_ids(filling.query, register, access, community)
    listing = listing_of(register, filling.query, access, community)
    if listing.problem:
        raise saved_lists.InvalidSavedList(listing.problem)
    return list(listing.rows.values_list("pk", flat=True))


def saved_list_ids(uuid: str, register: Register, access: Access, community: CommunityRef) -> list[int]:
    """Ids of a saved list in its order; empty if it was deleted. Raises InvalidSavedList."""
    saved = _saved(uuid, register, access, community)
    return list(saved_lists.rows_of(saved, access, community).values_list("pk", flat=True)) if saved else []


def _saved(uuid: str, register: Register, access: Access, community: CommunityRef) -> SavedList | None:
    try:
        return saved_lists.usable_lists(access, community, register).filter(uuid=UUID(uuid)).first()
    except ValueError:
        return None


def in_words(filling: FormFilling, register: Register, access: Access, community: CommunityRef) -> str:
    """The choice of people, in words to show."""
    if filling.how == FormFilling.People.FORM:
        return "表中已有的人"
    if filling.how == FormFilling.People.LIST:
        saved = _saved(filling.query, register, access, community)
        return f"常用名单“{saved.name}”" if saved else "常用名单（已删除）"
    return listing_of(register, filling.query, access, community).words or "全部居民"


# People named in the form


@dataclass(slots=True)
class RowMatch:
    """A row of the form that names somebody, with the matching people of the register.

    outcome: why there is no match, or how it was found; sure: whether the match is unambiguous.
    by_number: whether a certificate number was looked up for it.
    """

    row: int
    name: str
    outcome: str
    people: list[Person] = field(default_factory=list)
    sure: bool = False
    by_number: bool = False


def match_filled_rows(
    filling: FormFilling, content: bytes, access: Access, community: CommunityRef
) -> list[RowMatch]:
    """Match the people of each filled row: by ID number if the user may look those up, else by name."""
    layout = layout_of(filling)
    columns = dict(zip(filling.fields, (column.column for column in layout.columns), strict=True))
    name_column = next((columns[key] for key in _NAMES if key in columns), 0)
    number_column = next((columns[key] for key in _NUMBERS if key in columns), 0)
    if not (name_column or number_column):
        return []
    may_find = access.can(Permission.PEOPLE_REVEAL, community)
    entries = [
        (row, normalise(cells.get(name_column, "")), cells.get(number_column, ""))
        for row, cells in texts_in(content, words(), layout.sheet).items()
    ]
    entries = [entry for entry in entries if entry[1] or entry[2]]
    numbers = {row: _hash(number) for row, _, number in entries if may_find and number}
    people = rows(Person, access, Permission.PEOPLE_EXPORT, community)
    by_hash = {bytes(p.id_hash): p for p in people.filter(id_hash__in=[h for h in numbers.values() if h])}
    by_name: dict[str, list[Person]] = {}
    for person in people.filter(name__in={name for _, name, _ in entries if name}):
        by_name.setdefault(person.name, []).append(person)
    matches = [_match(row, name, number, numbers.get(row), by_hash, by_name) for row, name, number in entries]
    for match in matches:
        match.by_number = bool(numbers.get(match.row))
    return matches


def _hash(number: str) -> bytes | None:
    reading = read_id(number)
    return blind_index(reading.number, ID_COLUMN) if reading.number else None


def _match(
    row: int, name: str, number: str, key: bytes | None, by_hash: Mapping, by_name: Mapping
) -> RowMatch:
    person = by_hash.get(key) if key else None
    if person is not None:
        if name and name != person.name:
            return RowMatch(row, name, f"身份证号码是{person.name}的，姓名不同，请选定", [person])
        return RowMatch(row, name or person.name, "按身份证号码找到", [person], sure=True)
    people = by_name.get(name, [])
    if not people:
        return RowMatch(row, name, "台账中没有找到" if name else "台账中没有这个身份证号码")
    if key and number:
        return RowMatch(row, name, "台账中有同名的人，身份证号码不同或没有登记，请选定", people)
    if len(people) > 1:
        return RowMatch(row, name, f"台账中有 {len(people)} 位同名的人，请选定", people)
    return RowMatch(row, name, "按姓名找到", people, sure=True)
