"""Writing a plan into the register: a handful of set-based statements in the caller's transaction."""

import datetime
import uuid
from collections.abc import Sequence

from community.people.models import ID_COLUMN, Person
from community.people.names import initials, name_key
from portal.crypto.vault import encrypt
from portal.database.bulk_sql import ConcurrentUpdate, insert_rows, update_planner_statistics, update_rows
from portal.importing.protocol import CHANGED, NEW, ImportTarget
from portal.jobs.progress import ProgressCallback
from portal.values.id_numbers import mask_id
from residents.event_log.models import PopulationEvent
from residents.homes.models import Dwelling, Household, Kind, Residence
from residents.importing.compare import person_values
from residents.importing.households import HouseholdAssignment
from residents.importing.person_row import Group, Move, MoveStep, PersonRow

_What = PopulationEvent.What
_LONGEST_KEY = Person._meta.get_field("name_key").max_length
_LONGEST_INITIALS = Person._meta.get_field("initials").max_length

_PERSON = (
    "name name_key initials former_name sex birth_date birth_precision died_on id_kind id_cipher id_hash id_mask phone"
    " ethnic registered_place education marital employment workplace political note place_label"
).split()
_RESIDENCE = (
    "community_id uuid person_id household_id kind relation_class relation_word is_head start start_precision end"
    " end_precision other_address"
).split()
_EVENT = "community_id what kind person_id residence_id former_id on note by_id".split()


class ImportWriter:
    """Writes the new and changed rows of one plan."""

    def __init__(self, rows: Sequence[PersonRow], households: HouseholdAssignment, into: ImportTarget):
        self.existing = households.existing
        self.gazetteer = households.gazetteer
        self.households = households
        self.community_id = into.community_id
        self.user_id = into.user_id
        self.today = into.today
        changing = [row for row in rows if row.verdict in (NEW, CHANGED)]
        self.written = [row for row in changing if not row.dwelling_use]
        self.dwellings = [row for row in changing if row.dwelling_use]
        self.moves = [move for row in self.written for move in row.moves]
        self._person_ids: dict[PersonRow, int] = {}
        self._household_ids: dict[Group, int] = {}
        self._homes: dict = {}

    def write(self, step: ProgressCallback) -> dict[PersonRow, int]:
        """Write places, people, households, residences and events, in the order their keys need.

        Returns the ids of the people.
        """
        homes = [
            move.row.homes[move.kind] for move in self.moves if move.step in (MoveStep.OPEN, MoveStep.MOVE)
        ]
        homes += [row.homes[Kind.LIVING] for row in self.dwellings]
        self._homes = self.gazetteer.create([home for home in homes if home])
        self._set_uses()
        self._update_statistics(Dwelling)
        step(0.1)
        self._insert_people(lambda done: step(0.1 + 0.4 * done))
        self._update_people()
        step(0.55)
        self._end_and_change()
        self._insert_households()
        self._update_statistics(Person, Household)
        step(0.65)
        self._insert_residences(lambda done: step(0.65 + 0.2 * done))
        step(1.0)
        return self._person_ids

    def _set_uses(self) -> None:
        """Write which dwellings are vacant or let."""
        uses = {self._homes[row.homes[Kind.LIVING].key]: row.dwelling_use for row in self.dwellings}
        dwellings = Dwelling.objects.filter(community_id=self.community_id, id__in=list(uses))
        self._update(
            Dwelling,
            ["use"],
            [(pk, version, uses[pk]) for pk, version in dwellings.values_list("id", "version")],
        )

    # People

    def _insert_people(self, step: ProgressCallback) -> None:
        new = [row for row in self.written if row.match is None]
        uuids = [uuid.uuid4() for _ in new]
        rows = (
            (self.community_id, key, *self._columns(row, key, person_values(row)))
            for row, key in zip(new, uuids, strict=True)
        )
        ids = insert_rows(
            Person, ("community_id", "uuid", *_PERSON), rows, lambda written: step(written / len(new))
        )
        self._person_ids |= {row: ids[key] for row, key in zip(new, uuids, strict=True)}

    def _update_people(self) -> None:
        rows = []
        for row in self.written:
            if row.match is None:
                continue
            self._person_ids[row] = row.match.id
            label = self._place_label(row)
            if row.updates or label != row.match.place_label:
                rows.append((row.match.id, row.match.version, row))
        # Every column is written, so that one statement serves all rows; unchanged values are written as they are.
        names = [name for name in _PERSON if name != "id_cipher"]
        values = [
            (
                pk,
                version,
                *self._columns(row, row.match.uuid, row.match._asdict() | row.updates, cipher=False),
            )
            for pk, version, row in rows
        ]
        self._update(Person, [name for name in names if not name.startswith("id_")], values)
        self._add_ids([row for _, _, row in rows if "id_hash" in row.updates])

    def _columns(self, row: PersonRow, key: uuid.UUID, values: dict, *, cipher: bool = True) -> tuple:
        """The columns of _PERSON; without `cipher` those of the certificate are left out."""
        name = values["name"]
        number = row.id_number if cipher else ""
        certificate = {
            "id_kind": row.id_kind if number else "",
            "id_cipher": encrypt(number, ID_COLUMN, key) if number else None,
            "id_hash": row.id_hash if number else None,
            "id_mask": mask_id(number) if number else "",
        }
        full = (
            values
            | certificate
            | {
                "name_key": name_key(name)[:_LONGEST_KEY],
                "initials": initials(name)[:_LONGEST_INITIALS],
                "place_label": self._place_label(row),
            }
        )
        return tuple(full[name] for name in _PERSON if cipher or not name.startswith("id_"))

    def _add_ids(self, people: list[PersonRow]) -> None:
        """Add certificates to people of the register who had none. Their version has just been raised."""
        rows = [
            (
                row.match.id,
                row.match.version + 1,
                row.id_kind,
                encrypt(row.id_number, ID_COLUMN, row.match.uuid),
                row.id_hash,
                mask_id(row.id_number),
            )
            for row in people
        ]
        self._update(Person, ["id_kind", "id_cipher", "id_hash", "id_mask"], rows)

    def _place_label(self, row: PersonRow) -> str:
        """Label of the dwelling the person lives at afterwards."""
        label = row.match.place_label if row.match else ""
        for move in row.moves:
            if move.kind != Kind.LIVING:
                continue
            if move.enters:
                label = row.homes[Kind.LIVING].label
            elif move.step is MoveStep.CLOSE:
                label = ""
        return label

    # Residences and households

    def _end_and_change(self) -> None:
        """End residences and remove heads before new ones are set, so that no household has two heads at once."""
        staying = [move for move in self.moves if move.step is MoveStep.KEEP]
        resigned = [move for move in staying if move.releases_head]
        self._update(Residence, ["is_head"], [(move.stay.id, move.stay.version, False) for move in resigned])
        ended = [move for move in self.moves if move.step in (MoveStep.CLOSE, MoveStep.MOVE)]
        self._update(
            Residence,
            ["end", "end_precision", "other_address"],
            [(m.stay.id, m.stay.version, m.end, m.end_precision, _destination(m)) for m in ended],
        )
        self._update(
            Residence,
            ["relation_class", "relation_word", "is_head", "other_address"],
            [
                (
                    move.stay.id,
                    move.stay.version + move.releases_head,
                    move.relation_class,
                    move.relation_word,
                    move.is_head,
                    move.other_address,
                )
                for move in staying
                if _differs(move)
            ],
        )
        households = self.existing.households
        numbered = self.households.numbered.items()
        self._update(Household, ["number"], [(pk, households[pk].version, number) for pk, number in numbered])

    def _insert_households(self) -> None:
        groups = dict.fromkeys(move.group for move in self.moves if move.group and not move.group.existing)
        rows, keys = [], {}
        for group in groups:
            keys[group] = uuid.uuid4()
            dwelling = self._homes[group.home.key] if group.home else None
            rows.append((self.community_id, keys[group], group.kind, dwelling, group.number))
        ids = insert_rows(Household, ("community_id", "uuid", "kind", "dwelling_id", "number"), rows)
        self._household_ids = {group: ids[key] for group, key in keys.items()}

    def _insert_residences(self, step: ProgressCallback) -> None:
        entering = [move for move in self.moves if move.step in (MoveStep.OPEN, MoveStep.MOVE)]
        keys = [uuid.uuid4() for _ in entering]
        rows = (self._residence(move, key) for move, key in zip(entering, keys, strict=True))
        ids = insert_rows(Residence, _RESIDENCE, rows, lambda written: step(written / len(entering)))
        entered = {move: ids[key] for move, key in zip(entering, keys, strict=True)}
        self._update_statistics(Residence)
        insert_rows(
            PopulationEvent, _EVENT, (event for move in self.moves for event in self._events(move, entered))
        )

    def _residence(self, move: Move, key: uuid.UUID) -> tuple:
        moved = move.step is MoveStep.MOVE
        return (
            self.community_id,
            key,
            self._person_ids[move.row],
            move.group.existing.id if move.group.existing else self._household_ids[move.group],
            move.kind,
            move.relation_class,
            move.relation_word,
            move.is_head,
            self.today if moved else None,
            "d" if moved else "",
            move.end if move.over else None,
            move.end_precision if move.over else "",
            move.other_address,
        )

    def _events(self, move: Move, entered: dict[Move, int]):
        """Population events for the monthly statement. A new person in the register counts from today (建档)."""
        person = self._person_ids[move.row]

        def event(what, residence: int, on: datetime.date, former: int | None = None) -> tuple:
            return (self.community_id, what, move.kind, person, residence, former, on, "导入", self.user_id)

        departure = _What.DEATH if move.died else _What.MOVE_OUT
        if move.step is MoveStep.CLOSE:
            yield event(departure, move.stay.id, move.end)
        elif move.step is MoveStep.MOVE:
            yield event(_What.TRANSFER, entered[move], self.today, move.stay.id)
        elif move.step is MoveStep.OPEN:
            yield event(_What.ENTRY, entered[move], self.today)
            if move.over:
                yield event(departure, entered[move], move.end)

    def _update_statistics(self, *models) -> None:
        update_planner_statistics(*models, community_id=self.community_id, added=len(self.moves))

    def _update(self, model, names: list[str], rows: list[tuple]) -> None:
        if rows and update_rows(model, names, rows, community_id=self.community_id) != len(rows):
            raise ConcurrentUpdate


def _destination(move: Move) -> str:
    """The destination; a move within the community does not change the address of the old residence."""
    return move.stay.other_address if move.step is MoveStep.MOVE else move.other_address


def _differs(move: Move) -> bool:
    stay = move.stay
    return (move.relation_class, move.relation_word, move.is_head, move.other_address) != (
        stay.relation_class,
        stay.relation_word,
        stay.is_head,
        stay.other_address,
    )
