"""Resolve addresses to buildings and stairwells of the register. Ambiguity is an error, never guessed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from residents.homes.addresses import AddressProblem, PlaceRef, PlaceWords, is_street, part_of_estate


@dataclass(frozen=True, slots=True)
class RegisteredBuilding:
    """A building of the register: its key, estate ("" when the community has one estate) and stairwell keys."""

    key: str
    estate: str = ""
    stairwells: tuple[str, ...] = ()


class PlaceResolver:
    """The buildings of the register together with those that the file itself names.

    ``learn`` takes every address of the file first; ``resolve`` then fills in what an address leaves open.
    """

    def __init__(self, buildings: Iterable[RegisteredBuilding], words: PlaceWords) -> None:
        self.words = words
        self._registered: dict[str, dict[str, set[str]]] = {}
        for building in buildings:
            self._registered.setdefault(building.key, {})[building.estate] = set(building.stairwells)
        self._estates_in_file: dict[str, set[str]] = {}
        self._stairwells_in_file: dict[tuple[str, str], set[str]] = {}

    def learn(self, refs: Iterable[PlaceRef]) -> None:
        """Collect the estates and stairwells that the file names. Call once, with all of its addresses."""
        refs = list(refs)
        for ref in refs:
            if ref.estate:
                self._estates_in_file.setdefault(ref.building_key, set()).add(ref.estate)
        for ref in refs:
            if ref.stairwell_key:
                try:
                    estate = self._estate_of(ref)
                except AddressProblem:
                    continue
                self._stairwells_in_file.setdefault((ref.building_key, estate), set()).add(ref.stairwell_key)

    def resolve(self, ref: PlaceRef) -> PlaceRef:
        """The address with its stairwell and its estate as written in the register.

        Raises AddressProblem, which lists the choices, when building or stairwell is ambiguous.
        """
        estate = self._estate_of(ref)
        if ref.is_resolved:
            return ref if ref.estate == estate else replace(ref, estate=estate)
        stairwells = self._registered.get(ref.building_key, {}).get(
            estate, set()
        ) | self._stairwells_in_file.get((ref.building_key, estate), set())
        if len(stairwells) > 1:
            word, building = self.words.stairwell[0], f"{ref.building_key}{self.words.building[0]}"
            names = "、".join(
                f"{key}{word}" if key else "不分单元" for key in sorted(stairwells, key=_natural_order)
            )
            raise AddressProblem(f"没有写单元，{building}有 {names}，请写明是哪个单元")
        return replace(ref, estate=estate, stairwell_key=next(iter(stairwells), ""))

    def _estate_of(self, ref: PlaceRef) -> str:
        """Name of the estate in the register; a new building keeps the name given by the file."""
        registered = self._registered.get(ref.building_key, {})
        named_in_file = self._estates_in_file.get(ref.building_key, set())
        if not ref.estate:
            choices = set(registered) or named_in_file
            if len(choices) <= 1:
                return next(iter(choices), "")
        elif ref.estate in registered:
            return ref.estate
        elif matches := [estate for estate in registered if may_be_same_estate(estate, ref.estate)]:
            # 滨江花园 of the register may be 滨江花园东区 or 滨江花园西区 of the file, not both.
            parts = {part_of_estate(name) for name in named_in_file if may_be_same_estate(name, matches[0])}
            if len(matches) == 1 and len(parts) <= 1:
                return matches[0]
            choices = {*matches, *(name for name in named_in_file if may_be_same_estate(name, matches[0]))}
        elif not registered:
            return min(
                (name for name in named_in_file if ref.estate.endswith(name)), key=len, default=ref.estate
            )
        elif "" not in registered and not is_street(ref.estate):
            return ref.estate
        else:
            # One building of the register whose estate was never written, or that the file calls by its street.
            strangers = {
                name
                for name in named_in_file
                if not any(may_be_same_estate(name, estate) for estate in registered)
            }
            if "" not in registered:
                strangers = {name for name in strangers if is_street(name)}
            if len(registered) == len(strangers) == 1:
                return next(iter(registered))
            choices = set(registered) | strangers
        names = "、".join(sorted(choice or "（未写小区）" for choice in choices))
        building = f"{ref.building_key}{self.words.building[0]}"
        raise AddressProblem(f"{building}不止一处（{names}），请写明小区名称")


def may_be_same_estate(one: str, other: str) -> bool:
    """Whether two names may mean the same estate: one contains the other."""
    return bool(one and other) and (one in other or other in one)


def _natural_order(key: str) -> tuple[bool, int, str]:
    return (not key.isdigit(), int(key) if key.isdigit() else 0, key)
