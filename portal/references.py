"""Everything that points at a row, in all apps: foreign keys, rows that name it by model and id, lists of uuids.

Nothing of it is a list kept by hand: whoever merges or removes rows walks what the models say, so a table that a later
app adds is reached as well. History is left out, for it keeps what was.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.apps import apps
from django.db import models
from django.db.models import F

from portal.relations import is_history


@dataclass(frozen=True)
class Reference:
    """One way in which rows of `model` point at rows of another: by the column named `column`."""

    model: type[models.Model]
    column: str

    @cached_property
    def key(self) -> str:
        """Stored in what is kept of a merge. Models of libraries have no label of their own; no merge moves their rows."""
        label = getattr(self.model, "stored_label", self.model._meta.label)
        return f"{label}.{self.column}"

    @property
    def is_void(self) -> bool:
        """Whether rows say something about the other row as it stood, so that they go with it and keep it from nothing.

        Their model says so: `void_without_row = True`.
        """
        return getattr(self.model, "void_without_row", False)

    def of(self, row: models.Model) -> models.QuerySet:
        """The rows that point at `row`."""
        raise NotImplementedError

    def point(self, keys: Iterable[int], before: models.Model, to: models.Model) -> int:
        """Let the rows of these keys, which pointed at `before`, point at `to`; how many did."""
        raise NotImplementedError

    def _here(self, row: models.Model) -> models.QuerySet:
        """The rows of the same community, in no order; accounts have none and are found by what they point at."""
        found = self.model._base_manager.order_by()
        return found.filter(community_id=row.community_id) if hasattr(self.model, "community_id") else found

    @property
    def _counted(self) -> dict:
        """Optimistic locks of whoever has such a row open see that it changed."""
        has_version = any(field.name == "version" for field in self.model._meta.concrete_fields)
        return {"version": F("version") + 1} if has_version else {}


class Key(Reference):
    """A foreign key; those of a relation between many stand in the table between."""

    @property
    def field(self) -> models.ForeignKey:
        return self.model._meta.get_field(self.column)

    @property
    def protects(self) -> bool:
        """Whether the other row stays as long as a row points at it."""
        return self.field.remote_field.on_delete is models.PROTECT and not self.is_void

    def of(self, row):
        return self._here(row).filter(**{self.field.attname: row.pk})

    def point(self, keys, before, to):
        return self.of(before).filter(pk__in=keys).update(**{self.field.attname: to.pk}, **self._counted)


class Named(Reference):
    """A row that may belong to one of any model: `subject` is its `stored_label`, `column` holds the key."""

    def of(self, row):
        return self._here(row).filter(subject=row.stored_label, **{self.column: row.pk})

    def point(self, keys, before, to):
        there = {"subject": to.stored_label, self.column: to.pk}
        return self.of(before).filter(pk__in=keys).update(**there, **self._counted)


class Listed(Reference):
    """A list of uuids, which the model declares in `uuids_of`: column → `stored_label` of the model whose rows it names."""

    def of(self, row):
        return self._here(row).filter(**{f"{self.column}__contains": [str(row.uuid)]})

    def point(self, keys, before, to):
        changed = 0
        for found in self.of(before).filter(pk__in=keys):
            names = [
                str(to.uuid) if name == str(before.uuid) else name for name in getattr(found, self.column)
            ]
            values = {self.column: list(dict.fromkeys(names))}
            changed += self._here(before).filter(pk=found.pk).update(**values, **self._counted)
        return changed


def protecting(row: models.Model) -> dict[type[models.Model], int]:
    """How many rows of which models keep `row` from being deleted."""
    counts: dict[type[models.Model], int] = {}
    for reference in references_to(type(row)):
        if isinstance(reference, Key) and reference.protects and (number := reference.of(row).count()):
            counts[reference.model] = counts.get(reference.model, 0) + number
    return counts


def references_to(model: type[models.Model]) -> list[Reference]:
    """Every way in which rows of any app point at rows of `model`, in the order of their names."""
    return sorted(_references_to(model), key=lambda reference: reference.key)


def _references_to(model: type[models.Model]) -> Iterator[Reference]:
    for relation in model._meta.get_fields(include_hidden=True):
        points_here = relation.auto_created and (relation.one_to_many or relation.one_to_one)
        if points_here and not is_history(relation.related_model):
            yield Key(relation.related_model, relation.field.name)
    for other in apps.get_models(include_auto_created=True):
        names = {field.name for field in other._meta.concrete_fields}
        if {"subject", "row_id"} <= names and not is_history(other):
            yield Named(other, "row_id")
        for column, label in getattr(other, "uuids_of", {}).items():
            if label == model.stored_label and not is_history(other):
                yield Listed(other, column)


def forget_void(model: type[models.Model], keys: Collection[int], *, community_id: int) -> None:
    """Delete what says something about rows as they stood: by whoever deletes or purges them, before they go."""
    for reference in references_to(model):
        if reference.is_void:
            pointing = reference.model._base_manager.filter(community_id=community_id)
            if isinstance(reference, Named):
                pointing = pointing.filter(subject=model.stored_label)
            pointing.filter(**{f"{reference.column}__in": list(keys)}).delete()
