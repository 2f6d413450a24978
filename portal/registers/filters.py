"""Filters of a register's list: the filter form from the declaration (django-filter), and the filtered rows."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import django_filters
from crispy_forms.helper import FormHelper
from django import forms
from django.db import models
from django.db.models import Sum
from django.http import QueryDict

from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.form_pages.addresses import DRAFT, STEP
from portal.registers.columns import Column
from portal.registers.extensions import filters_of
from portal.registers.filter_fields import FromToField, date_range, number_range
from portal.registers.filtersets import RequestFilterSet
from portal.registers.registers import Register
from portal.registers.registry import choices_of
from portal.registers.search_words import SearchWords
from portal.values.several import SeveralField

MORE = "more"
"""Query parameter that opens the panel 更多条件."""
BESIDE = frozenset({"sort", "page", "size", "saved", MORE, DRAFT, STEP})
"""Query parameters of a list besides its filters."""

SORT_REFUSED = "不能按这一列排序，已按台账原来的顺序排列。"


class ListFilter(NamedTuple):
    """A filter of a list, in `Register.filters`.

    right: narrower than the register's view right.
    group: heading below which it stands in the panel 更多条件; empty for one above the list.
    """

    name: str
    make: Callable[[], django_filters.Filter] | None = None
    right: Permission | None = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class ListRequest:
    """Stand-in for a request where there is none: what filters read of it."""

    GET: QueryDict
    access: Access
    community: CommunityRef


def filterset_of(register: Register, request, *, panel: bool = True) -> type[django_filters.FilterSet]:
    """A FilterSet class with the search box `q` and the register's filters, choices narrowed to the community.

    panel: also the filters of the panel 更多条件 that the query does not use; a list builds them when it is opened.
    """
    declared: dict[str, django_filters.Filter] = {}
    hidden = register.hidden_fields(request.access, request.community)
    if register.search:
        declared["q"] = django_filters.CharFilter(
            label="搜索",
            method=lambda queryset, name, value: register.filter_by_words(
                queryset, SearchWords.read(value, request.community), request.access, request.community
            ),
            widget=forms.TextInput(
                attrs={"type": "search", "placeholder": register.search_hint, "autocomplete": "off"}
            ),
        )
    for name, make_filter, right, group in declared_filters(register):
        if name in hidden or (right and not request.access.can(right, request.community)):
            continue
        if group and not panel and not _is_used(name, request.GET):
            continue
        declared[name] = made = make_filter() if make_filter else _filter_of(register, name, request)
        made.group = group
    return type("ListFilterSet", (RequestFilterSet,), declared)


def declared_filters(register: Register) -> Iterator[ListFilter]:
    """The declarations of the register and its extensions, in full."""
    for entry in filters_of(register):
        yield ListFilter(*entry) if isinstance(entry, tuple) else ListFilter(entry)


def has_panel(register: Register, access: Access, community: CommunityRef) -> bool:
    """Whether this user may use any filter of the panel 更多条件."""
    hidden = register.hidden_fields(access, community)
    return any(
        each.group and each.name not in hidden and (not each.right or access.can(each.right, community))
        for each in declared_filters(register)
    )


def _is_used(name: str, query: QueryDict) -> bool:
    return any(key == name or key.startswith(f"{name}_") for key in query)


def _filter_of(register: Register, name: str, request) -> django_filters.Filter:
    field = register.model._meta.get_field(name)
    label = str(field.verbose_name)
    if isinstance(field, SeveralField):
        return django_filters.ChoiceFilter(
            label=label, choices=field.choices, empty_label="全部", method=has_choice(name)
        )
    if field.choices:
        return django_filters.ChoiceFilter(
            field_name=name, label=label, choices=field.choices, empty_label="全部"
        )
    if isinstance(field, models.ForeignKey):
        return django_filters.ModelChoiceFilter(
            field_name=name,
            label=label,
            empty_label="全部",
            queryset=choices_of(field.related_model, request.access, request.community, register.view),
        )
    if isinstance(field, models.BooleanField):
        return django_filters.ChoiceFilter(
            field_name=name, label=label, choices=[("True", "是"), ("False", "否")], empty_label="全部"
        )
    if isinstance(field, models.DateField):
        return date_range(label, field_name=name)()
    if isinstance(field, models.IntegerField | models.DecimalField):
        whole = isinstance(field, models.IntegerField)
        return number_range(label, field_name=name, whole=whole)()
    return django_filters.CharFilter(field_name=name, label=label, lookup_expr="icontains")


def has_choice(name: str):
    """Method of a filter: rows that have the chosen code among several, in the field `name`."""
    return lambda queryset, _, code: queryset.filter(**{f"{name}__contains": [code]})


def active_conditions(form: forms.Form) -> list[tuple[str, str, str]]:
    """(name, label, value in words) of each active filter; empty when the form is invalid."""
    return set_conditions(form) if form.is_valid() else []


def set_conditions(form: forms.Form) -> list[tuple[str, str, str]]:
    """The same of whatever is set, also beside an invalid one."""
    form.is_valid()
    return [
        (name, str(field.label), "填写有误" if name in form.errors else _in_words(field, value))
        for name, field in form.fields.items()
        if (value := form.cleaned_data.get(name)) not in (None, "", []) or name in form.errors
    ]


def _in_words(field: forms.Field, value) -> str:
    if in_words := getattr(field, "in_words", None):
        return in_words(value)
    words = {} if hasattr(value, "pk") else dict(getattr(field, "choices", ()))
    return str(words.get(value, value))


class FilteredList:
    """Filtered and sorted rows of a register's list, from the query parameters of its URL and this user's rights.

    List, export, ledger, saved list, bulk change and form filling all parse the URL here, so that filters and
    sorts are subject to the same rights as the columns shown.

    problem: why the filters are invalid, as a sentence. There are no rows then: ignoring an invalid filter would
        list, export or change everything.
    notice: that the requested sort was not applied.
    """

    def __init__(
        self, register: Register, request, permission: Permission | None = None, *, panel: bool = False
    ):
        """`request`: a request or an `ListRequest`; `permission`: the right that limits the rows, by default the view right.

        panel: build every filter, for a page that shows the panel 更多条件.
        """
        access, community = request.access, request.community
        self.register = register
        everything = register.rows(access, community, permission)
        filterset = filterset_of(register, request, panel=panel)
        self.filterset = filterset(request.GET, queryset=everything, request=request)
        self.filterset.form.helper = FormHelper()
        self.problem = filter_problem(self.filterset.form, request.GET)
        self.sorts = register.sorts_for(access, community)
        orders = {order.name: order for order in register.orders}
        requested_sort = request.GET.get("sort", "")
        known = requested_sort in orders or requested_sort.removeprefix("-") in self.sorts
        self.sort = requested_sort if known else ""
        self.notice = SORT_REFUSED if requested_sort and not self.sort else ""
        chosen = everything.none() if self.problem else self.filterset.qs
        if self.sort in orders:
            self.rows = orders[self.sort].apply(chosen)
        else:
            self.rows = chosen.order_by(*register.ordering(self.sort, access, community))

    @property
    def form(self) -> forms.Form:
        """The filter form."""
        return self.filterset.form

    @property
    def words(self) -> str:
        """The conditions in words, `性别：女；片区：第一片区`; empty when everything is shown."""
        return "；".join(f"{label}：{words}" for _, label, words in active_conditions(self.form))

    def totals(self, columns: Iterable[Column]) -> dict[str, object]:
        """Column name → sum over the whole list, of those columns that have a total. One query, or none."""
        sums = {column.name: Sum(column.total) for column in columns if column.total is not None}
        if not sums:
            return {}
        by_alias = {f"sum_{number}": each for number, each in enumerate(sums.values())}
        values = self.rows.order_by().aggregate(**by_alias).values()
        return {name: value or 0 for name, value in zip(sums, values, strict=True)}


def parameters(form: forms.Form) -> Iterator[str]:
    """Query parameter names of the filters."""
    for name in form.fields:
        yield from parameters_of(form, name)


def parameters_of(form: forms.Form, name: str) -> tuple[str, ...]:
    """Query parameter names of one filter; a range has two."""
    widget = form.fields[name].widget
    suffixes = getattr(widget, "suffixes", ())
    return tuple(widget.suffixed(name, suffix) for suffix in suffixes) or (name,)


def conditions(form: forms.Form, query: QueryDict) -> str:
    """Canonical query string of the filters in a URL, without sort and page."""
    normalised = QueryDict(mutable=True)
    for name in parameters(form):
        if values := [value for value in query.getlist(name) if value.strip()]:
            normalised.setlist(name, values)
    return normalised.urlencode()


def filter_problem(form: forms.Form, query: QueryDict) -> str:
    """Sentence why the filters of a URL are invalid, else "". Ignoring invalid ones would show everything."""
    names = {name for name in query if any(value.strip() for value in query.getlist(name))}
    if unknown := names - set(parameters(form)) - BESIDE:
        return f"有 {len(unknown)} 项条件已经取消，或者您无权使用"
    if form.is_valid():
        return ""
    return "；".join(
        f"“{form.fields[name].label}”{errors[0]}"
        if isinstance(form.fields[name], FromToField)
        else f"条件“{form.fields[name].label}”已不能使用"
        for name, errors in form.errors.items()
    )
