"""The place that is counted, as query condition and as query parameters."""

from dataclasses import dataclass
from functools import partial

import django_filters
from django import forms
from django.db.models import Q

from community.places.models import Area, Stairwell
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
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


def _place_filter(model, words: str, label: str, method):
    """A filter by an area or a stairwell, named by its uuid; `words` label the rows without one."""
    return lambda: django_filters.ModelChoiceFilter(
        label=label,
        method=method,
        queryset=lambda request: rows(model, request.access, P.PEOPLE_NAMES, request.community),
        to_field_name="uuid",
        null_value=NOWHERE,
        null_label=words,
        widget=forms.HiddenInput,
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


def _place_filters(label: str, before: str, area_method, stairwell_method) -> tuple:
    return (
        (f"{before}area", _place_filter(Area, "未划片区", label, area_method)),
        (f"{before}stairwell", _place_filter(Stairwell, "不属于楼道", label, stairwell_method)),
    )


def home_filters(label: str, before: str, kind: str) -> tuple:
    return _place_filters(
        label,
        before,
        partial(_filter_by_residence, in_area, kind),
        partial(_filter_by_residence, stairwell_condition, kind),
    )


LARGEST_SIZE = 8
"""Households of this size or larger share one row of the statistics."""


def _filter_size(queryset, name, value):
    size = int(value)
    return (
        queryset.filter(people_count__gte=LARGEST_SIZE)
        if size == LARGEST_SIZE
        else queryset.filter(people_count=size)
    )


HOUSEHOLD_FILTERS = (
    *_place_filters(
        "房屋在",
        "",
        partial(_filter_by_place, in_area, "dwelling__"),
        partial(_filter_by_place, stairwell_condition, "dwelling__"),
    ),
    (
        "size",
        hidden_choice(
            "人数",
            [(str(n), f"{n}人{'以上' if n == LARGEST_SIZE else ''}") for n in range(1, LARGEST_SIZE + 1)],
            _filter_size,
        ),
    ),
)

DWELLING_FILTERS = _place_filters(
    "所在", "", partial(_filter_by_place, in_area, ""), partial(_filter_by_place, stairwell_condition, "")
)
