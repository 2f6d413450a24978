"""Filters by which a number of the statistics leads to the rows behind it; a list shows one only while it is set."""

from functools import partial

import django_filters
from django import forms
from django.utils import timezone

from community import codes
from community.models import Area, Stairwell
from portal.permissions import Permission as P
from portal.scoping import rows
from residents.care import CareKind, in_care
from residents.freshness import start_of, with_last_verification
from residents.models import Residence
from residents.models.household import Kind
from residents.statistics.ages import FIVE_YEARS, OLD, UNKNOWN, of_ages
from residents.statistics.place import NOWHERE, in_area, in_stairwell

BLANK = "-"
"""In an address: not filled in."""


def _of_place(model, words: str, label: str, method):
    """A filter by an area or a stairwell, named by its uuid; `words` say what has none."""
    return lambda: django_filters.ModelChoiceFilter(
        label=label,
        method=method,
        queryset=lambda request: rows(model, request.access, P.PEOPLE_NAMES, request.community),
        to_field_name="uuid",
        null_value=NOWHERE,
        null_label=words,
        widget=forms.HiddenInput,
    )


def _chosen(label: str, choices, method):
    return lambda: django_filters.ChoiceFilter(
        label=label, choices=choices, method=method, widget=forms.HiddenInput
    )


def _days(label: str, method):
    return lambda: django_filters.NumberFilter(
        label=label, method=method, min_value=1, max_value=3_650, widget=forms.HiddenInput
    )


def _by_place(at, path: str, queryset, name, value):
    """Rows whose own dwelling, at the end of `path`, stands there."""
    return queryset.filter(at(None if value == NOWHERE else value, path))


def _by_home(at, kind: str, queryset, name, value):
    """People who live there, or whose hukou stands there."""
    here = at(None if value == NOWHERE else value, "household__dwelling__")
    found = Residence._default_manager.filter(here, kind=kind).open()
    if value != NOWHERE:
        found = found.filter(community=value.community_id)
    return queryset.filter(pk__in=found.order_by().values("person"))


def _places(label: str, before: str, area_method, stairwell_method) -> tuple:
    return (
        (f"{before}area", _of_place(Area, "未划片区", label, area_method)),
        (f"{before}stairwell", _of_place(Stairwell, "不属于楼道", label, stairwell_method)),
    )


def _homes(label: str, before: str, kind: str) -> tuple:
    return _places(label, before, partial(_by_home, in_area, kind), partial(_by_home, in_stairwell, kind))


def _filter_ages(queryset, name, value):
    return queryset.filter(of_ages(value, timezone.localdate()))


def _filter_code(queryset, name, value):
    return queryset.filter(**{name: "" if value == BLANK else value})


def _filter_care(queryset, name, value):
    return queryset.filter(in_care(CareKind(value)))


def _facts() -> tuple:
    """What is kept of people; who may not see it in a row may not find rows by it."""
    kept = {
        "education": ("文化程度", codes.EDUCATION),
        "marital": ("婚姻状况", codes.MARITAL),
        "employment": ("从业状况", codes.EMPLOYMENT),
        "political": ("政治面貌", codes.POLITICAL),
    }
    return tuple(
        (name, _chosen(label, [*words.items(), (BLANK, "未填")], _filter_code), P.PEOPLE_VIEW)
        for name, (label, words) in kept.items()
    )


PEOPLE = (
    *_homes("住在", "", Kind.LIVING),
    *_homes("户籍在", "hukou_", Kind.REGISTERED),
    (
        "ages",
        _chosen(
            "年龄",
            [*((band.key, band.words) for band in (*FIVE_YEARS, *OLD)), (UNKNOWN, "出生日期不详")],
            _filter_ages,
        ),
    ),
    *_facts(),
    ("care", _chosen("重点人群", CareKind.choices, _filter_care), P.CARE),
)

MOST = 8
"""A household of so many or more is one of the largest."""


def _filter_size(queryset, name, value):
    size = int(value)
    return queryset.filter(people_count__gte=MOST) if size == MOST else queryset.filter(people_count=size)


HOUSEHOLDS = (
    *_places(
        "房屋在",
        "",
        partial(_by_place, in_area, "dwelling__"),
        partial(_by_place, in_stairwell, "dwelling__"),
    ),
    (
        "size",
        _chosen(
            "人数",
            [(str(n), f"{n}人{'以上' if n == MOST else ''}") for n in range(1, MOST + 1)],
            _filter_size,
        ),
    ),
)


def _filter_fresh(queryset, name, value):
    return with_last_verification(queryset).filter(verified_at__gte=start_of(int(value)))


DWELLINGS = (
    *_places("所在", "", partial(_by_place, in_area, ""), partial(_by_place, in_stairwell, "")),
    ("fresh", _days("核实过（近几天）", _filter_fresh)),
)
