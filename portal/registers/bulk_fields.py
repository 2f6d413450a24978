"""Which fields of a model suit a bulk change."""

from django.db import models

from portal.values.several import SeveralField

_LONGEST_FOR_BULK = 200
"""Longest text field, in characters, that a bulk change may set."""


def allows_bulk_change(model: type[models.Model], name: str) -> bool:
    """Whether a bulk change of this field makes sense: no unique key, no secret, no long text."""
    field = model._meta.get_field(name)
    keys = {key for rule in model._meta.constraints for key in getattr(rule, "fields", ())}
    if field.unique or name in keys or name in getattr(model, "field_classes", {}).get("secret", ()):
        return False
    if isinstance(field, models.CharField):
        return bool(field.choices) or field.max_length <= _LONGEST_FOR_BULK
    return isinstance(
        field,
        models.BooleanField
        | SeveralField
        | models.ForeignKey
        | models.DateField
        | models.IntegerField
        | models.DecimalField,
    )
