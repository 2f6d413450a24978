"""Whether one row takes a value: the edit form answers, sent as a clerk would send it with one field changed."""

from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.db import models

from portal.access import Access, CommunityRef
from portal.forms import display
from portal.models import BulkRow
from portal.registers import Register

_Verdict = BulkRow.Verdict


@dataclass(slots=True)
class Tried:
    """The outcome for one row. Of a CHANGE, `row` holds the new values and `columns` says which they are."""

    row: models.Model
    verdict: str
    reason: str = ""
    columns: frozenset[str] = frozenset()


def value_form(
    register: Register, field: str, access: Access, community: CommunityRef, data=None, files=None
):
    """A form of the one field, as the edit form has it."""
    form = forms.Form(data, files)
    form.fields[field] = register.form(access, community).fields[field]
    form.helper = FormHelper()
    form.helper.form_tag = False
    form.helper.disable_csrf = True
    return form


def given_in(form: forms.Form, field: str) -> Any:
    """What was sent for the field, before it is cleaned; it can be kept as JSON."""
    return form.fields[field].widget.value_from_datadict(form.data, form.files, form.add_prefix(field))


def try_row(
    register: Register, row: models.Model, field: str, sent, access: Access, community: CommunityRef
) -> Tried:
    """Put the value into the row's edit form and see what comes of it; writes nothing, but changes `row`.

    Only the field's column and what follows from it are to be written: another field of the form may clean
    to something else than what is stored, and nobody asked for that.
    """
    stored = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
    form = register.form(access, community, instance=row)
    others = set(form.fields) - {field}
    # Filled from itself, as the page would show it, instead of made twice: making a form is half the time.
    form.data = {name: form[name].value() for name in others} | {field: sent}
    form.is_bound = True
    fits = form.is_valid()
    column = row._meta.get_field(field).attname
    if field not in form.errors and getattr(row, column) == stored[column]:
        return Tried(row, _Verdict.SAME)
    if not fits:
        return Tried(row, _Verdict.REFUSED, _reasons(form, field))
    register.complete(row)
    unchanged = {"version", *(f.attname for f in row._meta.concrete_fields if f.name in others)}
    changed = {
        name for name, value in stored.items() if name not in unchanged and getattr(row, name) != value
    }
    return Tried(row, _Verdict.CHANGE, columns=frozenset(changed | {column}))


def _reasons(form: forms.BaseForm, field: str) -> str:
    """The form's sentences in one; those about other fields say which."""
    sentences = []
    for name, errors in form.errors.items():
        about = "" if name in (field, forms.forms.NON_FIELD_ERRORS) else f"{form.fields[name].label}："
        sentences += [f"{about}{sentence}" for sentence in errors]
    return " ".join(sentences)[:300]


def value_shown(row: models.Model, field: str) -> str:
    """A field of a row for the preview."""
    return display(row, field) or "（空）"
