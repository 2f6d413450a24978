"""Columns of a register, and fields of an imported spreadsheet."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from portal.access.permissions import Permission


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list, detail page and export.

    name: a field, an annotation, or a path over relations (`building.label`).
    label: the header; by default the field's verbose name.
    sort: what to order by when the header is clicked; by default the column itself where it is a field.
    value: (row) -> value, for a column that no field holds.
    number: aligned to the right, written as a number.
    text: an identifier, written as text into spreadsheets.
    optional: not in the list by itself, but a user may choose it (what stays out of lists for protection is not).
    listed / detailed / exported: whether the list, the detail page and the export show it.
    right: permission to see it, where narrower than the register's view right. A user without it can neither sort
        nor filter by it, nor by another column of the same field, nor change the field in bulk.
    in_cards: whether it stands in the cards of two lines by which a phone shows the list.
    coarse_sort: ordering for users who may not see the exact field of `sort` in another column.
    masked: (row) -> value that stands in lists and search results in place of the whole one, which the detail page
        and exports have; `mask_note` says in the choice of columns what is left out.
    total: field or expression whose sum over the whole list stands below the column, in list, export and ledger.
    former: names that it had in stored choices of columns.
    """

    name: str
    label: str = ""
    sort: str = ""
    value: Callable[[Any], Any] | None = None
    number: bool = False
    text: bool = False
    listed: bool = True
    detailed: bool = True
    exported: bool = True
    optional: bool = False
    right: Permission | None = None
    width: int = 12
    in_cards: bool = True
    coarse_sort: str = ""
    masked: Callable[[Any], Any] | None = None
    mask_note: str = ""
    total: Any = None
    former: tuple[str, ...] = ()

    @property
    def choosable(self) -> bool:
        """Whether a list may show it."""
        return self.listed or self.optional


@dataclass(frozen=True, slots=True)
class RowOrder:
    """An order of a list besides those by its columns. `apply`: (rows) -> the ordered rows, the same ones every time."""

    name: str
    label: str
    apply: Callable[[QuerySet], QuerySet]


@dataclass(frozen=True, slots=True)
class ImportField:
    """A field that an imported spreadsheet may have; `names` are header names besides its label.

    words: other spellings of the choices in files -> code.
    label: for columns without a field of the model, which the importer or its `ImportReference` reads. They may be `secret`.
    """

    name: str
    names: tuple[str, ...] = ()
    required: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    label: str = ""
    secret: bool = False
