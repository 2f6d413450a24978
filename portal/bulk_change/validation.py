"""Validation of a bulk change on one row, by its edit form with one field changed."""

from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.db import models

from portal.access.user_access import Access, CommunityRef
from portal.bulk_change.models import BulkRow
from portal.registers.registers import Register
from portal.values.display import display

_Verdict = BulkRow.Verdict


@dataclass(slots=True)
class ValidationResult:
    """Validation result of one row. For a CHANGE, `row` has the new values and `columns` names them."""

    row: models.Model
    verdict: str
    reason: str = ""
    columns: frozenset[str] = frozenset()


def value_form(
    register: Register, field: str, access: Access, community: CommunityRef, data=None, files=None
):
    """A form with only this field of the edit form."""
    form = forms.Form(data, files)
    form.fields[field] = register.form(access, community).fields[field]
    form.helper = FormHelper()
    form.helper.form_tag = False
    form.helper.disable_csrf = True
    return form


def raw_value(form: forms.Form, field: str) -> Any:
    """Raw value submitted for the field, before cleaning, storable as JSON."""
    return form.fields[field].widget.value_from_datadict(form.data, form.files, form.add_prefix(field))


def validate_row(
    register: Register, row: models.Model, field: str, sent, access: Access, community: CommunityRef
) -> ValidationResult:
    """Validate the value in the row's edit form; writes nothing to the database, but modifies `row`.

    Only the field's column and derived columns count as changed: cleaning may alter other fields of the form,
    which must not be written.
    """
    stored = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
    form = register.form(access, community, instance=row)
    others = set(form.fields) - {field}
    # Bound to its own initial values instead of building a second form, which takes half the time.
    form.data = {name: form[name].value() for name in others} | {field: sent}
    form.is_bound = True
    fits = form.is_valid()
    column = row._meta.get_field(field).attname
    if field not in form.errors and getattr(row, column) == stored[column]:
        return ValidationResult(row, _Verdict.SAME)
    if not fits:
        return ValidationResult(row, _Verdict.REFUSED, _reasons(form, field))
    register.set_derived_fields(row)
    unchanged = {"version", *(f.attname for f in row._meta.concrete_fields if f.name in others)}
    changed = {
        name for name, value in stored.items() if name not in unchanged and getattr(row, name) != value
    }
    return ValidationResult(row, _Verdict.CHANGE, columns=frozenset(changed | {column}))


def _reasons(form: forms.BaseForm, field: str) -> str:
    """Errors of the form as one sentence; those of other fields with their label."""
    sentences = []
    for name, errors in form.errors.items():
        about = "" if name in (field, forms.forms.NON_FIELD_ERRORS) else f"{form.fields[name].label}："
        sentences += [f"{about}{sentence}" for sentence in errors]
    return " ".join(sentences)[:300]


def display_value(row: models.Model, field: str) -> str:
    """Display value of a field for the preview."""
    return display(row, field) or "（空）"
