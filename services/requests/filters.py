"""Filters of the list of requests, also those by which the numbers of a report lead to their rows."""

import datetime
from collections.abc import Callable

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone

from portal.registers.filter_fields import date_range, days_condition
from services.requests.choices import OFFICE_ASKS, AskedBy, Category
from services.requests.conditions import (
    LEAST_DIGITS,
    Conditions,
    late_condition,
    with_digits,
    with_way,
)

UNSORTED = "unsorted"
"""Value of the filter by category: none yet."""


def choice(label: str, choices) -> Callable:
    return lambda: django_filters.ChoiceFilter(label=label, empty_label="全部", choices=choices)


def _filter_received(queryset, name, value):
    return queryset.filter(days_condition("received_at", value.start, value.stop))


received = date_range("收到日期", _filter_received)


def _filter_category(queryset, name, value):
    return queryset.filter(category="" if value == UNSORTED else value)


def category():
    return django_filters.ChoiceFilter(
        label="类别",
        empty_label="全部",
        choices=[*Category.choices, (UNSORTED, "未分类")],
        method=_filter_category,
    )


def by_condition(label: str, conditions: Callable[[datetime.datetime], Conditions]) -> Callable:
    """Factory of a filter by the words of conditions."""

    def narrow(queryset, name, value):
        return queryset.filter(conditions(timezone.now())[value][1])

    def make():
        choices = [(value, words) for value, (words, _) in conditions(timezone.now()).items()]
        return django_filters.ChoiceFilter(label=label, empty_label="全部", choices=choices, method=narrow)

    return make


def _filter_asked(queryset, name, value):
    queryset = with_way(queryset)
    if value == AskedBy.CODE:
        return queryset.filter(Q(way__isnull=True) | ~Q(way__in=[way.label for way in OFFICE_ASKS]))
    return queryset.filter(way=AskedBy(value).label)


def asked():
    return django_filters.ChoiceFilter(
        label="评价方式", empty_label="全部", choices=AskedBy.choices, method=_filter_asked
    )


class _LateFilter(django_filters.ChoiceFilter):
    def filter(self, queryset, value):
        return queryset.filter(late_condition(self.parent.request.community)) if value else queryset


def late():
    return _LateFilter(label="补登", empty_label="全部", choices=[("yes", "所在月份公开后登记")])


def counted():
    """Those that numbers count."""
    return django_filters.ChoiceFilter(
        label="范围",
        choices=[("yes", "计入统计的")],
        method=lambda queryset, name, value: queryset.counted(),
        widget=forms.HiddenInput,
    )


class _UuidField(forms.UUIDField):
    """A row that only a link names."""

    widget = forms.HiddenInput
    words = ""

    def in_words(self, value) -> str:
        return self.words


class _CallerField(_UuidField):
    words = "同一电话"


class _PersonField(_UuidField):
    words = "关联的居民"


class _CallerFilter(django_filters.Filter):
    """Requests with the telephone number of one of them: a number has no place in an address."""

    field_class = _CallerField

    def filter(self, queryset, value):
        if value is None:
            return queryset
        queryset = with_digits(queryset)
        one = queryset.filter(uuid=value).values_list("digits", flat=True).first()
        return queryset.filter(digits=one) if one and len(one) >= LEAST_DIGITS else queryset.none()


class _PersonFilter(django_filters.Filter):
    field_class = _PersonField

    def filter(self, queryset, value):
        return queryset if value is None else queryset.filter(person__uuid=value)


def caller():
    return _CallerFilter(label="来电人")


def person():
    return _PersonFilter(label="居民")
