"""Migration state: an autodetector that compares only what defines tables, not labels, choices, validation or ordering.

`makemigrations` and `migrate` use it, so a reworded label or a new choice needs no migration, and migrations import
nothing from the portal.
"""

import enum

from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from django.utils.module_loading import import_string

from portal.database.install import own_labels

_FIELD = {
    *(
        "auto_created",
        "choices",
        "editable",
        "error_messages",
        "help_text",
        "limit_choices_to",
        "related_name",
    ),
    *("related_query_name", "same", "serialize", "storage", "upload_to", "validators", "verbose_name"),
}
_OPTIONS = {
    *("abstract", "base_manager_name", "default_manager_name", "default_permissions", "default_related_name"),
    *("get_latest_by", "ordering", "permissions", "triggers", "verbose_name", "verbose_name_plural"),
}
_CONSTRAINT = {"violation_error_code", "violation_error_message"}


class SchemaAutodetector(MigrationAutodetector):
    """Compares states by their database schema; a new table is created together with its indexes and constraints."""

    def __init__(self, from_state, to_state, questioner=None):
        super().__init__(_of_schema(from_state), _of_schema(to_state), questioner)

    def _optimize_migrations(self):
        super()._optimize_migrations()
        for migrations in self.migrations.values():
            for migration in migrations:
                migration.operations = _merge_into_creation(migration.operations)


def _merge_into_creation(operations: list[Operation]) -> list[Operation]:
    """Merge indexes and constraints into the creation of their model, unless a field is added to it afterwards.

    Django's optimizer does not move them across the creation of other models.
    """
    extended = {op.model_name_lower for op in operations if isinstance(op, AddField)}
    created = {
        op.name_lower: op
        for op in operations
        if isinstance(op, CreateModel) and op.name_lower not in extended
    }
    remaining = []
    for operation in operations:
        model = created.get(getattr(operation, "model_name_lower", ""))
        if model and isinstance(operation, AddIndex):
            model.options.setdefault("indexes", []).append(operation.index)
        elif model and isinstance(operation, AddConstraint):
            model.options.setdefault("constraints", []).append(operation.constraint)
        else:
            remaining.append(operation)
    return remaining


def _of_schema(state: ProjectState) -> ProjectState:
    labels = own_labels()
    return ProjectState(
        {key: _model(model) if key[0] in labels else model.clone() for key, model in state.models.items()},
        real_apps=state.real_apps,
    )


def _model(model: ModelState) -> ModelState:
    options = _without(_OPTIONS, model.options)
    options["constraints"] = [_constraint(constraint) for constraint in options.get("constraints", ())]
    bases = tuple(base for base in model.bases if isinstance(base, str)) or (models.Model,)
    as_field = _field_of_history if "pgh_id" in model.fields else _field
    fields = [(name, as_field(name, field)) for name, field in model.fields.items()]
    return ModelState(model.app_label, model.name, fields, options, bases, [])


def _field(name: str, field: models.Field) -> models.Field:
    """The field as its nearest Django class, with the arguments that define the column and its values."""
    _, _, args, kwargs = field.deconstruct()
    kwargs = _without(_FIELD, kwargs)
    if isinstance(field.default, enum.Enum):
        kwargs["default"] = field.default.value
    if isinstance(field, models.ForeignKey) and not field.db_constraint:
        kwargs["db_constraint"] = False
    of_django = next(kind for kind in type(field).__mro__ if kind.__module__.startswith("django."))
    return of_django(*args, **kwargs)


def _field_of_history(name: str, field: models.Field) -> models.Field:
    """The same for history; a foreign key becomes a number, since history keeps it after the other row was deleted."""
    if not isinstance(field, models.ForeignKey) or field.db_constraint:
        return _field(name, field)
    column = field.db_column or f"{name}_id"
    return models.BigIntegerField(db_column=column, db_index=field.db_index, null=field.null)


def _constraint(constraint: models.BaseConstraint) -> models.BaseConstraint:
    path, args, kwargs = constraint.deconstruct()
    return import_string(path)(*args, **_without(_CONSTRAINT, kwargs))


def _without(names: set[str], arguments: dict) -> dict:
    return {name: value for name, value in arguments.items() if name not in names}
