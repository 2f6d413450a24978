"""Filters of the register of people: the panel 更多条件, and those by which statistics link to the people of a number."""

from functools import partial

import django_filters
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from community.people import codes
from portal.access.permissions import Permission as P
from portal.registers.filter_fields import date_range, number_range
from portal.registers.filters import ListFilter
from residents.event_log.models import PopulationEvent
from residents.homes.models import Kind, Residence
from residents.homes.place_filters import PLACE, hidden_choice, home_filters, linked_home_filters
from residents.people.ages import FIVE_YEARS, OLD, UNKNOWN, ages_condition

BLANK = "-"
"""Value of a filter in a URL: rows in which the field is empty."""
MINORITY = "minority"
OLDEST = 150

PERSONAL, EVENTS = "个人情况", "变动日期"
"""Headings of the panel."""

RELATIONS = {
    "head": ("户主", Q(is_head=True)),
    "spouse": ("配偶", Q(relation_class__startswith="1")),
    "son": ("子、女婿", Q(relation_class__startswith="2")),
    "daughter": ("女、儿媳", Q(relation_class__startswith="3")),
    "grandchild": ("孙辈", Q(relation_class__startswith="4")),
    "parent": ("父母", Q(relation_class__startswith="5")),
    "grandparent": ("祖父母", Q(relation_class__startswith="6")),
    "sibling": ("兄弟姐妹", Q(relation_class__startswith="7")),
    "relative": ("其他亲属", Q(relation_class__gte="80", relation_class__lt="99")),
    "other": ("非亲属", Q(relation_class="99")),
    BLANK: ("未填", Q(relation_class="", is_head=False)),
}
"""Classes of the relation to the head by GB/T 4761: words and condition on the residence."""


def _filter_ages(queryset, name, value):
    return queryset.filter(ages_condition(value, timezone.localdate()))


def _filter_years(queryset, name, value):
    """People of an age from–to in full years."""
    oldest = "" if value.stop is None else value.stop
    return queryset.filter(ages_condition(f"{value.start or 0}-{oldest}", timezone.localdate()))


def _filter_code(queryset, name, value):
    return queryset.filter(**{name: "" if value == BLANK else value})


def _filter_ethnic(queryset, name, value):
    if value == MINORITY:
        return queryset.exclude(ethnic__in=("", "汉族"))
    return _filter_code(queryset, name, value)


def _filter_relation(queryset, name, value):
    """By the household lived in, or else the one of registration, as the column shows it."""
    _, condition = RELATIONS[value]
    residences = Residence._default_manager.filter(
        condition, community=OuterRef("community"), person=OuterRef("pk")
    ).open()
    return queryset.filter(
        Q(Exists(residences.living())) | Q(place_label="") & Q(Exists(residences.registered()))
    )


def _filter_event(what: str, queryset, name, value):
    """People with an event of a kind that was not undone, dated from–to."""
    ends = {"on__gte": value.start, "on__lte": value.stop}
    dated = {lookup: day for lookup, day in ends.items() if day}
    events = PopulationEvent._default_manager.not_undone().filter(
        community=OuterRef("community"), person=OuterRef("pk"), what=what, **dated
    )
    return queryset.filter(Exists(events))


def _choice(label: str, choices, method):
    return lambda: django_filters.ChoiceFilter(
        label=label, choices=list(choices), method=method, empty_label="全部"
    )


def _fact_filters() -> tuple[ListFilter, ...]:
    """Filters by personal facts, for users only who may see the fact in a row."""
    choices = {
        "education": ("文化程度", codes.EDUCATION),
        "marital": ("婚姻状况", codes.MARITAL),
        "employment": ("从业状况", codes.EMPLOYMENT),
        "political": ("政治面貌", codes.POLITICAL),
    }
    return tuple(
        ListFilter(
            name, _choice(label, [*words.items(), (BLANK, "未填")], _filter_code), P.PEOPLE_VIEW, PERSONAL
        )
        for name, (label, words) in choices.items()
    )


_ETHNIC = [(MINORITY, "少数民族"), *((word, word) for word in codes.ETHNIC), (BLANK, "未填")]
_What = PopulationEvent.What

PERSON_FILTERS = (
    *home_filters(Kind.LIVING),
    ListFilter(
        "relation",
        _choice("与户主关系", [(key, words) for key, (words, _) in RELATIONS.items()], _filter_relation),
        None,
        PLACE,
    ),
    *linked_home_filters("户籍在", "hukou_", Kind.REGISTERED),
    ListFilter("years", number_range("年龄", _filter_years, unit="岁", most=OLDEST), None, PERSONAL),
    # Whoever may not see the date could find it out by trying: they filter by full years.
    ListFilter("birth", date_range("出生日期", field_name="birth_date"), P.PEOPLE_VIEW, PERSONAL),
    ListFilter("ethnic", _choice("民族", _ETHNIC, _filter_ethnic), None, PERSONAL),
    *_fact_filters(),
    ListFilter("moved_in", date_range("迁入", partial(_filter_event, _What.MOVE_IN)), None, EVENTS),
    ListFilter("moved_out", date_range("迁出", partial(_filter_event, _What.MOVE_OUT)), None, EVENTS),
    ListFilter("born", date_range("出生", partial(_filter_event, _What.BIRTH)), P.PEOPLE_VIEW, EVENTS),
    ListFilter("died", date_range("去世", field_name="died_on"), None, EVENTS),
    ListFilter(
        "ages",
        hidden_choice(
            "年龄",
            [*((band.key, band.words) for band in (*FIVE_YEARS, *OLD)), (UNKNOWN, "出生日期不详")],
            _filter_ages,
        ),
    ),
)
