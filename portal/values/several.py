"""Several choices at once in one column: 驻区单位、共建单位."""

import functools
from collections.abc import Iterable

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models


class SeveralFormField(forms.MultipleChoiceField):
    """Choices to tick; the value is a list in their declared order, however it was sent."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value):
        chosen = super().clean(value)
        return [code for code, _ in self.choices if code in chosen]


class SeveralField(ArrayField):
    """Codes of several choices at once, in their declared order; none of them twice."""

    def __init__(self, verbose_name=None, **kwargs):
        base = kwargs.pop("base_field", None) or models.CharField(max_length=20)
        super().__init__(base, verbose_name=verbose_name, **{"default": list} | kwargs)

    def contribute_to_class(self, cls, name, private_only=False):
        super().contribute_to_class(cls, name, private_only)
        # Django's own looks for one choice that equals the whole list.
        setattr(cls, f"get_{name}_display", functools.partialmethod(_display, field=self))

    def ordered(self, codes: Iterable[str]) -> list[str]:
        """The codes in declared order, each once."""
        codes = set(codes)
        return [code for code, _ in self.flatchoices if code in codes]

    def words(self, codes: Iterable[str] | None) -> str:
        """Labels of the codes; a code that is no longer declared stands for itself."""
        labels = dict(self.flatchoices)
        return "、".join(str(labels.get(code, code)) for code in codes or ())

    def validate(self, value, model_instance):
        known = {code for code, _ in self.flatchoices}
        if unknown := [code for code in value or () if code not in known]:
            raise ValidationError(f"{self.verbose_name}中没有“{unknown[0]}”，请重新选择。")
        if not value and not self.blank:
            raise ValidationError(f"请至少选择一个{self.verbose_name}。")

    def formfield(self, **kwargs):
        return SeveralFormField(
            choices=self.flatchoices,
            required=not self.blank,
            label=self.verbose_name,
            help_text=self.help_text,
            error_messages={"required": f"请至少选择一个{self.verbose_name}。"},
        )


def _display(row: models.Model, *, field: SeveralField) -> str:
    return field.words(getattr(row, field.attname))
