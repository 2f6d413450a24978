"""Staging: a row of people as JSON between check and apply. The certificate number is kept apart from the rest."""

import datetime
from dataclasses import MISSING, fields

from portal.importing.masking import contains_id_number
from portal.importing.protocol import CheckedRow
from portal.importing.rows import ImportedRow
from portal.values.partial_dates import PartialDate
from residents.homes.addresses import PlaceRef
from residents.importing.columns import FIELDS
from residents.importing.person_row import PersonRow

_LEFT_OUT = {f.name for f in fields(ImportedRow)} | {
    "suggestions", "cells", "place", "is_place_expected", "id_hash", "homes", "is_renamed", "updates", "moves",
}  # fmt: skip
"""What follows from the file or the comparison."""
_DEFAULTS = {
    f.name: f.default for f in fields(PersonRow) if f.default is not MISSING and f.name not in _LEFT_OUT
}
_DATES = {"birth", "moved_out_on", "died_on"}
_PLACES = {"living_place", "registered_place"}
_SHARED = _PLACES | {
    "truths", "sex", "id_kind", "ethnic", "education", "marital", "employment", "political", "relation_word",
    "relation_class", "household_key", "head_name", "registered_address",
}  # fmt: skip
"""Fields in which many rows have the same value."""


def to_json(row: PersonRow) -> tuple[dict, dict]:
    """The values of a row as JSON, and its secret ones: the certificate, and any text that holds a long number."""
    values, secrets = {}, {}
    for name, default in _DEFAULTS.items():
        value = getattr(row, name)
        if value == default:
            continue
        if name in _DATES:
            value = [value.value.isoformat(), value.precision]
        elif name in _PLACES:
            value = [getattr(value, f.name) for f in fields(PlaceRef)]
        elif isinstance(value, frozenset | tuple):
            value = sorted(value) if isinstance(value, frozenset) else list(value)
        is_secret = name == "id_number" or (isinstance(value, str) and contains_id_number(value))
        (secrets if is_secret else values)[name] = value
    return values, secrets


def restored_row(row: CheckedRow, shared: dict) -> PersonRow:
    """A row from its staged values, without its findings. Equal words and places become one object of `shared`."""
    arguments = row.values | row.secrets
    for name, value in arguments.items():
        if name in _DATES:
            arguments[name] = PartialDate(datetime.date.fromisoformat(value[0]), value[1])
        elif name in _PLACES:
            arguments[name] = PlaceRef(*value)
        elif isinstance(value, list):
            arguments[name] = frozenset(value) if name == "truths" else tuple(value)
        if name in _SHARED:
            arguments[name] = shared.setdefault(arguments[name], arguments[name])
    return PersonRow(sheet=row.sheet, number=row.number, headers=FIELDS, **arguments)
