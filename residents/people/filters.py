"""Drill-down filters of the register of people: a number of the statistics links to its people with them."""

from django.utils import timezone

from community.people import codes
from portal.access.permissions import Permission as P
from residents.homes.models import Kind
from residents.homes.place_filters import hidden_choice, home_filters
from residents.people.ages import FIVE_YEARS, OLD, UNKNOWN, ages_condition

BLANK = "-"
"""Value of a filter in a URL: rows in which the field is empty."""


def _filter_ages(queryset, name, value):
    return queryset.filter(ages_condition(value, timezone.localdate()))


def _filter_code(queryset, name, value):
    return queryset.filter(**{name: "" if value == BLANK else value})


def _fact_filters() -> tuple:
    """Filters by personal facts, for users only who may see the fact in a row."""
    choices = {
        "education": ("文化程度", codes.EDUCATION),
        "marital": ("婚姻状况", codes.MARITAL),
        "employment": ("从业状况", codes.EMPLOYMENT),
        "political": ("政治面貌", codes.POLITICAL),
    }
    return tuple(
        (name, hidden_choice(label, [*words.items(), (BLANK, "未填")], _filter_code), P.PEOPLE_VIEW)
        for name, (label, words) in choices.items()
    )


PERSON_FILTERS = (
    *home_filters("住在", "", Kind.LIVING),
    *home_filters("户籍在", "hukou_", Kind.REGISTERED),
    (
        "ages",
        hidden_choice(
            "年龄",
            [*((band.key, band.words) for band in (*FIVE_YEARS, *OLD)), (UNKNOWN, "出生日期不详")],
            _filter_ages,
        ),
    ),
    *_fact_filters(),
)
