"""Cleaning: converts cells to values of model fields and runs the model's validators.

Our readers normalise the cell; django-import-export's widget of the field converts it.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from import_export.resources import ModelResource

from portal.importing.protocol import ImportTarget
from portal.spreadsheets.cells import Cell
from portal.spreadsheets.dates import read_date
from portal.spreadsheets.values import cell_text, is_placeholder, normalise, read_decimal, read_yes_no
from portal.values.several import SeveralField

_SEPARATORS = re.compile(r"[、，,；;/／|\s]+")
"""What stands between several choices in one cell."""


class Cleaner:
    """Cleans the cells of one model field; foreign keys are found by label among the community's rows."""

    def __init__(self, field: models.Field, into: ImportTarget, words: Mapping[str, str]):
        """`words`: other spellings of the choices in files -> code."""
        self.field = field
        self.today = into.today
        self.widget = ModelResource.widget_from_django_field(field)()
        self.codes: dict[str, Any] = {}
        if field.is_relation:
            related = field.related_model._default_manager.filter(community_id=into.community_id)
            self.codes = {normalise(str(row)): row.pk for row in related}
        elif field.choices:
            self.codes = {normalise(str(word)): code for code, word in field.flatchoices}
            self.codes |= {normalise(str(code)): code for code, _ in field.flatchoices}
            self.codes |= {normalise(word): code for word, code in words.items()}

    def clean(self, cell: Cell, date1904: bool) -> Any:
        """The value; None for a blank cell or placeholder. ValueError with the sentence to show."""
        if is_placeholder(cell):
            return None
        if isinstance(self.field, SeveralField):
            return self._read_codes(cell)
        if self.field.is_relation or self.field.choices:
            return self._read_code(cell)
        value = self._read_plain(cell, date1904)
        try:
            return self.field.clean(self.widget.clean(value), None)
        except ValidationError as problem:
            raise ValueError("；".join(problem.messages)) from problem

    def _read_codes(self, cell: Cell) -> list[str]:
        """Several choices in one cell; a word with a separator in it may be one choice."""
        text = cell_text(cell)
        if (word := normalise(text)) in self.codes:
            return [self.codes[word]]
        return self.field.ordered(self._code_of(part) for part in _SEPARATORS.split(text) if part.strip())

    def _read_code(self, cell: Cell) -> Any:
        return self._code_of(cell_text(cell))

    def _code_of(self, text: str) -> Any:
        word = normalise(text)
        if word in self.codes:
            return self.codes[word]
        label = self.field.verbose_name
        if self.field.is_relation:
            raise ValueError(f"没有找到这个{label}，请核对，或先在台账中登记")
        words = "、".join(str(word) for _, word in self.field.flatchoices)
        raise ValueError(f"{label}应为以下之一：{words}")

    def _read_plain(self, cell: Cell, date1904: bool) -> Any:
        """Normalised value of the cell; ValueError with the sentence to show."""
        if isinstance(self.field, models.BooleanField):
            return read_yes_no(cell)
        if isinstance(self.field, models.DecimalField | models.IntegerField):
            number = read_decimal(cell)
            if isinstance(self.field, models.IntegerField) and number != number.to_integral_value():
                raise ValueError("请填写整数")
            return number
        if isinstance(self.field, models.DateField):
            reading = read_date(cell, today=self.today, date1904=date1904)
            if reading.date is None or reading.date.precision != "d":
                raise ValueError(reading.problem or "请写明年月日，如 1985-03-01")
            return reading.date.value
        return cell_text(cell)
