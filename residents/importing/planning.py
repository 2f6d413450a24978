"""The whole plan of an import: every row matched, compared and placed. Writes nothing."""

import datetime
from collections.abc import Sequence

from community.places.models import Building
from portal.jobs.progress import ProgressCallback
from portal.spreadsheets.findings import WARNING
from residents.homes.models import Dwelling, Kind
from residents.importing.compare import person_changes
from residents.importing.existing import PopulationSnapshot
from residents.importing.households import HouseholdAssignment
from residents.importing.matching import Header, finding_of, match_rows
from residents.importing.moves import plan_moves
from residents.importing.places import Gazetteer, Home
from residents.importing.planned_rows import PlannedRow
from residents.importing.rows import PersonRow

_USES = dict(Dwelling.Use.choices)
_HOMES = frozenset({Dwelling.Use.SELF, Dwelling.Use.RENTED, Dwelling.Use.VACANT})
"""Uses that a list of people may change; a shop stays one."""
_LONGEST_ESTATE = Building._meta.get_field("estate").max_length
_LONGEST_DOOR = Dwelling._meta.get_field("room").max_length


class ImportPlan:
    """Import plan. `rows` are in the order of the file; `choices` are the user's decisions on them."""

    def __init__(
        self,
        rows: Sequence[PersonRow],
        existing: PopulationSnapshot,
        gazetteer: Gazetteer,
        today: datetime.date,
        header: Header,
        step: ProgressCallback,
        choices: Sequence[str] = (),
    ):
        self.existing = existing
        self.gazetteer = gazetteer
        gazetteer.learn(ref for row in rows for ref in (row.living_place, row.registered_place) if ref)
        self.rows = [self._begin(row, header) for row in rows]
        for planned, choice in zip(self.rows, choices, strict=False):
            planned.choice = choice
        step(0.2)
        people = [planned for planned in self.rows if not planned.row.dwelling_use]
        match_rows(people, existing, header)
        for planned in people:
            self._refuse_stranger_without_place(planned, header)
        step(0.5)
        self._plan_uses(header)
        for planned in people:
            if planned.is_good:
                self._compare(planned)
                plan_moves(planned, existing, gazetteer, today, header)
        step(0.8)
        self.households = HouseholdAssignment(self.rows, existing, gazetteer, header)
        self.households.settle()
        step(1.0)

    def _plan_uses(self, header: Header) -> None:
        """Uses of dwellings that are vacant or let. One in which people live does not become vacant."""
        lived_in = {
            home.key
            for planned in self.rows
            if planned.is_good and not planned.row.dwelling_use and (home := planned.homes.get(Kind.LIVING))
        }
        for planned in self.rows:
            use, home = planned.row.dwelling_use, planned.homes.get(Kind.LIVING)
            if not use or not home or not planned.is_good:
                continue
            now = self.gazetteer.use_of(home)
            is_lived_in = home.key in lived_in or (
                home.id and (Kind.LIVING, home.id) in self.existing.at_dwelling
            )
            if use == Dwelling.Use.VACANT and is_lived_in:
                message = f"{home.label}登记有人居住，没有改为空置；已搬走的请先办理迁出"
                planned.findings.append(
                    finding_of(planned.row, header, "name", planned.row.name, message, WARNING)
                )
            elif now is None or (now in _HOMES and now != use):
                planned.change("房屋用途", _USES[now] if now else "新增房屋", _USES[use])

    def _begin(self, row: PersonRow, header: Header) -> PlannedRow:
        planned = PlannedRow(row, findings=list(row.findings))
        for kind, ref in (("living", row.living_place), ("registered", row.registered_place)):
            if kind not in row.truths:
                continue
            if ref is None:
                # Only a registered household may stand at no dwelling; who left or died need not have one.
                if kind == "registered":
                    planned.homes[kind] = None
            elif ref.is_resolved:
                planned.homes[kind] = self.gazetteer.find(ref)
        for home in planned.homes.values():
            if home and len(home.ref.estate) > _LONGEST_ESTATE:
                planned.findings.append(
                    finding_of(
                        row, header, "estate", home.ref.estate, f"小区名称超过 {_LONGEST_ESTATE} 个字，请缩短"
                    )
                )
            if home and (len(home.ref.door) > _LONGEST_DOOR or len(home.label) > 80):
                planned.findings.append(finding_of(row, header, "", home.label, "门牌太长，登记不下，请核对"))
        return planned

    def _refuse_stranger_without_place(self, planned: PlannedRow, header: Header) -> None:
        """Refuse a row of a file without addresses that matches nobody: it does not say where the person lives."""
        row = planned.row
        if planned.is_good and not planned.match and not (row.truths or row.dead or row.moved_out):
            message = "表中没有住处栏，台账中也没有找到这个人；请先在台账中登记，或在表中增加住处栏"
            planned.findings.append(finding_of(row, header, "name", row.name, message))

    def _compare(self, planned: PlannedRow) -> None:
        if planned.match is None:
            return
        planned.values, changes = person_changes(planned.row, planned.match, planned.id_hash)
        for change in changes:
            planned.change(*change)

    @property
    def new_homes(self) -> list[Home]:
        """Homes to be created for accepted rows, in the order of the file."""
        homes = {}
        for planned in self.rows:
            if planned.is_good:
                kinds = [Kind.LIVING] if planned.row.dwelling_use else [move.kind for move in planned.moves]
                for kind in kinds:
                    home = planned.homes.get(kind)
                    if home and home.id is None:
                        homes.setdefault(home.key, home)
        return list(homes.values())
