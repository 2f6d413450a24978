"""Placement of form errors."""

import importlib
import pkgutil

import pytest
from django import forms
from django.apps import apps as django_apps
from django.conf import settings
from django.core.exceptions import ValidationError

from portal.forms.forms import ErrorPlacementMixin, PlainForm
from portal.registers.registry import all_registers


class SampleForm(PlainForm):
    error_fields = {"key": "label", "one_place": "label"}
    label = forms.CharField()
    version = forms.IntegerField(widget=forms.HiddenInput)


def sample(**data) -> SampleForm:
    form = SampleForm({"label": "3幢", "version": "1"} | data)
    form.is_valid()
    return form


def test_error_of_a_derived_field_is_shown_at_its_source():
    form = sample()
    form.add_error(None, ValidationError({"key": ["太长"], "label": ["重复"]}))
    assert form.errors == {"label": ["太长", "重复"]}


def test_error_of_an_unknown_field_is_shown_above_the_form():
    form = sample()
    form.add_error("household", "没有登记")
    form.add_error(None, ValidationError({"community": ["不对"]}))
    assert form.errors == {"__all__": ["没有登记", "不对"]}


def test_without_placement_it_is_an_error(monkeypatch):
    monkeypatch.delattr(ErrorPlacementMixin, "add_error")
    with pytest.raises(ValueError, match="household"):
        sample().add_error("household", "没有登记")


@pytest.mark.parametrize("version", ["", "junk"])
def test_error_of_a_hidden_field_is_shown_above_the_form(version):
    assert sample(version=version).errors == {"__all__": ["页面已过期，请重新打开后再提交。"]}


def all_forms(parent: type = forms.BaseForm) -> list[type]:
    """Every form class of the project."""
    for name in ("portal", "community", "residents", "partybuilding", "services", "security"):
        for module in pkgutil.walk_packages(importlib.import_module(name).__path__, f"{name}."):
            if {"forms", "views"} & set(module.name.split(".")):
                importlib.import_module(module.name)
    classes, todo = set(), [parent]
    while todo:
        new = set(todo.pop().__subclasses__()) - classes
        classes |= new
        todo += new
    apps = {app.name for app in django_apps.get_app_configs() if app.path.startswith(str(settings.BASE_DIR))}
    return [form for form in classes if form.__module__.partition(".")[0] in apps]


def test_every_form_places_its_errors():
    form_classes = all_forms()
    assert len(form_classes) > 50
    assert [form.__qualname__ for form in form_classes if not issubclass(form, ErrorPlacementMixin)] == []


@pytest.mark.django_db
def test_declared_places_exist(house, cast):
    """Keys of `error_fields` are fields of the model or constraints, its values are fields of the form.

    A constraint may be another model's, where a trigger writes it with the row.
    """
    from portal.access.user_access import Access

    wrong = []
    rules = {rule.name for model in django_apps.get_models() for rule in model._meta.constraints}
    for register in all_registers():
        if register.edit is None or not register.form_class.error_fields:
            continue
        form = register.form(Access.of(cast["director"], None), house.kuocang.ref)
        names = {field.name for field in register.model._meta.concrete_fields} | rules
        wrong += [
            (register.label, name)
            for name, form_field in form.error_fields.items()
            if name not in names or form_field not in form.fields
        ]
    assert wrong == []


@pytest.mark.django_db
def test_empty_choices_are_named(house, cast):
    from portal.access.user_access import Access

    access = Access.of(cast["director"], None)
    pages = [r.form(access, house.kuocang.ref).as_div() for r in all_registers() if r.edit]
    assert not any("---" in page for page in pages)
    assert sum(">请选择<" in page for page in pages) > 10
