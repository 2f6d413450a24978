"""Matching of rows to people of the register, and to earlier rows of the file (duplicates)."""

import re
from collections.abc import Iterable

from community.people.models import ID_COLUMN
from community.people.names import name_key
from portal.crypto.vault import blind_index
from portal.importing.protocol import APART
from residents.importing.existing import ExistingPerson, PopulationSnapshot
from residents.importing.person_row import PersonRow


def match_rows(rows: Iterable[PersonRow], existing: PopulationSnapshot) -> None:
    """Set `match`, `duplicate_of` or `candidates` of every row; rows with errors are left out.

    Matched by ID number; without one by name, birth date as precise as given, and dwelling. The second and
    later rows for one person are duplicates of the first. A user's decision takes precedence over a match by name
    and dwelling, but not over one by ID number.
    """
    by_hash: dict[bytes, PersonRow] = {}
    by_person: dict[int, PersonRow] = {}
    by_name: dict[str, list[PersonRow]] = {}
    unnumbered: dict[str, list[PersonRow]] = {}
    """Those without an ID number: only they can be the same person as a row that has one."""
    for row in rows:
        if row.id_number:
            row.id_hash = blind_index(row.id_number, ID_COLUMN)
        if not row.is_good:
            continue
        matches = _matches_in_register(row, existing)
        if len(matches) > 1:
            row.candidates = matches
            row.warning("name", row.name, _ambiguous(matches))
            continue
        row.match = matches[0] if matches else None
        if row.match and _is_renamed(row):
            row.candidates, row.match, row.is_renamed = matches, None, True
            row.warning("name", row.name, _renamed(row, matches[0]))
            continue
        first = by_hash.get(row.id_hash) if row.id_hash else None
        if first is None and row.match:
            first = by_person.get(row.match.id)
        if first is None and row.choice != APART:
            others = (unnumbered if row.id_hash else by_name).get(row.name, ())
            first = next((other for other in others if _same_in_file(row, other)), None)
        if first is not None:
            row.mark_duplicate(first, "name", row.name, "同一人")
            continue
        if row.id_hash:
            by_hash[row.id_hash] = row
        if row.match:
            by_person[row.match.id] = row
        by_name.setdefault(row.name, []).append(row)
        if not row.id_hash:
            unnumbered.setdefault(row.name, []).append(row)


def _matches_in_register(row: PersonRow, existing: PopulationSnapshot) -> list[ExistingPerson]:
    if row.id_hash and row.id_hash in existing.by_hash:
        return [existing.by_hash[row.id_hash]]
    if row.choice == APART:
        return []
    if chosen := _chosen_id(row):
        return [existing.people[chosen]] if chosen in existing.people else []
    matches, near = [], []
    for person in namesakes_at_home(row, existing):
        if row.birth and person.birth and not row.birth.agrees_with(person.birth):
            continue
        (near if row.id_hash and person.id_hash else matches).append(person)
    if near and not matches:
        message = (
            f"台账中同住处有同名的{near[0].name}，证件号码不同（{near[0].id_mask}），按另一人登记，请核对"
        )
        row.warning("id_number", "", message)
    return matches


def _chosen_id(row: PersonRow) -> int | None:
    """Id of the person of the register that the user chose for a row; None for none."""
    chosen = row.shown and row.shown.chosen
    return chosen and chosen[0]


def namesakes_at_home(row: PersonRow, existing: PopulationSnapshot) -> list[ExistingPerson]:
    """People of the register with the row's name who are or were in its dwelling."""
    homes = {home.id if home else None for home in row.homes.values() if home is None or home.id}
    return [p for p in existing.by_name.get(row.name, ()) if homes & existing.dwellings_of(p)]


def _ambiguous(matches: list[ExistingPerson]) -> str:
    people = "；".join(f"{p.name} {p.birth or ''} {p.id_mask or '无证件号码'}" for p in matches)
    return (
        f"台账中有 {len(matches)} 人与这一行相符（{people}），没有导入；请选择是哪一人，或填写证件号码以区分"
    )


def _is_renamed(row: PersonRow) -> bool:
    """Whether a row renames the person with its ID number, and the user has not confirmed it.

    A middle dot, a blank, a homophone character and a former name do not count.
    """
    person = row.match
    if row.id_hash is None or row.id_hash != person.id_hash or _chosen_id(row) == person.id:
        return False
    names = {_letters_of(person.name), _letters_of(person.former_name)} - {""}
    stated = {_letters_of(row.name), _letters_of(row.former_name)} - {""}
    return not names & stated and name_key(row.name) != name_key(person.name)


def _letters_of(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def _renamed(row: PersonRow, person: ExistingPerson) -> str:
    return (
        f"台账中这个证件号码是{person.name}，表中写的是{row.name}，没有导入；"
        "请核对号码是否填错，确是同一人改名的，请选择“就是台账中的”"
    )


def _same_in_file(row: PersonRow, other: PersonRow) -> bool:
    """Whether two rows of the same name mean one person: nothing in them contradicts it."""
    if row.id_hash and other.id_hash:
        return False
    if row.birth and other.birth and not row.birth.agrees_with(other.birth):
        return False
    return bool(_home_keys(row) & _home_keys(other))


def _home_keys(row: PersonRow) -> set[tuple]:
    collective = ("集体户", row.household_number or row.household_key)
    return {home.key if home else collective for home in row.homes.values()}


def may_be_somebody_else(row: PersonRow) -> bool:
    """Whether a duplicate or ambiguous row may be another person: not when its number says who it is."""
    if row.candidates:
        return not row.is_renamed
    return (
        row.duplicate_of is not None
        and (row.id_hash is None or row.id_hash != row.duplicate_of.id_hash)
        and not (row.match and row.id_hash == row.match.id_hash)
    )
