"""Addresses of dwellings as people write them, all forms of spreadsheets.md dirt 9."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class AddressProblem(Exception):
    """An address that cannot be taken; the text is the Chinese sentence to show."""


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """The community's words for building and stairwell; the first of each is used in labels."""

    building: tuple[str, ...] = ("幢", "栋", "号楼", "座", "弄")
    stairwell: tuple[str, ...] = ("单元", "梯", "门")


@dataclass(frozen=True, slots=True)
class PlaceRef:
    """A dwelling as an address names it, not yet looked up in the register.

    ``building_key`` and ``stairwell_key`` are the keys of Building.key and Stairwell.key ("3", "A", "2").
    ``stairwell_key`` is None while the address leaves it open (3幢501) and "" for a building's nameless
    stairwell or a dwelling that has none (``use`` is then set). ``use`` is "" or "shop", "office",
    "basement", "garage", "storage". ``estate`` is the text before the building (滨江花园).
    """

    building_key: str
    stairwell_key: str | None
    room: str
    floor: int | None = None
    use: str = ""
    estate: str = ""

    @property
    def is_resolved(self) -> bool:
        return self.stairwell_key is not None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Equal for two references to the same dwelling."""
        return (self.building_key, self.stairwell_key or "", self.room, self.use)


def read_address(value, words: PlaceWords = PlaceWords(), *, building: str = "", stairwell: str = "") -> PlaceRef:
    """The dwelling a cell names; ``building``/``stairwell`` are the keys given by other columns or the sheet.

    Raises AddressProblem with the sentence to show.
    """
    raise NotImplementedError


def resolve_stairwell(ref: PlaceRef, stairwells: Mapping[str, Sequence[str]]) -> PlaceRef:
    """Fill the open stairwell from ``building_key -> stairwell keys``; AddressProblem lists them when several."""
    raise NotImplementedError


def place_label(ref: PlaceRef, words: PlaceWords = PlaceWords()) -> str:
    """The canonical label of the dwelling: 3幢2单元501室, 3幢501室, 3幢商铺1, 3幢地下室."""
    raise NotImplementedError
