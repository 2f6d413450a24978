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


def match_rows(planned_rows: Iterable[PlannedRow], existing: PopulationSnapshot, header: Header) -> None:
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
    for planned in planned_rows:
        if planned.row.id_number:
            planned.id_hash = blind_index(planned.row.id_number, ID_COLUMN)
        if not planned.is_good:
            continue
        matches = _matches_in_register(planned, existing, header)
        if len(matches) > 1:
            planned.ambiguous = matches
            planned.findings.append(_ambiguous_finding(planned.row, matches, header))
            continue
        planned.match = matches[0] if matches else None
        if planned.match and _is_renamed(planned):
            planned.ambiguous, planned.match, planned.is_renamed = matches, None, True
            planned.findings.append(_renamed_finding(planned.row, matches[0], header))
            continue
        first = by_hash.get(planned.id_hash) if planned.id_hash else None
        if first is None and planned.match:
            first = by_person.get(planned.match.id)
        if first is None and planned.choice != APART:
            others = (unnumbered if planned.id_hash else by_name).get(planned.row.name, ())
            first = next((other for other in others if _same_in_file(planned, other)), None)
        if first is not None:
            planned.duplicate_of = first
            where = (
                f"第 {first.row.row} 行"
                if first.row.sheet == planned.row.sheet
                else f"{first.row.sheet} 第 {first.row.row} 行"
            )
            message = f"与{where}是同一人，先采用前面一行；请比较两行，选定采用哪一行"
            planned.findings.append(
                finding_of(planned.row, header, "name", planned.row.name, message, WARNING)
            )
            continue
        if planned.id_hash:
            by_hash[planned.id_hash] = planned
        if planned.match:
            by_person[planned.match.id] = planned
        by_name.setdefault(planned.row.name, []).append(planned)
        if not planned.id_hash:
            unnumbered.setdefault(planned.row.name, []).append(planned)


def _matches_in_register(
    planned: PlannedRow, existing: PopulationSnapshot, header: Header
) -> list[ExistingPerson]:
    if planned.id_hash and planned.id_hash in existing.by_hash:
        return [existing.by_hash[planned.id_hash]]
    if planned.choice == APART:
        return []
    if chosen := chosen_id(planned.choice):
        return [existing.people[chosen]] if chosen in existing.people else []
    matches, near = [], []
    for person in candidates(planned, existing):
        if planned.row.birth and person.birth and not planned.row.birth.agrees_with(person.birth):
            continue
        (near if planned.id_hash and person.id_hash else matches).append(person)
    if near and not matches:
        message = (
            f"台账中同住处有同名的{near[0].name}，证件号码不同（{near[0].id_mask}），按另一人登记，请核对"
        )
        planned.findings.append(finding_of(planned.row, header, "id_number", "", message, WARNING))
    return matches


def chosen_id(choice: str) -> int | None:
    """Id of the person of the register that the user chose for a row; None for none."""
    key = choice.partition(":")[0]
    return int(key) if key.isdecimal() else None


def candidates(planned: PlannedRow, existing: PopulationSnapshot) -> list[ExistingPerson]:
    """People of the register with the row's name who are or were in its dwelling."""
    homes = {home.id if home else None for home in planned.homes.values() if home is None or home.id}
    return [p for p in existing.by_name.get(planned.row.name, ()) if homes & existing.dwellings_of(p)]


def _ambiguous_finding(row: PersonRow, matches: list[ExistingPerson], header: Header) -> Finding:
    people = "；".join(f"{p.name} {p.birth or ''} {p.id_mask or '无证件号码'}" for p in matches)
    message = (
        f"台账中有 {len(matches)} 人与这一行相符（{people}），没有导入；请选择是哪一人，或填写证件号码以区分"
    )
    return finding_of(row, header, "name", row.name, message, WARNING)


def _is_renamed(planned: PlannedRow) -> bool:
    """Whether a row renames the person with its ID number, and the user has not confirmed it.

    A middle dot, a blank, a homophone character and a former name do not count.
    """
    person = planned.match
    if planned.id_hash is None or planned.id_hash != person.id_hash or chosen_id(planned.choice) == person.id:
        return False
    names = {_letters_of(person.name), _letters_of(person.former_name)} - {""}
    stated = {_letters_of(planned.row.name), _letters_of(planned.row.former_name)} - {""}
    return not names & stated and name_key(planned.row.name) != name_key(person.name)


def _letters_of(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def _renamed_finding(row: PersonRow, person: ExistingPerson, header: Header) -> Finding:
    message = (
        f"台账中这个证件号码是{person.name}，表中写的是{row.name}，没有导入；"
        "请核对号码是否填错，确是同一人改名的，请选择“就是台账中的”"
    )
    return finding_of(row, header, "name", row.name, message, WARNING)


def _same_in_file(planned: PlannedRow, other: PlannedRow) -> bool:
    """Whether two rows of the same name mean one person: nothing in them contradicts it."""
    if planned.id_hash and other.id_hash:
        return False
    if planned.row.birth and other.row.birth and not planned.row.birth.agrees_with(other.row.birth):
        return False
    places = {home.key if home else _collective_key(planned.row) for home in planned.homes.values()}
    return bool(places & {home.key if home else _collective_key(other.row) for home in other.homes.values()})


def _collective_key(row: PersonRow) -> tuple[str, str]:
    return ("集体户", row.household_number or row.household_key)
