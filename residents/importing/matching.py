"""Matching of rows to people of the register, and to earlier rows of the file (duplicates)."""

import re
from collections.abc import Callable, Iterable

from community.people.models import ID_COLUMN
from community.people.names import name_key
from portal.crypto.vault import blind_index
from portal.importing.protocol import APART
from portal.spreadsheets.findings import WARNING, Finding
from residents.importing.existing import ExistingPerson, PopulationSnapshot
from residents.importing.planned_rows import PlannedRow
from residents.importing.rows import PersonRow

Header = Callable[[str, str], str]
"""(sheet, field) -> the column's header as the file writes it."""


def finding_of(
    row: PersonRow, header: Header, field: str, value: str, message: str, severity="error"
) -> Finding:
    """A finding about one field of a row; `field` "" for the whole row."""
    return Finding(row.sheet, row.row, header(row.sheet, field) if field else "", value, message, severity)


def match_rows(planned: Iterable[PlannedRow], existing: PopulationSnapshot, header: Header) -> None:
    """Set `match`, `duplicate_of` or `ambiguous` of every row; rows with errors are left out.

    Matched by ID number; without one by name, birth date as precise as given, and dwelling. The second and
    later rows for one person are duplicates of the first. A user's decision takes precedence over a match by name
    and dwelling, but not over one by ID number.
    """
    by_hash: dict[bytes, PlannedRow] = {}
    by_person: dict[int, PlannedRow] = {}
    by_name: dict[str, list[PlannedRow]] = {}
    unnumbered: dict[str, list[PlannedRow]] = {}
    """Those without an ID number: only they can be the same person as a row that has one."""
    for one in planned:
        if one.row.id_number:
            one.id_hash = blind_index(one.row.id_number, ID_COLUMN)
        if not one.is_good:
            continue
        matches = _matches_in_register(one, existing, header)
        if len(matches) > 1:
            one.ambiguous = matches
            one.findings.append(_several(one.row, matches, header))
            continue
        one.match = matches[0] if matches else None
        if one.match and _renames(one):
            one.ambiguous, one.match, one.is_renamed = matches, None, True
            one.findings.append(_renamed(one.row, matches[0], header))
            continue
        first = by_hash.get(one.id_hash) if one.id_hash else None
        if first is None and one.match:
            first = by_person.get(one.match.id)
        if first is None and one.choice != APART:
            others = (unnumbered if one.id_hash else by_name).get(one.row.name, ())
            first = next((other for other in others if _same_in_file(one, other)), None)
        if first is not None:
            one.duplicate_of = first
            where = (
                f"第 {first.row.row} 行"
                if first.row.sheet == one.row.sheet
                else f"{first.row.sheet} 第 {first.row.row} 行"
            )
            message = f"与{where}是同一人，先采用前面一行；请比较两行，选定采用哪一行"
            one.findings.append(finding_of(one.row, header, "name", one.row.name, message, WARNING))
            continue
        if one.id_hash:
            by_hash[one.id_hash] = one
        if one.match:
            by_person[one.match.id] = one
        by_name.setdefault(one.row.name, []).append(one)
        if not one.id_hash:
            unnumbered.setdefault(one.row.name, []).append(one)


def _matches_in_register(
    one: PlannedRow, existing: PopulationSnapshot, header: Header
) -> list[ExistingPerson]:
    if one.id_hash and one.id_hash in existing.by_hash:
        return [existing.by_hash[one.id_hash]]
    if one.choice == APART:
        return []
    if chosen := chosen_id(one.choice):
        return [existing.people[chosen]] if chosen in existing.people else []
    matches, near = [], []
    for person in candidates(one, existing):
        if one.row.birth and person.birth and not one.row.birth.agrees_with(person.birth):
            continue
        (near if one.id_hash and person.id_hash else matches).append(person)
    if near and not matches:
        message = (
            f"台账中同住处有同名的{near[0].name}，证件号码不同（{near[0].id_mask}），按另一人登记，请核对"
        )
        one.findings.append(finding_of(one.row, header, "id_number", "", message, WARNING))
    return matches


def chosen_id(choice: str) -> int | None:
    """Id of the person of the register that the user chose for a row; None for none."""
    key = choice.partition(":")[0]
    return int(key) if key.isdecimal() else None


def candidates(one: PlannedRow, existing: PopulationSnapshot) -> list[ExistingPerson]:
    """People of the register with the row's name who are or were in its dwelling."""
    homes = {home.id if home else None for home in one.homes.values() if home is None or home.id}
    return [p for p in existing.by_name.get(one.row.name, ()) if homes & existing.dwellings_of(p)]


def _several(row: PersonRow, matches: list[ExistingPerson], header: Header) -> Finding:
    people = "；".join(f"{p.name} {p.birth or ''} {p.id_mask or '无证件号码'}" for p in matches)
    message = (
        f"台账中有 {len(matches)} 人与这一行相符（{people}），没有导入；请选择是哪一人，或填写证件号码以区分"
    )
    return finding_of(row, header, "name", row.name, message, WARNING)


def _renames(one: PlannedRow) -> bool:
    """Whether a row renames the person with its ID number, and the user has not confirmed it.

    A middle dot, a blank, a homophone character and a former name do not count.
    """
    person = one.match
    if one.id_hash is None or one.id_hash != person.id_hash or chosen_id(one.choice) == person.id:
        return False
    names = {_letters_of(person.name), _letters_of(person.former_name)} - {""}
    stated = {_letters_of(one.row.name), _letters_of(one.row.former_name)} - {""}
    return not names & stated and name_key(one.row.name) != name_key(person.name)


def _letters_of(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def _renamed(row: PersonRow, person: ExistingPerson, header: Header) -> Finding:
    message = (
        f"台账中这个证件号码是{person.name}，表中写的是{row.name}，没有导入；"
        "请核对号码是否填错，确是同一人改名的，请选择“就是台账中的”"
    )
    return finding_of(row, header, "name", row.name, message, WARNING)


def _same_in_file(one: PlannedRow, other: PlannedRow) -> bool:
    """Whether two rows of the same name mean one person: nothing in them contradicts it."""
    if one.id_hash and other.id_hash:
        return False
    if one.row.birth and other.row.birth and not one.row.birth.agrees_with(other.row.birth):
        return False
    places = {home.key if home else _collective_key(one.row) for home in one.homes.values()}
    return bool(places & {home.key if home else _collective_key(other.row) for home in other.homes.values()})


def _collective_key(row: PersonRow) -> tuple[str, str]:
    return ("集体户", row.household_number or row.household_key)
