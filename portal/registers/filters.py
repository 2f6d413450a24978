"""Filters of a register's list: the filter form from the declaration (django-filter), and the filtered rows."""

from collections.abc import Iterator
from dataclasses import dataclass

import django_filters
from crispy_forms.helper import FormHelper
from django import forms
from django.db import models
from django.http import QueryDict

from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.form_pages.addresses import DRAFT, STEP
from portal.registers.extensions import filters_of
from portal.registers.filtersets import RequestFilterSet
from portal.registers.registers import Register
from portal.registers.registry import choices_of
from portal.registers.search_words import SearchWords

BESIDE = frozenset({"sort", "page", "size", "saved", DRAFT, STEP})
"""Query parameters of a list besides its filters."""

SORT_REFUSED = "不能按这一列排序，已按台账原来的顺序排列。"


@dataclass(frozen=True, slots=True)
class ListRequest:
    """Stand-in for a request where there is none: what filters read of it."""

    GET: QueryDict
    access: Access
    community: CommunityRef


def filterset_of(register: Register, request) -> type[django_filters.FilterSet]:
    """A FilterSet class with the search box `q` and the register's filters, choices narrowed to the community."""
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
    for entry in filters_of(register):
        name, make_filter, right = (*entry, None)[:3] if isinstance(entry, tuple) else (entry, None, None)
        if name not in hidden and (right is None or request.access.can(right, request.community)):
            declared[name] = make_filter() if make_filter else _filter_of(register, name, request)
    return type("ListFilterSet", (RequestFilterSet,), declared)


def _filter_of(register: Register, name: str, request) -> django_filters.Filter:
    field = register.model._meta.get_field(name)
    label = str(field.verbose_name)
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
    return django_filters.CharFilter(field_name=name, label=label, lookup_expr="icontains")


def active_conditions(form: forms.Form) -> list[tuple[str, str, str]]:
    """(name, label, value in words) of each active filter; empty when the form is invalid."""
    if not form.is_valid():
        return []
    conditions_set = []
    for name, value in form.cleaned_data.items():
        if value in (None, "", []):
            continue
        words = dict(getattr(form.fields[name], "choices", ())) if not hasattr(value, "pk") else {}
        if isinstance(value, slice):
            value = "至".join(str(end) for end in (value.start, value.stop) if end)
        conditions_set.append((name, str(form.fields[name].label), str(words.get(value, value))))
    return conditions_set


def link_conditions(form: forms.Form, query: QueryDict) -> list[tuple[str, str, str]]:
    """Active filters without an input, set by a link: (label, value in words, query string without it)."""
    links = []
    for name, label, words in active_conditions(form):
        if form[name].is_hidden:
            remaining = query.copy()
            for parameter in (name, "page"):
                remaining.pop(parameter, None)
            links.append((label, words, remaining.urlencode()))
    return links


class FilteredList:
    """Filtered and sorted rows of a register's list, from the query parameters of its URL and this user's rights.

    List, export, ledger, saved list, bulk change and form filling all parse the URL here, so that filters and
    sorts are subject to the same rights as the columns shown.

    problem: why the filters are invalid, as a sentence. There are no rows then: ignoring an invalid filter would
        list, export or change everything.
    notice: that the requested sort was not applied.
    """

    def __init__(self, register: Register, request, permission: Permission | None = None):
        """`request`: a request or an `ListRequest`; `permission`: the right that limits the rows, by default the view right."""
        access, community = request.access, request.community
        everything = register.rows(access, community, permission)
        self.filterset = filterset_of(register, request)(request.GET, queryset=everything, request=request)
        self.filterset.form.helper = FormHelper()
        self.problem = filter_problem(self.filterset.form, request.GET)
        self.sorts = register.sorts_for(access, community)
        requested_sort = request.GET.get("sort", "")
        self.sort = requested_sort if requested_sort.removeprefix("-") in self.sorts else ""
        self.notice = SORT_REFUSED if requested_sort and not self.sort else ""
        chosen = everything.none() if self.problem else self.filterset.qs
        self.rows = chosen.order_by(*register.ordering(self.sort, access, community))

    @property
    def form(self) -> forms.Form:
        """The filter form."""
        return self.filterset.form

    @property
    def words(self) -> str:
        """The conditions in words, `性别：女；片区：第一片区`; empty when everything is shown."""
        return "；".join(f"{label}：{words}" for _, label, words in active_conditions(self.form))


def parameters(form: forms.Form) -> Iterator[str]:
    """Query parameter names of the filters; a range has two."""
    for name, field in form.fields.items():
        suffixes = getattr(field.widget, "suffixes", ())
        yield from (field.widget.suffixed(name, suffix) for suffix in suffixes) if suffixes else (name,)


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
    return "；".join(f"条件“{form.fields[name].label}”已不能使用" for name in form.errors)
