"""Table cells of a register: functions that read the value of a column, and the markup of list rows.

A list has hundreds of cells and an export a million, so the reader is built once per column and not once per cell.
"""

import datetime
import decimal
import functools
import html
import inspect
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import models
from django.template import Context
from django.template.base import render_value_in_context
from django.utils.safestring import SafeString

from portal.values.partial_dates import PartialDate
from portal.values.several import SeveralField

_ESCAPING = Context(autoescape=True)


def reader(model: type[models.Model], name: str) -> Callable[[Any], Any]:
    """Function from a row to its value of `name` (a field, an annotation or a path); the label of a choice.

    None becomes the empty string.
    """
    if "." in name:
        return functools.partial(_value_at_path, name.split("."))
    field = next((field for field in model._meta.concrete_fields if field.name == name), None)
    if isinstance(field, SeveralField):
        return lambda row: field.words(getattr(row, name))
    display_method = inspect.getattr_static(model, f"get_{name}_display", None)
    if isinstance(display_method, functools.partialmethod):
        # Django's own method builds the dict of all choices on every call.
        words = {value: str(word) for value, word in model._meta.get_field(name).flatchoices}
        return functools.partial(_choice_label, name, words)
    return functools.partial(_value_of, name)


def _value_of(name: str, row) -> Any:
    value = getattr(row, name)
    return "" if value is None else value


def _choice_label(name: str, words: dict, row) -> Any:
    value = getattr(row, name)
    return "" if value is None else words.get(value, value)


def _value_at_path(path: Sequence[str], row) -> Any:
    """The value at the end of a path over relations; empty when a relation on the way is null."""
    *steps, last = path
    for step in steps:
        row = getattr(row, step)
        if row is None:
            return ""
    display_method = getattr(row, f"get_{last}_display", None)
    value = display_method() if display_method else getattr(row, last)
    return "" if value is None else value


def as_html(value) -> str:
    """HTML of a value as in a template: localised, and escaped unless marked as safe."""
    if type(value) is str:  # marked ones are of another type
        return value if value.isalnum() else html.escape(value)
    if type(value) is int:
        return str(value)
    return render_value_in_context(value, _ESCAPING)


def list_rows(
    urls: Iterable[str],
    table: Iterable,
    columns: Sequence,
    *,
    ticks: bool,
    labels: Sequence[str],
    cell_urls: Mapping[int, Sequence[str]] | None = None,
) -> SafeString:
    """The `<tr>` elements of a list; the first cell links to the detail page, with `ticks` after a checkbox.

    cell_urls: position of a column → the page behind its cell in each row (`portal.registers.row_links`).

    Not a template, which takes 30 µs a cell: for 50 rows of ten cells half the time of the page.
    """
    table = list(table)
    begins = _cell_begins(table, columns, labels)
    markup = []
    for number, (url, values) in enumerate(zip(map(html.escape, urls), table, strict=True), start=1):
        texts = [as_html(value) for value in values]
        for position, addresses in (cell_urls or {}).items():
            if (address := addresses[number - 1]) and texts[position]:
                texts[position] = f'<a href="{html.escape(address)}">{texts[position]}</a>'
        texts[0] = f'<a href="{url}">{texts[0]}</a>'
        cells = "".join([f"{begin}{text}</td>" for begin, text in zip(begins, texts, strict=True)])
        markup.append(f"<tr>{_TICK.format(url, number) if ticks else ''}{cells}</tr>")
    return SafeString("\n".join(markup))


_TICK = (
    '<td class="pick"><input type="checkbox" class="form-check-input" name="row" value="{}" form="bulk"'
    ' aria-label="勾选第 {} 行"></td>'
)


def list_head(headers: Iterable[Mapping[str, Any]], *, ticks: bool) -> SafeString:
    """The header row of a list. Of each column: `label`, `number`, `url` of the list sorted by it, and sort `direction`."""
    cells = [_TICK_ALL] if ticks else []
    for header in headers:
        label = html.escape(header["label"])
        if header["url"]:
            label = (
                f'<a href="{html.escape(header["url"])}">{label}{_ARROWS.get(header["direction"], "")}</a>'
            )
        names = ' class="number"' if header["number"] else ""
        sort = f' aria-sort="{header["direction"]}"' if header["direction"] else ""
        cells.append(f'<th scope="col"{names}{sort}>{label}</th>')
    return SafeString(f"<tr>{''.join(cells)}</tr>")


_TICK_ALL = '<th scope="col" class="pick" data-tick-all="勾选本页全部"><span class="unseen">勾选</span></th>'
_ARROWS = {"ascending": " ▲", "descending": " ▼"}

_CARD_LINE = 3
"""Cells on each of the two lines of a card, which a row becomes on a phone. What follows is on the page of the row."""

_LONG = 24
"""Width of a column whose text is wrapped."""

_NEEDS_LABEL = (int, decimal.Decimal, datetime.date, PartialDate)
"""Types of values that say nothing in a card without the label of their column."""


def _cell_begins(table: Sequence[Sequence], columns: Sequence, labels: Sequence[str]) -> list[str]:
    """The opening tag of each column's cells: its place in a card, and there its label where it needs one."""
    begins, places = [], itertools.count()
    for number, column in enumerate(columns):
        line = ("", "second", "beyond")[min(next(places) // _CARD_LINE, 2) if column.in_cards else 2]
        kind = "number" if column.number else "long" if column.width >= _LONG else ""
        names = " ".join(filter(None, (kind, line)))
        sample = next((values[number] for values in table if values[number] not in ("", None)), "")
        is_labelled = number and line != "beyond" and isinstance(sample, _NEEDS_LABEL)
        attributes = f' class="{names}"' if names else ""
        if is_labelled:
            attributes += f' data-label="{html.escape(labels[number])}"'
        begins.append(f"<td{attributes}>")
    return begins
