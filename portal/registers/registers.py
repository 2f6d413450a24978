"""Registers (台账): the declaration of a noun, from which its pages, forms, imports and exports follow.

A register gives its noun the list with search, filters, sort and pagination, the detail page with history,
the forms, import and export, and the tests that walk all registers. docs/developing.md has the recipe for adding
a noun; the pages are in `portal/register_pages/views.py` and `templates/portal/register_pages/`.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.db import models
from django.urls import reverse

from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.roles import BODY_RIGHTS
from portal.access.user_access import Access, CommunityRef
from portal.database.bulk_sql import ConcurrentUpdate, update_rows
from portal.database.foreign_keys import count_protecting_rows
from portal.forms.forms import RowForm
from portal.hooks.menu import DeskArea
from portal.registers import table_cells
from portal.registers.bulk_fields import allows_bulk_change
from portal.registers.columns import Column, ImportField, RowOrder
from portal.registers.extensions import parts_of
from portal.registers.panels import CountedNotice, Link, ListTab, Panel, Timeline
from portal.registers.registry import all_registers, choices_of
from portal.registers.search_words import SearchWords, any_condition, word_condition
from portal.retention.data_categories import LEGAL_DUTY, DataCategory, RetentionRule

_CHUNK = 1_000
"""Rows passed to `prefetch_values` at a time."""


class Register:
    """Base class of registers: class attributes are the declaration, methods are hooks with defaults."""

    model: type[models.Model]
    noun: str
    """Noun in URL names: `<app>:<noun>_list`."""
    path: str = ""
    """The part of the URL, by default the noun with an s."""
    title: str = ""
    """The Chinese plural shown as heading, by default the model's."""
    menu: DeskArea | None = None
    """Area in whose menu the list stands; None for a list that is in no menu."""
    menu_order: int = 50
    menu_line: str = ""
    """Menu line of which the list is a tab, where it has none of its own."""
    legend: str = ""
    """What the words of a column mean; shown below the list."""
    purpose: str = ""
    """Purpose of the data; shown below the list."""
    basis: str = LEGAL_DUTY
    """Legal basis (PIPL, article 13)."""
    retention: RetentionRule | None = None
    """Retention rule; None only for rows without personal data."""
    part_models: tuple[type[models.Model], ...] = ()
    """Models whose rows are part of a row of this register and are purged with it."""
    deleted_with_row: tuple[type[models.Model], ...] = ()
    """Models whose rows `delete` removes first."""
    deletion_note: str = ""
    """Sentence about them on the page that confirms a deletion."""

    view: Permission
    edit: Permission | None = None
    """None: the register is written by actions only."""
    create_label: str = ""
    """Button and heading of the page that adds a row: the act as the office calls it. Every register with `edit` has one."""
    export_right: Permission | None = None
    import_right: Permission | None = None

    columns: tuple[Column | str, ...] = ()
    """A string is a column of that name."""
    details: tuple[str, ...] = ()
    """Fields shown on the detail page besides the columns."""
    cell_targets: Mapping[str, str | Callable[[Sequence], Sequence]] = {}
    """Column → path to the row that its cell names, or function from rows to what each names, where its name does not say it."""
    search: tuple[str, ...] = ()
    """Columns searched by the search box; one stored `haystack` column where the table can be large."""
    search_hint: str = "输入关键字"
    filters: tuple = ()
    """Field names, or `portal.registers.filters.ListFilter` (a plain tuple of its first items will do).

    One with a hidden input is set by links only.
    """
    order: tuple[str, ...] = ()
    orders: tuple[RowOrder, ...] = ()
    form_fields: tuple[str, ...] = ()
    form_class: type[RowForm] = RowForm
    bulk_fields: tuple[str, ...] | None = None
    """Fields that a bulk change may set; None: those of `form_fields` that suit it (`allows_bulk_change`)."""
    attachments: bool | Permission = False
    """Whether rows have attachments. A right in place of True narrows who may see them, and each opening is logged."""
    import_fields: tuple[ImportField, ...] = ()
    """Import fields, where they are not those of the form or have other headers than the labels."""
    similar: Any = None
    """`portal.registers.similar.SimilarRows`: how the form of a new row looks for doubles while typed."""
    shares_lists: bool = True
    """Whether saved lists of it may be shared; not where their words would tell a colleague of rows that they may not see."""
    pickable: bool = False
    """Whether forms pick its rows with an autocomplete field (`portal.forms.forms.PickField`)."""
    import_key: tuple[str, ...] = ()
    """Fields that match a spreadsheet row to an existing row."""
    import_reference: Callable | None = None
    """Factory of the `portal.importing.reference.ImportReference` that resolves several columns to a related row."""
    importer: Callable | None = None
    """Factory of this register's `portal.importing.Importer`; None: the generic importer of `import_fields`."""

    def __init__(self):
        self.columns = tuple(Column(c) if isinstance(c, str) else c for c in self.columns)
        if self.import_right and not self.importer and not self.import_fields:
            self.import_fields = tuple(ImportField(name) for name in self.form_fields)

    # Names and URLs

    @cached_property
    def app(self) -> str:
        """The app that has the noun's pages, which may be an app above the model's."""
        return type(self).__module__.partition(".")[0]

    @cached_property
    def label(self) -> str:
        """`<app>:<noun>`, the stored key of the register in batches and saved lists."""
        return f"{self.app}:{self.noun}"

    @cached_property
    def heading(self) -> str:
        return self.title or str(self.model._meta.verbose_name_plural)

    @cached_property
    def unit(self) -> str:
        """The Chinese word for one row."""
        return str(self.model._meta.verbose_name)

    @cached_property
    def category(self) -> DataCategory:
        """The category of personal data that the register declares (`portal.retention.data_categories`)."""
        return DataCategory(
            self.heading, (self.model, *parts_of(self)), self.purpose, self.retention, self.basis, self.view
        )

    @property
    def url_part(self) -> str:
        return self.path or f"{self.noun}s"

    def url(self, action: str, community: CommunityRef, row=None) -> str:
        kwargs = {"community": community.code}
        if row is not None:
            kwargs["row"] = row.uuid
        return reverse(f"{self.app}:{self.noun}_{action}", kwargs=kwargs)

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions (pages) this register has, as in its URL names."""
        actions = ["list", "columns", "detail", "history", *(["pick"] if self.pickable else [])]
        if self.edit:
            actions += ["create", "edit", "delete", *(["similar"] if self.similar else [])]
        if self.bulk:
            actions.append("bulk")
        if self.attachments:
            actions.append("attach")
        if self.export_right:
            actions += ["export", "ledger"]
        if self.import_right:
            actions.append("import")
        return tuple(actions)

    @cached_property
    def bulk(self) -> tuple[str, ...]:
        """The fields that a bulk change may set, in form order; empty for a register without bulk change."""
        if self.edit is None:
            return ()
        if self.bulk_fields is not None:
            return self.bulk_fields
        return tuple(name for name in self.form_fields if allows_bulk_change(self.model, name))

    @property
    def attachments_view(self) -> Permission:
        """Permission to see and open attachments."""
        return self.view if self.attachments is True else self.attachments

    @property
    def attachments_edit(self) -> Permission:
        """Permission to add and delete attachments, besides the one to see them."""
        return self.edit or self.attachments_view

    # Rows

    def rows(self, access: Access, community: CommunityRef, permission: Permission | None = None):
        """The rows this user may see in the community, with the annotations of the columns."""
        queryset = rows(self.model, access, permission or self.view, community)
        return self.prepare(queryset.select_related(*self._related) if self._related else queryset)

    @cached_property
    def _related(self) -> tuple[str, ...]:
        """Relations in column paths, for select_related."""
        paths = [c.name.rpartition(".")[0] for c in self.columns if not c.value]
        return tuple(dict.fromkeys(path.replace(".", "__") for path in paths if path))

    def prepare(self, queryset):
        """Hook: add annotations and select_related that columns need."""
        return queryset

    def filter_by_words(self, queryset, words: SearchWords, access: Access, community: CommunityRef):
        """Every word must occur in one of the `search` columns."""

        def has(word: str) -> models.Q:
            return any_condition(self.word_condition(name, word, access, community) for name in self.search)

        return queryset.filter(words.condition(has))

    def word_condition(self, name: str, word: str, access: Access, community: CommunityRef) -> models.Q:
        """Hook: the condition that a lower-case word occurs in the search column `name`."""
        return word_condition(name, word)

    def match_reasons(
        self, rows: Sequence, words: SearchWords, access: Access, community: CommunityRef
    ) -> list[str]:
        """Hook: for each row why a search finds it (曾用名…), in a fixed number of queries; empty where its columns show it."""
        return []

    @cached_property
    def sorts(self) -> dict[str, tuple[str, ...]]:
        """Column name → ORM ordering, for the columns that can be sorted."""
        fields = {f.name for f in self.model._meta.get_fields() if f.concrete}
        sorts = {}
        for column in self.columns:
            key = column.sort or (column.name if column.name in fields else "")
            if key:
                sorts[column.name] = tuple(key.split())
        return sorts

    def sorts_for(self, access: Access, community: CommunityRef) -> dict[str, tuple[str, ...]]:
        """The sorts this user may use: sorting by a hidden column would reveal its values."""
        hidden = self.hidden_fields(access, community)
        allowed = {}
        for column in self.columns:
            keys = self.sorts.get(column.name)
            if column.name in hidden or not keys:
                continue
            if not hidden.isdisjoint(key.removeprefix("-") for key in keys):
                keys = tuple(column.coarse_sort.split())
            if keys:
                allowed[column.name] = keys
        return allowed

    def ordering(
        self, sort: str = "", access: Access | None = None, community: CommunityRef | None = None
    ) -> list[str]:
        """ORM ordering for `name` or `-name` if this user may sort by it, else the default. Always ends in the primary key."""
        sorts = self.sorts_for(access, community) if sort and access else {}
        chosen = sorts.get(sort.removeprefix("-"))
        order = list(chosen or self.order or self.model._meta.ordering)
        if chosen and sort.startswith("-"):
            order = [name.removeprefix("-") if name.startswith("-") else f"-{name}" for name in order]
        return [*order, *([] if {"id", "-id"} & set(order) else ["id"])]

    # Cells

    def label_of(self, column: Column) -> str:
        if column.label:
            return column.label
        return str(self.model._meta.get_field(column.name.partition(".")[0]).verbose_name)

    def reader(self, column: Column, *, whole: bool = False) -> Callable[[Any], Any]:
        """Function from a row to the cell value: typed for spreadsheets, labels for choices; masked unless `whole`."""
        masked = None if whole else column.masked
        return masked or column.value or table_cells.reader(self.model, column.name)

    def prefetch_values(self, rows: Sequence) -> None:
        """Hook: prefetch computed column values onto the rows, in one query for all of them.

        Cheaper than an annotation in `prepare`, which the database computes for every row of the list.
        """

    def table(self, rows: Iterable, columns: Iterable[Column], *, whole: bool = False) -> Iterator[list]:
        """The values of each row in the order of the columns; `whole` for exports and the detail page."""
        readers = [self.reader(column, whole=whole) for column in columns]
        rows = iter(rows)
        while chunk := list(itertools.islice(rows, _CHUNK)):
            self.prefetch_values(chunk)
            for row in chunk:
                yield [read(row) for read in readers]

    def visible(self, access: Access, community: CommunityRef, part: str) -> tuple[Column, ...]:
        """The columns of a part (`listed`, `choosable`, `detailed`, `exported`) that this user may see."""
        return tuple(
            column
            for column in self.columns
            if getattr(column, part) and (column.right is None or access.can(column.right, community))
        )

    def hidden_fields(self, access: Access, community: CommunityRef) -> frozenset[str]:
        """Names and sort keys of the columns that this user may not see."""
        hidden = [c for c in self.columns if c.right and not access.can(c.right, community)]
        keys = {key.removeprefix("-") for c in hidden for key in self.sorts.get(c.name, ())}
        return frozenset({c.name for c in hidden} | keys)

    def bulk_for(self, access: Access, community: CommunityRef) -> tuple[str, ...]:
        """The fields that this user may change in bulk: those of `bulk` whose values they may see."""
        hidden = self.hidden_fields(access, community)
        return tuple(name for name in self.bulk if name not in hidden)

    # Hooks of pages

    def may_change(self, row, access: Access, community: CommunityRef) -> bool:
        """Hook: whether this user, who holds the edit right and sees this row, may change it, and its attachments.

        `rows` leaves the others out for the edit right.
        """
        if self.edit == self.view or self.edit not in BODY_RIGHTS:
            return True
        return self.rows(access, community, self.edit).filter(pk=row.pk).exists()

    def panels(self, row, access: Access, community: CommunityRef) -> list[Panel | Timeline]:
        """Tables of related rows on the detail page."""
        return []

    def links(self, row, access: Access, community: CommunityRef) -> list[Link]:
        """Further actions on this row."""
        return []

    def summary(self, row, access: Access, community: CommunityRef) -> list:
        """Hook: the line below the heading: texts, links and tags."""
        return []

    def merged_ids(self, row, access: Access, community: CommunityRef) -> Sequence[int]:
        """Hook: primary keys of rows merged into this one; their history is shown with its own."""
        return ()

    def merged_into(self, uuid, access: Access, community: CommunityRef):
        """Hook: the row into which the deleted row of this uuid was merged; the old URL redirects to it."""
        return

    def list_links(self, access: Access, community: CommunityRef) -> list[Link]:
        """Additional buttons above the list."""
        return []

    def list_tabs(self, access: Access, community: CommunityRef) -> list[ListTab]:
        """Hook: quick filters above the list. The list counts their rows together with its own."""
        return []

    def list_notices(self, access: Access, community: CommunityRef) -> list[str | CountedNotice]:
        """Hook: notices above the list, e.g. that rows are hidden from this user."""
        return []

    @cached_property
    def _model_form_class(self) -> type[RowForm]:
        """The form class with its Meta; cached, since building it takes as long as a form."""
        if self.form_class._meta.model is not None and not self.form_fields:
            return self.form_class
        meta = type("Meta", (), {"model": self.model, "fields": list(self.form_fields)})
        return type(f"{self.model.__name__}Form", (self.form_class,), {"Meta": meta})

    def form(self, access: Access, community: CommunityRef, **kwargs) -> RowForm:
        return self._model_form_class(
            access=access,
            community=community,
            choices=lambda model: choices_of(model, access, community, self.view),
            **kwargs,
        )

    def save(self, form: RowForm, *, by, community: CommunityRef):
        """Hook: save a valid form; nouns that write more than one row call an action here."""
        return form.save()

    def write_rows(
        self, changed: Sequence, columns: Sequence[str], *, field: str, by, community, undo: bool
    ) -> None:
        """Hook: write a bulk change of `field`: rows with new values in `columns`, at the version they were read.

        Raises ConcurrentUpdate. Nouns whose writes go through actions call one here; `undo` says that the
        values are the earlier ones being restored.
        """
        values = [(row.pk, row.version, *(getattr(row, name) for name in columns)) for row in changed]
        if update_rows(self.model, columns, values, community_id=community.id) != len(values):
            raise ConcurrentUpdate

    def delete(self, row, *, by) -> None:
        """Raises ProtectedError when other rows still reference the row."""
        row.delete()

    def protecting_rows(self, row, access: Access, community: CommunityRef) -> list[str]:
        """Words for the rows that protect this one from deletion; those this user may not see are not named."""
        numbers: dict[str, int] = {}
        for model, number in count_protecting_rows(row).items():
            if model in self.deleted_with_row:
                continue
            register = next((r for r in all_registers() if r.model is model), None)
            is_open = register is not None and access.can(register.view, community)
            word = register.unit if is_open else "其他登记"
            numbers[word] = numbers.get(word, 0) + number
        return [f"{word}{number}条" for word, number in numbers.items()]

    def set_derived_fields(self, row) -> None:
        """Hook: set derived fields of a row that an import creates or changes."""

    def match_row(self, row, candidates: Sequence):
        """Hook: the existing row that an imported `row` matches, of those with its key; None for a new one."""
        return candidates[-1] if candidates else None

    def pick_label(self, row) -> str:
        """Label of this row in autocomplete fields."""
        return str(row)
