"""What a register holds, as a form's column takes it."""

import datetime
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from portal.dates import PartialDate
from portal.filling.layout import FormColumn
from portal.filling.matching import Field, bare
from portal.filling.sheet import Value
from portal.spreadsheets.headers import header_key
from portal.spreadsheets.writing import serial

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
    """How a form writes a date as text: the mark between, two digits for a month, and how far."""

    mark: str = "-"
    padded: bool = True
    depth: str = "d"

    @classmethod
    def of(cls, column: FormColumn) -> "DateWords":
        """As an example or the header of a column says; else 1985-03-01."""
        hint = unicodedata.normalize("NFKC", column.hint)
        key = header_key(column.name)
        depth = "y" if _YEAR.search(key) else "m" if _MONTH.search(key) else "d"
        found = _EXAMPLE.search(hint) or _EXAMPLE.search(key)
        if not found:
            return cls(depth=depth)
        mark = "年" if found["han"] else found["mark"] or ""
        return cls(mark, len(found["m"]) == 2 or not mark, "d" if found["d"] else "m")

    def write(self, date: PartialDate) -> str:
        day, known = date.value, "ymd".index(date.precision)
        deep = min(known, "ymd".index(self.depth))
        width = 2 if self.padded else 1
        parts = [f"{day.year}", f"{day.month:0{width}}", f"{day.day:0{width}}"][: deep + 1]
        if self.mark == "年":
            return "".join(part + word for part, word in zip(parts, "年月日", strict=False))
        return self.mark.join(parts)


@dataclass(slots=True)
class Writer:
    """Turns the values of one field into those of one column. `missed`: what its drop-down has no word for."""

    column: FormColumn
    what: Field
    date1904: bool = False
    missed: Counter = field(default_factory=Counter)
    _dates: DateWords | None = None
    _chosen: dict[str, str | None] = field(default_factory=dict)

    def write(self, value: Any) -> Value | None:
        """None where there is nothing to write."""
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
        """A real date where the column's format shows no more than is known; else words."""
        shown = self.column.date.lower()
        deep_enough = date.precision == "d" or (date.precision == "m" and "d" not in shown)
        if self.column.date and deep_enough and date.value.year >= 1904:
            return int(serial(date.value)) - (_DAYS_OF_1904 if self.date1904 else 0)
        return self._text(date)

    def _choose(self, text: str) -> str | None:
        if text not in self._chosen:
            self._chosen[text] = choose(text, self.column.choices, self.what)
        if self._chosen[text] is None:
            self.missed[text] += 1
        return self._chosen[text]


def choose(text: str, choices: tuple[str, ...], what: Field) -> str | None:
    """The choice of a drop-down that says the same; None where none does."""
    if text in choices:
        return text
    plain = {header_key(choice): choice for choice in reversed(choices)}
    plain |= {header_key(bare(choice)): choice for choice in reversed(choices)}
    if header_key(text) in plain:
        return plain[header_key(text)]
    meaning = what.means(text) if what.means else None
    if meaning is None:
        return None
    fitting = [choice for choice in choices if what.means(bare(choice)) == meaning]
    return fitting[0] if len(fitting) == 1 else None
