"""Resolution of a file's addresses to dwellings of the register, and the places to be created."""

from collections.abc import Iterable
from dataclasses import dataclass

from community.communities.models import Community
from community.places.models import Building, Stairwell, natural_sort
from portal.database.bulk_sql import insert_rows
from residents.homes.addresses import PlaceRef, PlaceWords
from residents.homes.models import Dwelling
from residents.homes.register_places import RegisteredBuilding

_LONGEST_LABEL = Building._meta.get_field("label").max_length
NamedRoom = tuple[int, int | None, str]


@dataclass(frozen=True, slots=True)
class Home:
    """A dwelling of the register, or with `id` None one to be created. Equal by `key`."""

    key: tuple[str, str, str, str]
    id: int | None
    stairwell_id: int | None
    label: str
    ref: PlaceRef


class Gazetteer:
    """The buildings, stairwells and dwellings of one community."""

    def __init__(self, community: Community):
        self.community = community
        self.words = PlaceWords.of(community.building_words, community.stairwell_words)
        self.buildings = {(b.estate, b.key): b for b in Building.objects.of(community)}
        by_id = {b.id: b for b in self.buildings.values()}
        self.stairwells: dict[tuple[int, str], Stairwell] = {}
        for stairwell in Stairwell.objects.of(community):
            stairwell.building = by_id[stairwell.building_id]
            self.stairwells[stairwell.building_id, stairwell.key] = stairwell
        self._dwellings: dict[NamedRoom, tuple[int, str]] = {}
        self._labels: dict[int, str] = {}
        self.in_stairwell: dict[int, list[int]] = {}
        """Dwellings by stairwell, sorted."""
        dwellings = Dwelling.objects.of(community).order_by("sort", "id")
        self._uses: dict[int, str] = {}
        for pk, building, stairwell, room, label, use in dwellings.values_list(
            "id", "building_id", "stairwell_id", "room", "label", "use"
        ):
            self._uses[pk] = use
            self._dwellings[building, stairwell, room] = pk, label
            self._labels[pk] = label
            if stairwell:
                self.in_stairwell.setdefault(stairwell, []).append(pk)
        self._estates: dict[str, set[str]] = {}
        self._homes: dict[PlaceRef, Home] = {}
        self._new_dwellings: dict[tuple[str, str, str, str], Dwelling] = {}
        self._new_buildings: dict[tuple[str, str], Building] = {}
        self._new_stairwells: dict[tuple[str, str, str], Stairwell] = {}

    def learn(self, refs: Iterable[PlaceRef]) -> None:
        """Collect the estates in which a building's number occurs, before the first `find`.

        Where there are several, the labels of new buildings name them.
        """
        self._estates = {}
        for estate, key in (*self.buildings, *((ref.estate, ref.building_key) for ref in refs)):
            self._estates.setdefault(key, set()).add(estate)

    def known_buildings(self) -> list[RegisteredBuilding]:
        """The buildings of the register, for the parser of addresses."""
        stairwells: dict[int, list[str]] = {}
        for building_id, key in self.stairwells:
            stairwells.setdefault(building_id, []).append(key)
        return [
            RegisteredBuilding(b.key, b.estate, tuple(stairwells.get(b.id, ())))
            for b in self.buildings.values()
        ]

    def label_of(self, dwelling_id: int | None) -> str:
        """The label of a dwelling of the register; 集体户 for none."""
        return self._labels[dwelling_id] if dwelling_id else "集体户"

    def use_of(self, home: Home) -> str | None:
        """The use of a dwelling of the register (`Dwelling.Use`); None for one to be created."""
        return self._uses[home.id] if home.id else None

    def find(self, ref: PlaceRef) -> Home:
        """The home an address means. The address has its estate and stairwell resolved."""
        home = self._homes.get(ref)
        if home is None:
            home = self._homes[ref] = self._look_up(ref)
        return home

    def _look_up(self, ref: PlaceRef) -> Home:
        building = self.buildings.get((ref.estate, ref.building_key))
        if building is not None:
            stairwell = self.stairwells.get((building.id, ref.stairwell_key)) if ref.has_stairwell else None
            if stairwell is not None or not ref.stairwell_key:
                stairwell_id = stairwell.id if stairwell else None
                # A house without stairwells may have its dwellings on the building itself.
                for where in (
                    dict.fromkeys((stairwell_id, None)) if not ref.stairwell_key else (stairwell_id,)
                ):
                    if dwelling := self._dwellings.get((building.id, where, ref.door)):
                        return Home(ref.key, dwelling[0], where, dwelling[1], ref)
        stairwell_id = None
        if building is not None and ref.has_stairwell:
            existing = self.stairwells.get((building.id, ref.stairwell_key))
            stairwell_id = existing.id if existing else None
        return Home(ref.key, None, stairwell_id, self._dwelling(ref).label, ref)

    # Places to be created

    def _building(self, ref: PlaceRef) -> Building:
        key = (ref.estate, ref.building_key)
        if key in self.buildings:
            return self.buildings[key]
        if key not in self._new_buildings:
            label = f"{ref.building_key}{self.words.building[0]}"
            if len(self._estates.get(ref.building_key, ())) > 1:
                label = f"{ref.estate[: _LONGEST_LABEL - len(label)]}{label}"
            self._new_buildings[key] = Building(
                community=self.community,
                key=ref.building_key,
                estate=ref.estate,
                label=label,
                sort=natural_sort(ref.building_key),
            )
        return self._new_buildings[key]

    def _stairwell(self, ref: PlaceRef) -> Stairwell | None:
        if not ref.has_stairwell:
            return None
        building = self._building(ref)
        existing = self.stairwells.get((building.id, ref.stairwell_key)) if building.id else None
        if existing is not None:
            return existing
        key = (ref.estate, ref.building_key, ref.stairwell_key)
        if key not in self._new_stairwells:
            name = f"{ref.stairwell_key}{self.words.stairwell[0]}" if ref.stairwell_key else ""
            self._new_stairwells[key] = Stairwell(
                community=self.community,
                building=building,
                name=name,
                key=ref.stairwell_key,
                label=f"{building.label}{name}",
                sort=f"{building.sort} {natural_sort(ref.stairwell_key)}",
            )
        return self._new_stairwells[key]

    def _dwelling(self, ref: PlaceRef) -> Dwelling:
        key = ref.key
        if key not in self._new_dwellings:
            dwelling = Dwelling(
                community=self.community,
                building=self._building(ref),
                stairwell=self._stairwell(ref),
                floor=ref.floor,
                room=ref.door,
                use=ref.use or Dwelling.Use.SELF,
            )
            self._new_dwellings[key] = dwelling.place()
        return self._new_dwellings[key]

    def create(self, homes: Iterable[Home]) -> dict[tuple[str, str, str, str], int]:
        """Create the homes that are not in the register, with buildings and stairwells; return the ids of all by key."""
        homes = {home.key: home for home in homes}
        ids = {key: home.id for key, home in homes.items() if home.id}
        dwellings = {key: self._dwelling(home.ref) for key, home in homes.items() if not home.id}
        _insert({d.building.uuid: d.building for d in dwellings.values() if d.building.pk is None}.values())
        stairwells = {d.stairwell.uuid: d.stairwell for d in dwellings.values() if d.stairwell}
        _insert([s for s in stairwells.values() if s.pk is None], ("building",))
        _insert(dwellings.values(), ("building", "stairwell"))
        return ids | {key: dwelling.pk for key, dwelling in dwellings.items()}


def _insert(rows: Iterable, parents: tuple[str, ...] = ()) -> None:
    """Insert unsaved rows of one model and give them their keys."""
    rows = list(rows)
    if not rows:
        return
    for row in rows:
        for name in parents:
            # The parent got its primary key after it was assigned.
            setattr(row, name, getattr(row, name))
    fields = [f for f in rows[0]._meta.concrete_fields if not f.primary_key]
    names = [f.attname for f in fields]
    ids = insert_rows(type(rows[0]), names, [tuple(getattr(row, name) for name in names) for row in rows])
    for row in rows:
        row.pk = ids[row.uuid]
