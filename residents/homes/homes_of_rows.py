"""What lists show of households beside their rows: the head, and the parts of the address."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

from django.db.models import F, Value
from django.db.models.functions import Coalesce

from portal.registers.columns import Column
from residents.homes.models import Dwelling, Residence


@dataclass(frozen=True, slots=True)
class HomePlace:
    """Area, building, stairwell and room of a dwelling. The area of a resident group is the one above it."""

    area: str
    building: str
    stairwell: str
    room: str


class HomesOfRows:
    """Places and heads of the dwellings and households of some rows; asked for when a column first needs them, for all.

    Each is one query however many rows there are, and none where no column shows it.
    """

    def __init__(
        self, communities: Collection[int], dwellings: Collection[int], households: Collection[int] = ()
    ):
        self.communities, self.dwellings, self.households = communities, dwellings, households

    @cached_property
    def places(self) -> dict[int, HomePlace]:
        """By dwelling."""
        dwellings = Dwelling._default_manager.filter(community__in=self.communities, pk__in=self.dwellings)
        places = dwellings.order_by().values_list(
            "pk",
            Coalesce("stairwell__area__parent__name", "stairwell__area__name", Value("")),
            F("building__label"),
            Coalesce("stairwell__name", Value("")),
            "room",
        )
        return {pk: HomePlace(*place) for pk, *place in places}

    @cached_property
    def heads(self) -> dict[int, str]:
        """Name of the head by household."""
        heads = self._heads().filter(household__in=self.households)
        return dict(heads.values_list("household", "person__name"))

    @cached_property
    def heads_at(self) -> dict[int, str]:
        """Names of the heads who live there, by dwelling."""
        heads = self._heads().living().filter(household__dwelling__in=self.dwellings)
        names: dict[int, list[str]] = {}
        for dwelling, name in heads.order_by("pk").values_list("household__dwelling", "person__name"):
            names.setdefault(dwelling, []).append(name)
        return {dwelling: "、".join(each) for dwelling, each in names.items()}

    def _heads(self):
        heads = Residence._default_manager.filter(community__in=self.communities, is_head=True)
        return heads.open().order_by()


def optional_column(name: str, label: str, value: Callable, width: int, **options) -> Column:
    """A column of the household or its address: in the list where it is chosen, and in exports."""
    shown = {"listed": False, "detailed": False, "optional": True}
    return Column(name, label, value=value, width=width, **shown, **options)


def place_columns(place_of: Callable, sorts: dict[str, str] | None = None) -> tuple[Column, ...]:
    """Columns 片区, 楼幢, 单元 and 房号. `place_of`: (row) -> its HomePlace or None; `sorts`: name -> stored field."""

    def part(name: str) -> Callable:
        return lambda row: getattr(place_of(row), name, "")

    labels = {"area": ("片区", 12), "building": ("楼幢", 8), "stairwell": ("单元", 8), "room": ("房号", 8)}
    return tuple(
        optional_column(name, label, part(name), width, sort=(sorts or {}).get(name, ""))
        for name, (label, width) in labels.items()
    )
