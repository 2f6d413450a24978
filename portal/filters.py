"""The filter form of a register's list, made from its declaration by django-filter."""

from collections.abc import Iterator
from dataclasses import dataclass

import django_filters
from crispy_forms.helper import FormHelper
from django import forms
from django.db import models
from django.http import QueryDict

from portal.access import Access, CommunityRef
from portal.registers import Register, choices_of
from portal.search_words import SearchWords

BESIDE = frozenset({"sort", "page", "size", "saved"})
"""What the address of a list holds besides its conditions."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What filters read of a request, where there is none."""

    GET: QueryDict
    access: Access
    community: CommunityRef


def filterset_of(register: Register, request) -> type[django_filters.FilterSet]:
    """A FilterSet class with the search box `q` and the register's filters, choices narrowed to the community."""
    declared: dict[str, django_filters.Filter] = {}
    if register.search:
        declared["q"] = django_filters.CharFilter(
            label="搜索",
            method=lambda queryset, name, value: register.searched(
                queryset, SearchWords.read(value, request.community), request.access, request.community
            ),
            widget=forms.TextInput(
                attrs={"type": "search", "placeholder": register.search_hint, "autocomplete": "off"}
            ),
        )
    for entry in register.filters:
        name, given, right = (*entry, None)[:3] if isinstance(entry, tuple) else (entry, None, None)
        if right is None or request.access.can(right, request.community):
            declared[name] = given() if given else _filter_of(register, name, request)
    return type("ListFilterSet", (django_filters.FilterSet,), declared)


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


def describe(filterset) -> str:
    """The conditions of a list in words, `性别：女；片区：第一片区`; empty when everything is shown."""
    return "；".join(f"{label}：{words}" for _, label, words in in_words(filterset.form))


def in_words(form: forms.Form) -> list[tuple[str, str, str]]:
    """Name, label and value of each condition that is set; nothing where one of them is wrong."""
    if not form.is_valid():
        return []
    found = []
    for name, value in form.cleaned_data.items():
        if value in (None, "", []):
            continue
        words = dict(getattr(form.fields[name], "choices", ())) if not hasattr(value, "pk") else {}
        if isinstance(value, slice):
            value = "至".join(str(end) for end in (value.start, value.stop) if end)
        found.append((name, str(form.fields[name].label), str(words.get(value, value))))
    return found


def by_links(form: forms.Form, given: QueryDict) -> list[tuple[str, str, str]]:
    """The conditions that came by a link and have no box: label, value, and the query without it."""
    found = []
    for name, label, words in in_words(form):
        if form[name].is_hidden:
            rest = given.copy()
            for gone in (name, "page"):
                rest.pop(gone, None)
            found.append((label, words, rest.urlencode()))
    return found


def apply_filters(register: Register, request, queryset):
    """Return (filterset, filtered rows). A filter with a wrong value shows its error and filters nothing."""
    filterset = filterset_of(register, request)(request.GET, queryset=queryset, request=request)
    filterset.form.helper = FormHelper()
    return filterset, filterset.qs


def parameters(form: forms.Form) -> Iterator[str]:
    """The names under which the conditions stand in an address; a range has two."""
    for name, field in form.fields.items():
        suffixes = getattr(field.widget, "suffixes", ())
        yield from (field.widget.suffixed(name, suffix) for suffix in suffixes) if suffixes else (name,)


def conditions(form: forms.Form, given: QueryDict) -> str:
    """The conditions of an address alone, always written in one way."""
    kept = QueryDict(mutable=True)
    for name in parameters(form):
        if values := [value for value in given.getlist(name) if value.strip()]:
            kept.setlist(name, values)
    return kept.urlencode()


def problem_with(form: forms.Form, given: QueryDict) -> str:
    """Why the conditions of an address cannot be used, in a sentence: of wrong ones the list would show everything."""
    if unknown := set(given) - set(parameters(form)) - BESIDE:
        return f"有 {len(unknown)} 项条件已经取消，或者您无权使用"
    if form.is_valid():
        return ""
    return "；".join(f"条件“{form.fields[name].label}”已不能使用" for name in form.errors)
