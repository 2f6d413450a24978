"""Comparison (diff) of file rows with the register: new, changed, duplicate, or violating a constraint."""

import copy
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from portal.crypto import encrypted_fields
from portal.database.conditions import holds
from portal.importing.rows import ImportedRow
from portal.values.display import display


@dataclass(slots=True, kw_only=True, eq=False)
class ComparedRow(ImportedRow):
    """A row for one model: values by field name (foreign keys as ids), and secrets.

    instance: the unsaved row of the model that it makes, or its match with the values of the file.
    """

    values: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    instance: models.Model | None = None


class Comparison:
    """Snapshot of the register's rows, by import key and by unique constraint."""

    def __init__(self, register, community_id: int):
        self.register = register
        self.model = register.model
        communities = self.model._meta.get_field("community").related_model._default_manager
        self.community = communities.get(pk=community_id)
        existing = list(self.model._default_manager.filter(community_id=community_id))
        self.by_key: dict[tuple, list[models.Model]] = {}
        for row in existing:
            self.by_key.setdefault(self._key(row), []).append(row)
        self.related: dict[str, dict[int, models.Model]] = {}
        self.unique = [
            c for c in self.model._meta.constraints if isinstance(c, models.UniqueConstraint) and c.fields
        ]
        self.checks = [c for c in self.model._meta.constraints if isinstance(c, models.CheckConstraint)]
        self.taken: list[dict[tuple, Any]] = []
        for rule in self.unique:
            ruled = self._rows_under_condition(rule, community_id)
            self.taken.append(
                {_constrained(rule, row): row.pk for row in existing if ruled is None or row.pk in ruled}
            )

    def _rows_under_condition(self, rule: models.UniqueConstraint, community_id: int) -> set[int] | None:
        """Ids of the rows that a conditional constraint applies to; None where it applies to all."""
        if rule.condition is None:
            return None
        rows = self.model._default_manager.filter(rule.condition, community_id=community_id)
        return set(rows.order_by().values_list("pk", flat=True))

    def _key(self, row: models.Model) -> tuple:
        # The id of a foreign key: the object would cost a query a row.
        return tuple(
            getattr(row, self.model._meta.get_field(name).attname) for name in self.register.import_key
        )

    def compare(self, rows: list[ComparedRow]) -> None:
        """Set the result on every row. Of two rows that match the same existing row or key, the later is a duplicate."""
        first_rows: dict[Any, ComparedRow] = {}
        self._fetch_related(rows)
        for row in rows:
            if not row.is_good:
                continue
            row.instance = self._make(row)
            key = self._key(row.instance)
            existing = self.register.match_row(row.instance, self.by_key.get(key, ()))
            key = existing.pk if existing else key
            if first := first_rows.get(key):
                row.match = first.match
                row.mark_duplicate(first, "", display(row.instance, next(iter(row.values))), "同一条")
                continue
            first_rows[key] = row
            row.match = existing
            if row.match is not None:
                self._compare_fields(row)
            self._check_rules(row)

    def _fetch_related(self, rows: list[ComparedRow]) -> None:
        """Prefetch the rows that foreign keys in the file reference."""
        names = {name for row in rows for name in row.values if self.model._meta.get_field(name).is_relation}
        for name in names:
            related = self.model._meta.get_field(name).related_model._default_manager
            ids = {row.values[name] for row in rows if name in row.values}
            self.related[name] = related.filter(community_id=self.community.pk).in_bulk(ids)

    def _make(self, row: ComparedRow) -> models.Model:
        instance = self.model()
        self._fill(instance, row)
        return instance

    def _fill(self, instance: models.Model, row: ComparedRow) -> None:
        instance.community = self.community
        for name, value in row.values.items():
            related_row = self.related[name].get(value) if name in self.related else None
            if related_row is None:
                setattr(instance, self.model._meta.get_field(name).attname, value)
            else:
                setattr(instance, name, related_row)
        for name, value in row.secrets.items():
            if not encrypted_fields.secret_equals(instance, name, value):
                encrypted_fields.put_secret(instance, name, value)
        self.register.set_derived_fields(instance)

    def _compare_fields(self, row: ComparedRow) -> None:
        """Compare the existing row with the file, field by field; a blank cell never clears a value."""
        changed = copy.copy(row.match)
        changed._state = copy.copy(row.match._state)
        changed._state.fields_cache = {}
        self._fill(changed, row)
        row.instance = changed
        for name in row.values:
            column = self.model._meta.get_field(name)
            if getattr(row.match, column.attname) == getattr(changed, column.attname):
                continue
            old, new = display(row.match, name), display(changed, name)
            if old != new:
                row.change(str(column.verbose_name), old, new)
        for name, value in row.secrets.items():
            if not encrypted_fields.secret_equals(row.match, name, value):
                label = encrypted_fields.label_of(self.model, name)
                row.change(
                    label, encrypted_fields.mask_of(row.match, name), encrypted_fields.mask_of(changed, name)
                )

    def _check_rules(self, row: ComparedRow) -> None:
        for declared in self.register.import_fields:
            column = self.model._meta.get_field(declared.name)
            if not column.blank and getattr(row.instance, column.attname) in (None, ""):
                row.error(declared.name, "", f"没有填写{column.verbose_name}，请补填")
        for rule, keys_in_use in zip(self.unique, self.taken, strict=True):
            if rule.condition is not None and not holds(rule.condition, row.instance):
                continue
            values = _constrained(rule, row.instance)
            if keys_in_use.setdefault(values, row.instance.pk or row) not in (row.instance.pk, row):
                self._add_error(row, rule, rule.violation_error_message or "与台账中的另一条重复，请核对")
        for check in self.checks:
            if not holds(check.condition, row.instance):
                self._add_error(row, check, check.get_violation_error_message())

    def _add_error(self, row: ComparedRow, rule, message: str) -> None:
        names = [name for name in getattr(rule, "fields", ()) if name in row.values]
        name = names[-1] if names else next(iter(row.values))
        row.error(name, display(row.instance, name), message)


def _constrained(rule: models.UniqueConstraint, row: models.Model) -> tuple:
    """The values that a unique constraint compares."""
    return tuple(
        getattr(row, row._meta.get_field(name).attname) for name in rule.fields if name != "community"
    )
