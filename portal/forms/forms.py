"""Base classes of forms: validation of all constraints, placement of errors, optimistic locking and idempotency."""

from collections.abc import Mapping

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.widgets import Script
from django.utils.choices import BlankChoiceIterator

from portal.access.querysets import ScopedForeignKey
from portal.access.user_access import Access, CommunityRef
from portal.forms.constraints import Violation, violation_of_constraint
from portal.values.display import display

_OUTDATED = "页面已过期，请重新打开后再提交。"
_DASHES, _CHOOSE = BLANK_CHOICE_DASH[0][1], "请选择"


class EditConflict(Exception):
    """Optimistic locking failed: somebody else saved this row meanwhile. Holds its version and the differing fields."""

    def __init__(self, differences: list[tuple[str, str, str]], version: int):
        super().__init__("这条记录已在别处保存过。")
        self.version = version
        self.differences = differences
        """(label, value saved by the other, value of this form)"""


class RowDeleted(Exception):
    """The row was deleted, or merged into another one, since the form was opened."""

    def __init__(self):
        super().__init__("这条记录刚刚被删除或合并，修改没有保存。")


class ErrorPlacementMixin:
    """Form mixin that places each error at a visible field, or else above the form.

    This includes the database constraint that saving the data violated (`portal.middleware.ViolationMiddleware`).
    """

    error_fields: Mapping[str, str] = {}
    """Name of a derived field or of a constraint → the form field at which its errors are shown."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        for field in self.fields.values():
            _name_blank_choice(field)

    def visible_field(self, name: str | None) -> str | None:
        """Form field at which errors of a model's field or constraint are shown; None for above the form."""
        name = self.error_fields.get(name, name)
        is_shown = name in self.fields and not self.fields[name].widget.is_hidden
        return name if is_shown else None

    def add_error(self, field, error):
        error = error if isinstance(error, ValidationError) else ValidationError(error)
        by_name = error.error_dict if hasattr(error, "error_dict") else {field: error.error_list}
        for name, errors in by_name.items():
            if name in self.fields and self.fields[name].widget.is_hidden:
                # Nobody typed a hidden value, so an invalid one means that the page is outdated.
                errors = [_OUTDATED if error.code else error for error in errors]
            super().add_error(self.visible_field(name), errors)

    def add_violation(self, violation: Violation) -> None:
        """Show the sentence of a violated constraint at the last of its visible fields."""
        places = [self.visible_field(name) for name in (*violation.fields, violation.rule)]
        self.add_error(next((name for name in reversed(places) if name), None), violation.sentence)

    def _post_clean(self):
        super()._post_clean()
        violation = getattr(self.data, "violation", None)
        if violation and not self.errors:
            self.add_violation(violation)


def _name_blank_choice(field: forms.Field) -> None:
    """Call the empty choice 请选择 where Django has dashes."""
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == _DASHES:
            field.empty_label = _CHOOSE
    elif isinstance(field, forms.ChoiceField) and isinstance(field.choices, BlankChoiceIterator):
        field.choices = [(value, _CHOOSE if label == _DASHES else label) for value, label in field.choices]


class PlainForm(ErrorPlacementMixin, forms.Form):
    """Base of forms that do not edit a single row."""


class RowForm(ErrorPlacementMixin, forms.ModelForm):
    """Base of forms that edit one row of a community.

    Choices are limited to the community, every constraint of the model is validated with its own message (also those
    on fields that the form does not show), and saving over somebody else's change raises EditConflict.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, access: Access, community: CommunityRef, choices=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.access = access
        self.community = community
        if self.instance.pk is None and hasattr(self.instance, "community_id"):
            self.instance.community_id = community.id
        self.fields["version"].initial = self.instance.version
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and choices is not None:
                field.queryset = choices(field.queryset.model)
            if isinstance(field, forms.DateField):
                field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            if isinstance(field, forms.DateTimeField):
                field.widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
            if isinstance(field, forms.TimeField):
                field.widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs.setdefault("rows", 4)
            field.widget.attrs.setdefault("autocomplete", "off")

    def _get_validation_exclusions(self):
        # Fields that are not on the form still take part in unique constraints: (community, key).
        exclude = super()._get_validation_exclusions()
        constrained = {
            name
            for constraint in self._meta.model._meta.constraints
            for name in getattr(constraint, "fields", ())
        }
        unset = {
            f.name
            for f in self._meta.model._meta.fields
            if isinstance(f, ScopedForeignKey) and f.name not in self.fields and f.name not in constrained
        }
        # A field derived from an invalid one is not reported a second time.
        wrong = {
            *self._errors,
            *(name for name, form_field in self.error_fields.items() if form_field in self._errors),
        }
        return exclude - constrained - {"community"} | unset | wrong

    def _update_errors(self, errors):
        # Django puts the messages of constraints above the form, without the constraint they belong to.
        rules = {str(rule.violation_error_message): rule for rule in self._meta.model._meta.constraints}
        by_name = errors.update_error_dict({})
        for error in by_name.pop(NON_FIELD_ERRORS, ()):
            if rule := rules.get(str(error.message)):
                self.add_violation(violation_of_constraint(rule))
            else:
                self.add_error(None, error)
        super()._update_errors(ValidationError(by_name))

    def save(self, commit=True):
        """Save the changes and increment the version in one statement; an unchanged form writes nothing.

        Raises EditConflict if the row changed since the form was shown, or RowDeleted.
        """
        if self.instance.pk is None:
            return super().save(commit)
        model = type(self.instance)
        with transaction.atomic():
            locked = model._default_manager.select_for_update(of=["self"], no_key=True)
            stored = locked.filter(pk=self.instance.pk).first()
            if stored is None:
                raise RowDeleted
            if stored.version != self.cleaned_data.get("version"):
                raise EditConflict(self._differences(stored), stored.version)
            fields = model._meta.concrete_fields
            if all(getattr(stored, f.attname) == getattr(self.instance, f.attname) for f in fields):
                self._save_m2m()
                return self.instance
            self.instance.version = stored.version + 1
            return super().save(commit)

    def _differences(self, stored) -> list[tuple[str, str, str]]:
        differences = []
        for name, field in self.fields.items():
            if name == "version" or not hasattr(stored, name):
                continue
            own_value, stored_value = getattr(self.instance, name), getattr(stored, name)
            if own_value != stored_value:
                differences.append((field.label or name, display(stored, name), display(self.instance, name)))
        return differences


class PickInput(forms.TextInput):
    """Text input with suggestions; a page loads their script and look where a form has one."""

    class Media:
        css = {"all": ["css/pick.css"]}
        js = [Script("js/pick.js", defer=True)]


class PickField(forms.CharField):
    """Autocomplete field: choose one row by typing its name; suggestions come from the register's `pick` page.

    The text is resolved on the server, so it works without JavaScript; an ambiguous text gives an error that lists
    the matches. The form calls `offer` before it is shown or validated.
    """

    widget = PickInput
    find = None
    label_of = staticmethod(str)

    def offer(self, find, url: str, label_of=str) -> None:
        """Set the choices: `find(text)` returns matching rows, `url` serves suggestions, `label_of` labels a row."""
        self.find = find
        self.label_of = label_of
        # Only rows that are there can be picked, so the suggestions end with the way to register a new one.
        self.widget.attrs |= {"data-pick-url": url, "data-pick-new": True, "autocomplete": "off"}

    def prepare_value(self, value):
        return self.label_of(value) if hasattr(value, "_meta") else value

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        matches = list(self.find(text))
        exact = [row for row in matches if self.label_of(row) == text]
        if len(exact) == 1:
            return exact[0]
        if len(matches) == 1:
            return matches[0]
        if not matches:
            raise ValidationError(f"没有找到“{text}”，请核对，或先在台账中登记。")
        listed = "；".join(self.label_of(row) for row in matches[:5])
        raise ValidationError(f"“{text}”对应多条记录，请写全：{listed}。")
