"""Staging: a parsed row as JSON between check and apply. The certificate number is kept apart from the rest."""

import datetime
from dataclasses import MISSING, fields

from portal.importing.masking import contains_id_number
from portal.values.partial_dates import PartialDate
from residents.homes.addresses import PlaceRef
from residents.importing.rows import PersonRow

_SECRET = "id_number"  # noqa: S105 - a field's name
_LEFT_OUT = {"sheet", "row", "findings", "suggestions", _SECRET}
_DATES = {"birth", "moved_out_on", "died_on"}
_PLACES = {"living_place", "registered_place"}
_SETS = {"truths"}
_SHARED = {
    "sex", "id_kind", "ethnic", "education", "marital", "employment", "political", "relation_word",
    "relation_class", "household_key", "head_name", "registered_address",
}  # fmt: skip
"""Fields in which many rows have the same value."""
_DEFAULTS = {
    f.name: f.default for f in fields(PersonRow) if f.default is not MISSING and f.name not in _LEFT_OUT
}


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
        if isinstance(value, str) and contains_id_number(value):
            secrets[name] = value
        else:
            values[name] = value
    if row.id_number:
        secrets[_SECRET] = row.id_number
    return values, secrets


class StagedRows:
    """Deserialises staged rows, without their findings. Equal words and places share one object, to save memory."""

    def __init__(self):
        self._places: dict[tuple, PlaceRef] = {}
        self._words: dict = {}

    def row(self, sheet: str, number: int, values: dict, secrets: dict) -> PersonRow:
        arguments = {name: value for name, value in (values | secrets).items() if name in _DEFAULTS}
        for name in _DATES & arguments.keys():
            day, precision = arguments[name]
            arguments[name] = PartialDate(datetime.date.fromisoformat(day), precision)
        for name in _PLACES & arguments.keys():
            place = tuple(arguments[name])
            if place not in self._places:
                self._places[place] = PlaceRef(*place)
            arguments[name] = self._places[place]
        for name in _SETS & arguments.keys():
            words = frozenset(arguments[name])
            arguments[name] = self._words.setdefault(words, words)
        for name in _SHARED & arguments.keys():
            arguments[name] = self._words.setdefault(arguments[name], arguments[name])
        if "phones" in arguments:
            arguments["phones"] = tuple(arguments["phones"])
        return PersonRow(sheet=sheet, row=number, id_number=secrets.get(_SECRET, ""), **arguments)
