"""Filters by a range (from–to, either end may be empty) and by several choices, for the declarations of registers."""

import datetime
from collections.abc import Callable
from decimal import Decimal

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django_filters.widgets import SuffixedMultiWidget

LARGEST = 1_000_000
"""Largest end of a range of numbers."""


class FromToWidget(SuffixedMultiWidget):
    """Two inputs, `<name>_from` and `<name>_to`, each labelled for screen readers."""

    template_name = "portal/registers/from_to.html"
    suffixes = ["from", "to"]

    def __init__(self, first: forms.Widget, last: forms.Widget):
        super().__init__([first, last])

    def decompress(self, value):
        return [value.start, value.stop] if value else [None, None]


class FromToField(forms.MultiValueField):
    """A range as a slice, both ends included; None without any end."""

    backwards = "的下限大于上限"

    def __init__(self, *args, label: str, **kwargs):
        first, last = self.end(), self.end()
        for end, word in ((first, "从"), (last, "到")):
            end.widget.attrs |= {"aria-label": f"{label}{word}", "autocomplete": "off"}
        widget = FromToWidget(first.widget, last.widget)
        super().__init__([first, last], *args, label=label, widget=widget, require_all_fields=False, **kwargs)

    def end(self) -> forms.Field:
        raise NotImplementedError

    def compress(self, data_list):
        start, stop = data_list or (None, None)
        if start is None and stop is None:
            return None
        if start is not None and stop is not None and start > stop:
            raise ValidationError(self.backwards)
        return slice(start, stop)

    def in_words(self, value: slice) -> str:
        raise NotImplementedError


class NumberRangeField(FromToField):
    """A range of numbers of at least 0; `unit` is written behind them."""

    def __init__(self, *args, unit: str = "", whole: bool = True, most: int = LARGEST, **kwargs):
        self.unit, self.whole, self.most = unit, whole, most
        super().__init__(*args, **kwargs)

    def end(self) -> forms.Field:
        wrong = "应填整数" if self.whole else "应填数字"
        limits = {
            "required": False,
            "min_value": 0,
            "max_value": self.most,
            "error_messages": {
                "invalid": wrong,
                "min_value": "不能小于0",
                "max_value": f"不能大于{self.most}",
                "max_digits": wrong,
                "max_decimal_places": "最多两位小数",
                "max_whole_digits": f"不能大于{self.most}",
            },
        }
        if self.whole:
            return forms.IntegerField(**limits)
        return forms.DecimalField(max_digits=12, decimal_places=2, **limits)

    def in_words(self, value: slice) -> str:
        start, stop = (None if end is None else _plain(end) for end in (value.start, value.stop))
        if start is None:
            return f"{stop}{self.unit}以下"
        if stop is None:
            return f"{start}{self.unit}以上"
        return f"{start}{self.unit}" if start == stop else f"{start}–{stop}{self.unit}"


def _plain(number: int | Decimal) -> str:
    return f"{number.normalize():f}" if isinstance(number, Decimal) else str(number)


class DateRangeField(FromToField):
    """A range of days."""

    backwards = "的起始日期晚于截止日期"

    def end(self) -> forms.Field:
        return forms.DateField(
            required=False,
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": "应填日期，如2026-11-30"},
        )

    def in_words(self, value: slice) -> str:
        start, stop = value.start, value.stop
        if start is None:
            return f"{stop}及以前"
        if stop is None:
            return f"{start}起"
        return str(start) if start == stop else f"{start}至{stop}"


class _RangeFilter(django_filters.Filter):
    """Rows whose field lies in the range, both ends included."""

    def filter(self, qs, value):
        if value is None:
            return qs
        ends = {"gte": value.start, "lte": value.stop}
        return qs.filter(
            **{f"{self.field_name}__{lookup}": end for lookup, end in ends.items() if end is not None}
        )


class NumberRangeFilter(_RangeFilter):
    field_class = NumberRangeField


class DateRangeFilter(_RangeFilter):
    field_class = DateRangeField


class _SeveralField(forms.MultipleChoiceField):
    def in_words(self, value: list[str]) -> str:
        words = {key: str(label) for key, label in self.choices}
        return "、".join(words.get(key, key) for key in value)


class SeveralFilter(django_filters.MultipleChoiceFilter):
    """Several choices, ticked."""

    field_class = _SeveralField

    def __init__(self, **kwargs):
        super().__init__(widget=forms.CheckboxSelectMultiple, **kwargs)


def date_range(label: str, method: Callable | None = None, **kwargs) -> Callable[[], DateRangeFilter]:
    """Factory of a filter by a range of days, by `field_name` or `method(queryset, name, value)`."""
    return lambda: DateRangeFilter(label=label, method=method, **kwargs)


def days_condition(field: str, first: datetime.date | None, last: datetime.date | None) -> Q:
    """Condition: a moment on one of these local days, both included; an index of the moment serves it."""
    condition = Q()
    if first:
        condition &= Q(**{f"{field}__gte": _midnight(first)})
    if last and last < datetime.date.max:
        condition &= Q(**{f"{field}__lt": _midnight(last + datetime.timedelta(days=1))})
    return condition


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


def number_range(label: str, method: Callable | None = None, **kwargs) -> Callable[[], NumberRangeFilter]:
    """Factory of a filter by a range of numbers, by `field_name` or `method(queryset, name, value)`."""
    return lambda: NumberRangeFilter(label=label, method=method, **kwargs)
