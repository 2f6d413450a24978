"""Filters by area, building and stairwell, and the place that the statistics count."""

import uuid
from dataclasses import dataclass
from functools import partial

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django_filters.fields import ModelChoiceField, ModelChoiceIterator

from community.places.models import Area, Building, Stairwell
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.registers.filter_fields import number_range
from portal.registers.filters import ListFilter
from residents.homes.models import Residence


def in_area(area: Area | None, path: str) -> Q:
    """Condition: in an area or its groups; None: in no area. `path`: lookup path to the dwelling."""
    at = f"{path}stairwell__area"
    if area is None:
        return Q(**{f"{at}__isnull": True})
    return Q(**{at: area}) | Q(**{f"{at}__parent": area})


def stairwell_condition(stairwell: Stairwell | None, path: str) -> Q:
    """Condition: at a stairwell; None: at none, like a shop or a collective household."""
    at = f"{path}stairwell"
    return Q(**{f"{at}__isnull": True}) if stairwell is None else Q(**{at: stairwell})


def building_condition(building: Building, path: str) -> Q:
    """Condition: in a building. `path`: lookup path to the dwelling."""
    return Q(**{f"{path}building": building})


NOWHERE = "null"
"""Query value for no area or no stairwell."""


@dataclass(frozen=True, slots=True)
class StatisticsPlace:
    """An area, a stairwell, or with neither the whole community."""

    area: Area | None = None
    stairwell: Stairwell | None = None

    @property
    def is_whole(self) -> bool:
        return self.area is None and self.stairwell is None

    @property
    def name(self) -> str:
        return str(self.stairwell or self.area or "")

    def q(self, path: str) -> Q:
        """Condition on rows with the dwelling at lookup path `path`."""
        if self.stairwell:
            return stairwell_condition(self.stairwell, path)
        return in_area(self.area, path) if self.area else Q()

    def parameters(self, before: str = "") -> dict[str, str]:
        """Query parameters of a list of this place; `before`: prefix such as `hukou_`."""
        if self.stairwell:
            return {f"{before}stairwell": str(self.stairwell.uuid)}
        return {f"{before}area": str(self.area.uuid)} if self.area else {}


class _OfferedIterator(ModelChoiceIterator):
    """Options of a place field: those that `offered` leaves of its choices."""

    def __init__(self, field):
        super().__init__(field)
        if field.offered:
            self.queryset = field.offered(self.queryset)


class _PlaceField(ModelChoiceField):
    iterator = _OfferedIterator
    offered = None

    def __init__(self, *args, narrows: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.narrows = narrows
        """Whether a choice here narrows what other fields offer."""


class _PlaceFilter(django_filters.ModelChoiceFilter):
    """A filter by a place, named by its uuid.

    narrowed: (places, query) -> those to offer for the other places in the query. The others stay valid: whoever
    changes the area afterwards gets an empty list and not an error.
    """

    field_class = _PlaceField

    def __init__(self, *, narrowed=None, **kwargs):
        super().__init__(to_field_name="uuid", empty_label="全部", **kwargs)
        self.narrowed = narrowed

    @property
    def field(self):
        field = super().field
        if self.narrowed:
            field.offered = partial(self.narrowed, query=self.parent.data)
        return field


def _in_area_named(value: str, path: str) -> Q:
    """Condition: in the area or group that a query names, or in one below it; everything for no area."""
    try:
        named = uuid.UUID(value)
    except ValueError:
        return Q()
    return Q(**{f"{path}area__uuid": named}) | Q(**{f"{path}area__parent__uuid": named})


def _narrowed_buildings(buildings: QuerySet, query: QueryDict) -> QuerySet:
    in_area = _in_area_named(query.get("area", ""), "stairwells__")
    return buildings.filter(in_area | _is_named(query, "building")).distinct() if in_area else buildings


def _narrowed_stairwells(stairwells: QuerySet, query: QueryDict) -> QuerySet:
    here = _in_area_named(query.get("area", ""), "")
    if building := _is_named(query, "building", "building__"):
        here &= building
    return stairwells.filter(here | _is_named(query, "stairwell")) if here else stairwells


def _is_named(query: QueryDict, name: str, path: str = "") -> Q:
    """Condition: the place that a query parameter names; empty for none."""
    try:
        return Q(**{f"{path}uuid": uuid.UUID(query.get(name, ""))})
    except ValueError:
        return Q()


def _place_filter(model, label: str, method, right: P, **options):
    return lambda: _PlaceFilter(
        label=label,
        method=method,
        queryset=lambda request: rows(model, request.access, right, request.community),
        **options,
    )


def hidden_choice(label: str, choices, method):
    return lambda: django_filters.ChoiceFilter(
        label=label, choices=choices, method=method, widget=forms.HiddenInput
    )


def _filter_by_place(at, path: str, queryset, name, value):
    """Rows whose own dwelling, at the end of `path`, is in that area or stairwell."""
    return queryset.filter(at(None if value == NOWHERE else value, path))


def _filter_by_residence(at, kind: str, queryset, name, value):
    """People who live in that area or stairwell, or whose hukou is there."""
    is_there = at(None if value == NOWHERE else value, "household__dwelling__")
    residences = Residence._default_manager.filter(is_there, kind=kind).open()
    if value != NOWHERE:
        residences = residences.filter(community=value.community_id)
    return queryset.filter(pk__in=residences.order_by().values("person"))


PLACE = "地址和户"
"""Heading of the filters by place."""


def _place_filters(filter_by, *, right: P = P.PEOPLE_NAMES, building: bool = True) -> tuple[ListFilter, ...]:
    """Filters by area, building and stairwell. `filter_by(condition)`: the method of a filter by that condition."""
    nowhere = {"null_value": NOWHERE}
    area = _place_filter(
        Area, "片区", filter_by(in_area), right, null_label="未划片区", narrows=True, **nowhere
    )
    at_building = _place_filter(
        Building,
        "楼幢",
        filter_by(building_condition),
        right,
        narrows=True,
        narrowed=_narrowed_buildings,
    )
    stairwell = _place_filter(
        Stairwell,
        "楼道",
        filter_by(stairwell_condition),
        right,
        null_label="不属于楼道",
        narrowed=_narrowed_stairwells,
        **nowhere,
    )
    return (
        ListFilter("area", area, None, PLACE),
        *([ListFilter("building", at_building, None, PLACE)] if building else []),
        ListFilter("stairwell", stairwell, None, PLACE),
    )


def home_filters(kind: str) -> tuple[ListFilter, ...]:
    """Filters of people by the place of their residence of a kind."""
    return _place_filters(lambda condition: partial(_filter_by_residence, condition, kind))


def linked_home_filters(label: str, before: str, kind: str) -> tuple[ListFilter, ...]:
    """The same, set by links only; `before` begins their names."""
    hidden = {"widget": forms.HiddenInput, "null_value": NOWHERE}
    return tuple(
        ListFilter(
            f"{before}{name}",
            _place_filter(
                model,
                label,
                partial(_filter_by_residence, condition, kind),
                P.PEOPLE_NAMES,
                null_label=words,
                **hidden,
            ),
        )
        for name, model, condition, words in (
            ("area", Area, in_area, "未划片区"),
            ("stairwell", Stairwell, stairwell_condition, "不属于楼道"),
        )
    )


def _by_own_place(path: str):
    return lambda condition: partial(_filter_by_place, condition, path)


def size_range(label: str) -> ListFilter:
    """Filter by the number of people, which `people_count` has."""
    return ListFilter(
        "people", number_range(label, field_name="people_count", unit="人", most=1_000), None, PLACE
    )


HOUSEHOLD_FILTERS = (
    *_place_filters(_by_own_place("dwelling__")),
    size_range("人数"),
)

DWELLING_FILTERS = (
    *_place_filters(_by_own_place(""), right=P.PLACES_VIEW, building=False),
    ListFilter("floor", number_range("楼层", field_name="floor", unit="层", most=200), None, "房屋情况"),
    ListFilter(
        "area_m2",
        number_range("面积", field_name="area_m2", unit="平方米", whole=False),
        None,
        "房屋情况",
    ),
    size_range("现住人数")._replace(group="房屋情况"),
)
