"""References to a row from all apps: foreign keys, generic references (model label and id), lists of uuids.

Derived from the models and not from a list kept by hand, so merges and purges also reach the tables of later
apps. History tables are left out: they keep the past as it was.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.apps import apps
from django.db import models
from django.db.models import F


@dataclass(frozen=True)
class RowReference:
    """A reference from rows of `model` to rows of another model, in the column named `column`."""

    model: type[models.Model]
    column: str

    @cached_property
    def key(self) -> str:
        """Stored name of the reference in the record of a merge. Models of libraries have no label; no merge moves their rows."""
        return f"{getattr(self.model, 'stored_label', self.model._meta.label)}.{self.column}"

    @property
    def is_void(self) -> bool:
        """Whether referencing rows only describe the referenced row, so that they are deleted with it and never protect it.

        Declared by their model: `void_without_row = True`.
        """
        return getattr(self.model, "void_without_row", False)

    def of(self, row: models.Model) -> models.QuerySet:
        """The rows that reference `row`."""
        raise NotImplementedError

    def repoint(self, keys: Iterable[int], before: models.Model, to: models.Model) -> int:
        """Repoint the rows with these primary keys from `before` to `to`; returns how many changed."""
        raise NotImplementedError

    def _in_community(self, row: models.Model) -> models.QuerySet:
        """Rows of the same community, unordered; models without a community (accounts) are not filtered."""
        queryset = self.model._base_manager.order_by()
        return (
            queryset.filter(community_id=row.community_id)
            if hasattr(self.model, "community_id")
            else queryset
        )

    @property
    def _version_increment(self) -> dict:
        """Increment of the version, so that optimistic locking notices the change."""
        has_version = any(field.name == "version" for field in self.model._meta.concrete_fields)
        return {"version": F("version") + 1} if has_version else {}


class ForeignKeyReference(RowReference):
    """A foreign key, including those of many-to-many through tables."""

    @property
    def field(self) -> models.ForeignKey:
        return self.model._meta.get_field(self.column)

    @property
    def protects(self) -> bool:
        """Whether the referenced row cannot be deleted while a row references it."""
        return self.field.remote_field.on_delete is models.PROTECT and not self.is_void

    def of(self, row):
        return self._in_community(row).filter(**{self.field.attname: row.pk})

    def repoint(self, keys, before, to):
        return (
            self.of(before)
            .filter(pk__in=keys)
            .update(**{self.field.attname: to.pk}, **self._version_increment)
        )


class GenericReference(RowReference):
    """A generic reference: `subject` is the model's `stored_label`, `column` holds the primary key."""

    def of(self, row):
        return self._in_community(row).filter(subject=row.stored_label, **{self.column: row.pk})

    def repoint(self, keys, before, to):
        target = {"subject": to.stored_label, self.column: to.pk}
        return self.of(before).filter(pk__in=keys).update(**target, **self._version_increment)


class UuidListReference(RowReference):
    """A list of uuids, declared by the model in `uuids_of`: column → `stored_label` of the referenced model."""

    def of(self, row):
        return self._in_community(row).filter(**{f"{self.column}__contains": [str(row.uuid)]})

    def repoint(self, keys, before, to):
        changed = 0
        for row in self.of(before).filter(pk__in=keys):
            names = [str(to.uuid) if name == str(before.uuid) else name for name in getattr(row, self.column)]
            values = {self.column: list(dict.fromkeys(names))}
            changed += (
                self._in_community(before).filter(pk=row.pk).update(**values, **self._version_increment)
            )
        return changed


def count_protecting_rows(row: models.Model) -> dict[type[models.Model], int]:
    """Number of protecting rows by model that prevent the deletion of `row`."""
    counts: dict[type[models.Model], int] = {}
    for reference in references_to(type(row)):
        if (
            isinstance(reference, ForeignKeyReference)
            and reference.protects
            and (number := reference.of(row).count())
        ):
            counts[reference.model] = counts.get(reference.model, 0) + number
    return counts


def references_to(model: type[models.Model]) -> list[RowReference]:
    """All references from any app to rows of `model`, sorted by key."""
    return sorted(_find_references(model), key=lambda reference: reference.key)


def _find_references(model: type[models.Model]) -> Iterator[RowReference]:
    for relation in model._meta.get_fields(include_hidden=True):
        points_here = relation.auto_created and (relation.one_to_many or relation.one_to_one)
        if points_here and not is_history(relation.related_model):
            yield ForeignKeyReference(relation.related_model, relation.field.name)
    for other in apps.get_models(include_auto_created=True):
        names = {field.name for field in other._meta.concrete_fields}
        if {"subject", "row_id"} <= names and not is_history(other):
            yield GenericReference(other, "row_id")
        for column, label in getattr(other, "uuids_of", {}).items():
            if label == model.stored_label and not is_history(other):
                yield UuidListReference(other, column)


def delete_void_references(model: type[models.Model], keys: Collection[int], *, community_id: int) -> None:
    """Delete void references (`is_void`) to rows that are about to be deleted or purged."""
    for reference in references_to(model):
        if reference.is_void:
            pointing = reference.model._base_manager.filter(community_id=community_id)
            if isinstance(reference, GenericReference):
                pointing = pointing.filter(subject=model.stored_label)
            pointing.filter(**{f"{reference.column}__in": list(keys)}).delete()


def relations_to(model: type[models.Model]) -> Iterator[models.ForeignKey]:
    """Every foreign key to `model`, also from itself; history tables are left out."""
    for each in apps.get_models():
        if not is_history(each):
            yield from (f for f in each._meta.local_fields if f.is_relation and f.related_model is model)


def is_history(model: type[models.Model]) -> bool:
    """Whether it is a history (event) model."""
    return model._meta.pk.name == "pgh_id"


def model_of(stored_label: str) -> type[models.Model]:
    """The model that declares this `stored_label`: the text by which rows name a model. Raises LookupError."""
    for model in apps.get_models():
        if getattr(model, "stored_label", None) == stored_label:
            return model
    raise LookupError(stored_label)


def history_model(model: type[models.Model]) -> type[models.Model] | None:
    """The history (event) model of a tracked model."""
    return getattr(model, "pgh_event_model", None)


def has_community(model: type[models.Model]) -> bool:
    """Whether its rows belong to communities."""
    return any(field.column == "community_id" for field in model._meta.local_fields)
