"""The plan of an import of people: every row matched, compared and placed. Writes nothing."""

import datetime
from collections.abc import Sequence

from community.places.models import Building
from portal.jobs.progress import ProgressCallback
from residents.homes.models import Dwelling, Kind
from residents.importing.compare import compare_person
from residents.importing.existing import PopulationSnapshot
from residents.importing.households import HouseholdAssignment
from residents.importing.matching import match_rows
from residents.importing.moves import plan_moves
from residents.importing.person_row import PersonRow
from residents.importing.places import Gazetteer, Home

_USES = dict(Dwelling.Use.choices)
_HOMES = frozenset({Dwelling.Use.SELF, Dwelling.Use.RENTED, Dwelling.Use.VACANT})
"""Uses that a list of people may change; a shop stays one."""
_LONGEST_ESTATE = Building._meta.get_field("estate").max_length
_LONGEST_DOOR = Dwelling._meta.get_field("room").max_length


def plan_rows(
    rows: Sequence[PersonRow],
    existing: PopulationSnapshot,
    gazetteer: Gazetteer,
    today: datetime.date,
    step: ProgressCallback,
) -> HouseholdAssignment:
    """Match, compare and place all rows, which are in the order of the file; returns their households."""
    gazetteer.learn(ref for row in rows for ref in (row.living_place, row.registered_place) if ref)
    for row in rows:
        _find_homes(row, gazetteer)
    step(0.2)
    people = [row for row in rows if not row.dwelling_use]
    match_rows(people, existing)
    for row in people:
        if row.is_good and not row.match and not (row.truths or row.dead or row.moved_out):
            # A row of a file without addresses that matches nobody does not say where the person lives.
            message = "表中没有住处栏，台账中也没有找到这个人；请先在台账中登记，或在表中增加住处栏"
            row.error("name", row.name, message)
    step(0.5)
    _plan_uses(rows, existing, gazetteer)
    for row in people:
        if row.is_good:
            if row.match:
                compare_person(row)
            plan_moves(row, existing, gazetteer, today)
    step(0.8)
    households = HouseholdAssignment(rows, existing, gazetteer)
    households.settle()
    step(1.0)
    return households


def _find_homes(row: PersonRow, gazetteer: Gazetteer) -> None:
    """Set the homes of a row, whose earlier plan is void."""
    row.homes, row.moves, row.updates, row.is_renamed = {}, [], None, False
    for kind, ref in ((Kind.LIVING, row.living_place), (Kind.REGISTERED, row.registered_place)):
        if kind not in row.truths:
            continue
        if ref is None:
            # Only a registered household may stand at no dwelling; who left or died need not have one.
            if kind == Kind.REGISTERED:
                row.homes[kind] = None
        elif ref.is_resolved:
            row.homes[kind] = gazetteer.find(ref)
    for home in row.homes.values():
        if home and len(home.ref.estate) > _LONGEST_ESTATE:
            row.error("estate", home.ref.estate, f"小区名称超过 {_LONGEST_ESTATE} 个字，请缩短")
        if home and (len(home.ref.door) > _LONGEST_DOOR or len(home.label) > 80):
            row.error("", home.label, "门牌太长，登记不下，请核对")


def _plan_uses(rows: Sequence[PersonRow], existing: PopulationSnapshot, gazetteer: Gazetteer) -> None:
    """Uses of dwellings that are vacant or let. One in which people live does not become vacant."""
    lived_in = {
        home.key
        for row in rows
        if row.is_good and not row.dwelling_use and (home := row.homes.get(Kind.LIVING))
    }
    for row in rows:
        use, home = row.dwelling_use, row.homes.get(Kind.LIVING)
        if not use or not home or not row.is_good:
            continue
        now = gazetteer.use_of(home)
        is_lived_in = home.key in lived_in or (home.id and (Kind.LIVING, home.id) in existing.at_dwelling)
        if use == Dwelling.Use.VACANT and is_lived_in:
            message = f"{home.label}登记有人居住，没有改为空置；已搬走的请先办理迁出"
            row.warning("name", row.name, message)
        elif now is None or (now in _HOMES and now != use):
            row.change("房屋用途", _USES[now] if now else "新增房屋", _USES[use])


def new_homes(rows: Sequence[PersonRow]) -> list[Home]:
    """Homes to be created for accepted rows, in the order of the file."""
    homes = {}
    for row in rows:
        if row.is_good:
            kinds = [Kind.LIVING] if row.dwelling_use else [move.kind for move in row.moves]
            for kind in kinds:
                home = row.homes.get(kind)
                if home and home.id is None:
                    homes.setdefault(home.key, home)
    return list(homes.values())
