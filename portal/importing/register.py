"""Generic importer, driven by the register's `import_fields` and the model's fields."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from django.db import models

from portal.database.bulk_sql import ConcurrentUpdate, insert_rows, update_rows
from portal.importing.cleaning import Cleaner
from portal.importing.comparison import ComparedRow, Comparison
from portal.importing.pipeline import Importer, ImportRun, Parts, filled_rows
from portal.importing.protocol import CHANGED, NEW, CheckedRow, ImportTarget, SheetMapping
from portal.importing.rows import ImportedRow
from portal.jobs.progress import ProgressCallback
from portal.spreadsheets.cells import NO_RESULT, Cell
from portal.spreadsheets.findings import WARNING, Finding
from portal.spreadsheets.headers import Header, header_key
from portal.values.display import display

_SHOWN = 80
"""Characters of each value in the summary of a row."""

_COMMON_HEADERS = {"序号", "编号", "备注"}
"""Headers of most lists; they help to recognise the header of a register with few fields."""


class RegisterRun(ImportRun):
    """Rows of one model, read and compared field by field."""

    row_class = ComparedRow

    def __init__(self, importer: "RegisterImporter", into: ImportTarget, choice: str):
        super().__init__(importer, into, choice)
        self.register = importer.register
        self.model = self.register.model
        self.columns = importer.columns
        self.reference = importer.reference and importer.reference(into, choice)

    def read(self, parts: Parts) -> None:
        cleaners = {
            declared.name: Cleaner(self.columns[declared.name], self.target, declared.words)
            for declared in self.register.import_fields
        }
        for sheet, headers, number, cells in filled_rows(parts, self.left_out):
            row = self.row_class(sheet=sheet.name, number=number, headers=headers)
            self._clean(row, cells, cleaners, sheet.date1904)
            self.rows.append(row)

    def _clean(
        self, row: ComparedRow, cells: Mapping[str, Cell], cleaners: Mapping[str, Cleaner], date1904: bool
    ) -> None:
        """Set the values of a row; the cells of the reference's columns are read together."""
        together: dict[str, Cell] = {}
        identifying = {*self.register.import_key, *(self.reference.identifying if self.reference else ())}
        for declared in self.importer.fields:
            key = declared.name
            if key not in cells:
                continue
            cell = cells[key]
            if cell == NO_RESULT:
                row.report_formula(key, is_needed=declared.required or key in identifying)
                continue
            if key not in cleaners:
                together[key] = cell
                continue
            try:
                value = cleaners[key].clean(cell, date1904)
            except ValueError as problem:
                row.error(key, cell, str(problem))
                continue
            if value is not None:
                row.values[key] = value
            elif declared.required:
                row.error(key, cell, f"没有填写{declared.label}，请补填")
        if self.reference:
            self.reference.resolve(row, together, date1904)
            row.values = {name: row.values[name] for name in self.columns if name in row.values}

    @cached_property
    def comparison(self) -> Comparison:
        return Comparison(self.register, self.target.community_id)

    def compare(self, step: ProgressCallback) -> None:
        self.comparison.compare(self.rows)
        step(1.0)

    def write(self, step: ProgressCallback) -> dict[ImportedRow, int]:
        columns = [f for f in self.model._meta.concrete_fields if not f.primary_key and not f.generated]
        names = [f.attname for f in columns]
        new = [row for row in self.rows if row.verdict == NEW]
        ids = insert_rows(self.model, names, [_values_of(row.instance, names) for row in new]) if new else {}
        names = [name for name in names if name not in ("community_id", "uuid", "version")]
        changed = [
            [row.instance.pk, row.instance.version, *_values_of(row.instance, names)]
            for row in self.rows
            if row.verdict == CHANGED
        ]
        self._update(names, changed)
        step(1.0)
        return {row: ids[row.instance.uuid] for row in new}

    def _update(self, names: list[str], rows: list[list]) -> None:
        if rows and update_rows(self.model, names, rows, community_id=self.target.community_id) != len(rows):
            raise ConcurrentUpdate

    def describe(self, row: ComparedRow) -> tuple[str, str]:
        texts = [display(row.instance, name) for name in row.values] if row.instance else []
        return next(iter(texts), ""), " ".join(text[:_SHOWN] for text in texts[1:5])

    def display_fields(self, row: ComparedRow) -> list[tuple[str, str]]:
        return self._fields(row.instance, row.values) if row.instance else []

    def existing_fields(self, existing: models.Model, row: ComparedRow) -> tuple[str, list[tuple[str, str]]]:
        return "台账", self._fields(existing, row.values)

    def _fields(self, instance: models.Model, names: Iterable[str]) -> list[tuple[str, str]]:
        return [(str(self.columns[name].verbose_name), display(instance, name)) for name in names]

    def warnings(self, parts: Parts) -> list[Finding]:
        return [
            Finding(sheet.name, mapping.header.last_row, "", "", sentence, WARNING)
            for sheet, mapping in parts
            for sentence in (self.reference.warnings(mapping.fields) if self.reference else ())
        ]

    def to_json(self, row: ComparedRow) -> tuple[dict, dict]:
        values = {
            name: value if isinstance(value, int | list) else str(value) for name, value in row.values.items()
        }
        return values, row.secrets

    def restored(self, row: CheckedRow) -> ComparedRow:
        # In the order of the fields, as changes were shown; stored JSON has an order of its own.
        values = {
            name: row.values[name] if column.is_relation else column.to_python(row.values[name])
            for name, column in self.columns.items()
            if name in row.values
        }
        return self.row_class(sheet=row.sheet, number=row.number, values=values, secrets=row.secrets)


def _values_of(instance: models.Model, names: Sequence[str]) -> list:
    return [getattr(instance, name) for name in names]


class RegisterImporter(Importer):
    """Imports rows of one model; a row matches an existing one with the same `import_key`."""

    run = RegisterRun

    def __init__(self, register):
        super().__init__(register)
        self.reference = register.import_reference
        """Class of the register's `ImportReference`, or None."""
        names = [declared.name for declared in register.import_fields]
        set_by_reference = self.reference.sets if self.reference else ()
        self.columns = {name: register.model._meta.get_field(name) for name in (*set_by_reference, *names)}
        """Model fields by name, in the order in which they are shown."""
        self.fields = (
            *(self.reference.declared if self.reference else ()),
            *(
                replace(declared, label=str(self.columns[declared.name].verbose_name))
                for declared in register.import_fields
            ),
        )
        self._names = {
            header_key(name): declared.name
            for declared in self.fields
            for name in (declared.label, *declared.names)
        }
        self.choices = self.reference.choices if self.reference else ()
        self.choice_label = self.reference.choice_label if self.reference else ""

    def known_names(self) -> Collection[str]:
        exported = {header_key(self.register.label_of(column)) for column in self.register.columns}
        return self._names.keys() | exported | _COMMON_HEADERS

    def suggest(self, header: Header) -> SheetMapping:
        return SheetMapping(header, header.columns_of(self._names))

    def choices_of(self, name: str) -> Sequence[str]:
        column = self.columns.get(name)
        if isinstance(column, models.BooleanField):
            return ("是", "否")
        return [str(word) for _, word in column.flatchoices] if column is not None and column.choices else ()

    def example_of(self, name: str) -> str:
        column = self.columns.get(name)
        if isinstance(column, models.DateField) or (column is None and name == "birth"):
            return "1985-03-01"
        return ""

    def default_choice(self, mappings: Sequence[SheetMapping]) -> str:
        return self.reference.choice_says if self.reference else ""

    def choice_of_name(self, name: str) -> str:
        return self.reference.choice_of_name(name) if self.reference else ""
