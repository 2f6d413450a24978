"""The form renderer writes what Django's templates would."""

import datetime

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html
from django.utils.safestring import mark_safe

from portal.forms.renderer import Renderer

CHOICES = [("", "全部"), ("a", '"<b>"'), (1, mark_safe("<i>")), ("组", [("x", "甲"), (2, "乙&丙")])]
WIDGETS = {
    "text": (forms.TextInput({"placeholder": '"<', "required": True, "disabled": False}), 'a"<b>&'),
    "empty text": (forms.TextInput(), None),
    "search": (forms.TextInput({"type": "search"}), "王"),
    "number": (forms.NumberInput({"min": 0}), 12345),
    "hidden": (forms.HiddenInput(), ""),
    "date": (forms.DateInput({"type": "date"}, format="%Y-%m-%d"), datetime.date(2026, 1, 2)),
    "select": (forms.Select({"class": "wide"}, choices=CHOICES), 2),
    "nothing selected": (forms.Select(choices=CHOICES), None),
    "several": (forms.SelectMultiple(choices=CHOICES), ["a", 1]),
}


@pytest.mark.parametrize("name", WIDGETS)
def test_widget_is_written_as_by_the_templates(name):
    widget, value = WIDGETS[name]
    ours, theirs = (
        widget.render("名称", value, {"id": "id_1"}, renderer) for renderer in (Renderer(), DjangoTemplates())
    )
    assert parse_html(ours) == parse_html(theirs)


def test_widget_without_a_writer_comes_from_its_template():
    box = forms.CheckboxInput().render("a", True, {}, Renderer())
    assert "checkbox" in box
