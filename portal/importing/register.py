"""Generic importer, driven by the register's `import_fields` and the model's fields."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import models

from portal.database.bulk_sql import ConcurrentUpdate, insert_rows, update_rows
from portal.importing.cleaning import Cleaner
from portal.importing.comparison import ComparedRow, Comparison
from portal.importing.masking import masked_changes
from portal.importing.protocol import (
    CHANGED,
    DUPLICATE,
    NEW,
    UNCHANGED,
    ApplyResult,
    CheckedRow,
    CheckResult,
    ExistingRow,
    ImportTarget,
    MappableField,
    SheetMapping,
    SkippedRow,
)
from portal.importing.reference import ImportReference
from portal.jobs.progress import ProgressCallback
from portal.spreadsheets.cells import NO_RESULT, NO_RESULT_SENTENCE, NO_RESULT_WARNING, Cell, Sheet
from portal.spreadsheets.findings import WARNING, Finding
from portal.spreadsheets.headers import Header, body_rows, header_key
from portal.spreadsheets.values import cell_text
from portal.values.display import display

_CHANGED_SINCE = "检查之后台账有变动，这一行没有导入，请重新上传检查"


_ALL_BLANK = "各栏都是空的"

_COMMON_HEADERS = {"序号", "编号", "备注"}
"""Headers of most lists; they help to recognise the header of a register with few fields."""


class RegisterImporter:
    """Imports rows of one model; a row matches an existing one with the same `import_key`."""

    unit = "条"

    def __init__(self, register):
        self.register = register
        self.model = register.model
        self.reference = register.import_reference
        self._words = {f.name: f.words for f in register.import_fields}
        set_by_reference = self.reference.sets if self.reference else ()
        self._columns = {name: self.model._meta.get_field(name) for name in (*set_by_reference, *self._words)}
        read_by_reference = tuple(self.reference.declared) if self.reference else ()
        self._read_by_reference = {f.name for f in read_by_reference}
        self.fields = (
            *(
                MappableField(f.name, f.label, secret=f.secret, required=f.required)
                for f in read_by_reference
            ),
            *(
                MappableField(f.name, str(self._columns[f.name].verbose_name), required=f.required)
                for f in register.import_fields
            ),
        )
        declared = (*read_by_reference, *register.import_fields)
        self._names = {
            header_key(name): f.key
            for f, declaration in zip(self.fields, declared, strict=True)
            for name in (f.label, *declaration.names)
        }
        self.choices = self.reference.choices if self.reference else ()
        self.choice_label = self.reference.choice_label if self.reference else ""

    def known_names(self) -> Collection[str]:
        exported = {header_key(self.register.label_of(column)) for column in self.register.columns}
        return self._names.keys() | exported | _COMMON_HEADERS

    def suggest(self, header: Header) -> SheetMapping:
        return SheetMapping(header, header.columns_of(self._names))

    def default_choice(self, mappings: Sequence[SheetMapping]) -> str:
        return self.reference.choice_says if self.reference else ""

    def choice_of_name(self, name: str) -> str:
        return self.reference.choice_of_name(name) if self.reference else ""

    def check(
        self,
        parts: Sequence[tuple[Sheet, SheetMapping]],
        into: ImportTarget,
        choice: str,
        step: ProgressCallback,
    ) -> CheckResult:
        cleaners = {
            name: Cleaner(self._columns[name], into.community_id, into.today, words)
            for name, words in self._words.items()
        }
        reference = self.reference(into, choice) if self.reference else None
        rows, left_out = [], []
        for sheet, mapping in parts:
            for body in body_rows(sheet, mapping.header):
                if body.skipped:
                    continue
                if _is_blank(body.cells, mapping):
                    left_out.append(SkippedRow(sheet.name, body.number, _ALL_BLANK))
                    continue
                rows.append(self._read(sheet, mapping, body.number, body.cells, cleaners, reference))
        step(0.5)
        Comparison(self.register, into.community_id).compare(rows)
        step(1.0)
        group_numbers = {row.same_as: number for number, row in enumerate(rows) if row.same_as}
        warnings = [
            Finding(sheet.name, mapping.header.last_row, "", "", sentence, WARNING)
            for sheet, mapping in parts
            for sentence in (reference.warnings(mapping.fields) if reference else ())
        ]
        checked = [self._checked(row, group_numbers.get(row.same_as or row)) for row in rows]
        return CheckResult(checked, warnings=warnings, left_out=left_out)

    def _read(
        self,
        sheet: Sheet,
        mapping: SheetMapping,
        number: int,
        cells: list[Cell],
        cleaners: Mapping[str, Cleaner],
        reference: ImportReference | None,
    ) -> ComparedRow:
        row = ComparedRow(sheet.name, number)
        together: dict[str, Cell] = {}
        for declared in self.fields:
            column = mapping.fields.get(declared.key)
            if column is None:
                continue
            header, cell = mapping.header.names[column], cells[column]
            row.headers[declared.key] = header
            if cell == NO_RESULT:
                self._report_formula(row, declared)
                continue
            if declared.key in self._read_by_reference:
                together[declared.key] = cell
                continue
            try:
                value = cleaners[declared.key].clean(cell, sheet.date1904)
            except ValueError as problem:
                row.error(declared.key, cell_text(cell), str(problem))
                continue
            if value is not None:
                row.values[declared.key] = value
            elif declared.required:
                row.error(declared.key, cell_text(cell), f"没有填写{declared.label}，请补填")
        if reference:
            reference.resolve(row, together, sheet.date1904)
            row.values = {name: row.values[name] for name in self._columns if name in row.values}
        return row

    def _report_formula(self, row: ComparedRow, declared: MappableField) -> None:
        """Report a formula without a stored value: an error in identifying columns, else a warning."""
        identifying = self.reference.identifying if self.reference else ()
        if declared.required or declared.key in (*identifying, *self.register.import_key):
            row.error(declared.key, NO_RESULT, NO_RESULT_SENTENCE)
        else:
            row.error(declared.key, NO_RESULT, NO_RESULT_WARNING, WARNING)

    def _checked(self, row: ComparedRow, duplicate_group: int | None) -> CheckedRow:
        display_values = [display(row.instance, name) for name in row.values] if row.instance else []
        old = row.existing
        return CheckedRow(
            sheet=row.sheet,
            number=row.number,
            label=display_values[0] if display_values else "",
            verdict=row.verdict,
            values={
                "values": {
                    name: value if isinstance(value, int) else str(value)
                    for name, value in row.values.items()
                },
                "row": old.pk if old else None,
                "version": old.version if old else None,
            },
            secrets=row.secrets,
            summary=" ".join(display_values[1:5]),
            changes=row.changes,
            findings=row.findings,
            duplicate_group=duplicate_group,
            display_fields=self._fields(row.instance, row.values)
            if duplicate_group is not None and row.instance
            else (),
            others=self._others(row) if duplicate_group is not None else (),
        )

    def _fields(self, instance: models.Model, names) -> list[tuple[str, str]]:
        return [(str(self._columns[name].verbose_name), display(instance, name)) for name in names]

    def _others(self, row: ComparedRow) -> list[ExistingRow]:
        old = row.existing
        return [ExistingRow(f"{old.pk}:{old.version}", "台账", self._fields(old, row.values))] if old else []

    def filled(self, sheet: Sheet, mapping: SheetMapping) -> dict[int, dict[int, Cell]]:
        return {}

    def apply(self, rows: Iterable[CheckedRow], into: ImportTarget, step: ProgressCallback) -> ApplyResult:
        rows = list(rows)
        compared = [
            ComparedRow(row.sheet, row.number, values=self._values(row), secrets=row.secrets) for row in rows
        ]
        Comparison(self.register, into.community_id).compare(compared)
        step(0.5)
        new, changed, conflicts, groups = [], [], [], {}
        for staged, row in zip(rows, compared, strict=True):
            if not _is_unchanged(staged, row):
                conflicts.append(Finding(row.sheet, row.number, "", staged.label, _CHANGED_SINCE, WARNING))
                continue
            if row.verdict == NEW:
                new.append(row.instance)
            elif row.verdict == CHANGED:
                changed.append(row.instance)
            if staged.duplicate_group is not None:
                groups[row.instance.uuid] = staged.duplicate_group
        self._write(new, changed, into)
        step(1.0)
        return ApplyResult(len(new), len(changed), conflicts, self._written_rows(groups, into))

    def _written_rows(self, groups: dict[uuid.UUID, int], into: ImportTarget) -> dict[int, dict]:
        rows = self.model._default_manager.filter(community_id=into.community_id, uuid__in=groups)
        return {
            groups[key]: {"row": pk, "version": version}
            for key, pk, version in (rows.values_list("uuid", "pk", "version") if groups else ())
        }

    def _values(self, row: CheckedRow) -> dict[str, Any]:
        # In the order of the fields, as changes were shown; stored JSON has an order of its own.
        stored_values = row.values["values"]
        return {
            name: stored_values[name] if column.is_relation else column.to_python(stored_values[name])
            for name, column in self._columns.items()
            if name in stored_values
        }

    def _write(self, new: list[models.Model], changed: list[models.Model], into: ImportTarget) -> None:
        columns = [f for f in self.model._meta.concrete_fields if not f.primary_key and not f.generated]
        names = [f.attname for f in columns]
        if new:
            insert_rows(self.model, names, [[getattr(row, name) for name in names] for row in new])
        names = [name for name in names if name not in ("community_id", "uuid", "version")]
        rows = [[row.pk, row.version, *(getattr(row, name) for name in names)] for row in changed]
        if rows and update_rows(self.model, names, rows, community_id=into.community_id) != len(rows):
            raise ConcurrentUpdate


def _is_blank(cells: Sequence[Cell], mapping: SheetMapping) -> bool:
    """Whether a row is blank in all mapped columns, e.g. a numbered empty line."""
    return all(cell_text(cells[column]) == "" for column in mapping.fields.values())


def _is_unchanged(staged: CheckedRow, row: ComparedRow) -> bool:
    """Whether applying the row would still do what the preview showed, or less."""
    row_id = staged.values["row"]
    if not row.is_good or row.same_as:
        return False
    if row_id is None:
        return row.verdict == NEW
    if row.existing is None or row.existing.pk != row_id:
        return False
    if not row.changes:
        return True
    as_shown = staged.verdict == DUPLICATE or masked_changes(row.changes) == staged.changes
    return as_shown and staged.verdict != UNCHANGED and row.existing.version == staged.values["version"]
