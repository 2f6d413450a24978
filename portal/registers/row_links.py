"""Links to the rows that cells, facts and panels name, for readers who may open the pages of those rows.

Which register a row belongs to follows from its model, so that no feature needs to know the pages of another.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from portal.access.user_access import Access, CommunityRef
from portal.registers.columns import Column
from portal.registers.panels import Link
from portal.registers.registry import all_registers
from portal.values.display import display

_NAMES = {"name", "label"}
"""Fields that name their row: a column of `person.name` names the person."""


@dataclass(frozen=True, slots=True)
class RowRef:
    """A row of which only the uuid was read."""

    model: type[models.Model]
    uuid: uuid.UUID


class RowLinks:
    """Addresses of rows of one community for one reader."""

    def __init__(self, access: Access, community: CommunityRef) -> None:
        self._access, self._community = access, community
        self._lists: dict[type[models.Model], str] = {}

    def url(self, row: models.Model | RowRef | None) -> str:
        """The page of `row`; empty where there is none, or none that the reader may open."""
        if row is None or getattr(row, "community_id", self._community.id) != self._community.id:
            return ""
        model = row.model if isinstance(row, RowRef) else type(row)
        if model not in self._lists:
            self._lists[model] = self._list_url(model)
        return f"{self._lists[model]}{row.uuid}/" if self._lists[model] else ""

    def link(self, row: models.Model | RowRef | None, label: Any = None) -> Any:
        """A link to `row`; the label alone where the reader may not open it. By default the label is the row's name."""
        label = str(row) if label is None else label
        url = self.url(row)
        return Link(str(label), url) if url else label

    def _list_url(self, model: type[models.Model]) -> str:
        register = next((r for r in all_registers() if r.model is model), None)
        if register is None or not self._access.can(register.view, self._community):
            return ""
        return register.url("list", self._community)


def _target_readers(register, columns: Sequence[Column]) -> dict[int, Callable[[Sequence], Sequence]]:
    """Position of a column → function from rows to the row that the cell of each names.

    A foreign key and the name at the end of a path over foreign keys name a row by themselves; others by
    `Register.cell_targets`.
    """
    readers = {}
    for position, column in enumerate(columns):
        target = register.cell_targets.get(column.name)
        if target is None and column.value is None:
            target = _relation_named(register.model, column.name)
        if target:
            readers[position] = partial(_at_path, target.split(".")) if isinstance(target, str) else target
    return readers


def cell_urls(register, rows: Sequence, columns: Sequence[Column], links: RowLinks) -> dict[int, list[str]]:
    """Position of a column → the address behind its cell in each row, for the columns of which some cell has one."""
    urls = {
        position: [links.url(target) for target in read(rows)]
        for position, read in _target_readers(register, columns).items()
    }
    return {position: column_urls for position, column_urls in urls.items() if any(column_urls)}


def detail_lines(register, row, access: Access, community: CommunityRef) -> list[tuple[str, Any]]:
    """Label and value of every column and detail field, for the detail page; a value that names a row is its link."""
    columns = register.visible(access, community, "detailed")
    links = RowLinks(access, community)
    (values,) = register.table([row], columns, whole=True)
    for position, read in _target_readers(register, columns).items():
        if values[position] not in ("", None):
            (target,) = read([row])
            values[position] = links.link(target, values[position])
    lines = list(zip(map(register.label_of, columns), values, strict=True))
    for name in register.details:
        value = display(row, name)
        if value and _relation_named(register.model, name):
            value = links.link(getattr(row, name), value)
        lines.append((str(register.model._meta.get_field(name).verbose_name), value))
    return lines


def _relation_named(model: type[models.Model], name: str) -> str:
    """The path to the row that a column of this name names; empty if it names none."""
    *path, last = name.split(".")
    try:
        for step in path:
            model = model._meta.get_field(step).related_model
        if path and last in _NAMES:
            return ".".join(path)
        field = model._meta.get_field(last)
    except (AttributeError, FieldDoesNotExist):
        return ""
    return name if field.many_to_one else ""


def _at_path(path: Sequence[str], rows: Sequence) -> list:
    """The row at the end of a path over relations from each row; None when one on the way is null."""
    for step in path:
        rows = [row and getattr(row, step) for row in rows]
    return list(rows)
