"""Conversion of a register's values to what a form's column accepts."""

import datetime
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from portal.form_filling.layout import FormColumn
from portal.form_filling.matching import FillField, without_number
from portal.form_filling.writable_sheet import Value
from portal.spreadsheets.headers import header_key
from portal.spreadsheets.writing import excel_serial
from portal.values.partial_dates import PartialDate

_DAYS_OF_1904 = 1_462
_EXAMPLE = re.compile(
    r"(?P<y>(?:19|20)\d\d|yyyy|年{4}|x{4})(?:(?P<han>年)|(?P<mark>[-./]))?(?P<m>0?[1-9]|1[0-2]|mm?|月{2}|x{2})"
    r"(?:(?:月|[-./])?(?P<d>[0-3]?\d|dd?|日{2}|x{2})(?:日)?)?",
    re.I,
)
_MONTH = re.compile(r"年月(?!日)")
_YEAR = re.compile(r"年份$")


@dataclass(frozen=True, slots=True)
class DateWords:
    """Text format of dates in a form: separator, two-digit months, and precision."""

    mark: str = "-"
    padded: bool = True
    depth: str = "d"

    @classmethod
    def of(cls, column: FormColumn) -> "DateWords":
        """Format of the column's example or header; by default 1985-03-01."""
        hint = unicodedata.normalize("NFKC", column.hint)
        key = header_key(column.name)
        depth = "y" if _YEAR.search(key) else "m" if _MONTH.search(key) else "d"
        example = _EXAMPLE.search(hint) or _EXAMPLE.search(key)
        if not example:
            return cls(depth=depth)
        mark = "年" if example["han"] else example["mark"] or ""
        return cls(mark, len(example["m"]) == 2 or not mark, "d" if example["d"] else "m")

    def write(self, date: PartialDate) -> str:
        day, precision = date.value, "ymd".index(date.precision)
        deep = min(precision, "ymd".index(self.depth))
        width = 2 if self.padded else 1
        parts = [f"{day.year}", f"{day.month:0{width}}", f"{day.day:0{width}}"][: deep + 1]
        if self.mark == "年":
            return "".join(part + word for part, word in zip(parts, "年月日", strict=False))
        return self.mark.join(parts)


@dataclass(slots=True)
class ColumnWriter:
    """Converts values of one field for one column. `missed`: values for which its drop-down has no choice."""

    column: FormColumn
    target: FillField
    date1904: bool = False
    unmatched: Counter = field(default_factory=Counter)
    _dates: DateWords | None = None
    _chosen: dict[str, str | None] = field(default_factory=dict)

    def write(self, value: Any) -> Value | None:
        """Converted value; None if there is nothing to write."""
        if isinstance(value, datetime.date):
            value = PartialDate(value)
        if value is None or value == "":
            return None
        if isinstance(value, bool):
            value = "是" if value else "否"
        if self.column.closed:
            return self._choose(self._text(value))
        if isinstance(value, PartialDate):
            return self._date(value)
        if isinstance(value, int | float | Decimal) and not self.column.text:
            return int(value) if value == int(value) else float(value)
        return self._text(value)

    def _text(self, value: Any) -> str:
        if isinstance(value, PartialDate):
            self._dates = self._dates or DateWords.of(self.column)
            return self._dates.write(value)
        return str(value)

    def _date(self, date: PartialDate) -> Value:
        """A spreadsheet date if the column's format shows no more than is known, else text."""
        date_format = self.column.date.lower()
        deep_enough = date.precision == "d" or (date.precision == "m" and "d" not in date_format)
        if self.column.date and deep_enough and date.value.year >= 1904:
            return int(excel_serial(date.value)) - (_DAYS_OF_1904 if self.date1904 else 0)
        return self._text(date)

    def _choose(self, text: str) -> str | None:
        if text not in self._chosen:
            self._chosen[text] = choose(text, self.column.choices, self.target)
        if self._chosen[text] is None:
            self.unmatched[text] += 1
        return self._chosen[text]


def choose(text: str, choices: tuple[str, ...], target: FillField) -> str | None:
    """Choice of a drop-down with the same meaning; None if there is none."""
    if text in choices:
        return text
    plain = {header_key(choice): choice for choice in reversed(choices)}
    plain |= {header_key(without_number(choice)): choice for choice in reversed(choices)}
    if header_key(text) in plain:
        return plain[header_key(text)]
    meaning = target.meaning_of(text) if target.meaning_of else None
    if meaning is None:
        return None
    matches = [choice for choice in choices if target.meaning_of(without_number(choice)) == meaning]
    return matches[0] if len(matches) == 1 else None
