"""Migration state: a reworded label needs no migration, a changed column does."""

import io

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, AlterField, CreateModel
from django.db.migrations.state import ProjectState
from django.utils import translation

from portal.database.install import own_labels, own_models
from portal.database.migration_state import SchemaAutodetector


@pytest.fixture(autouse=True)
def untranslated():
    """As `makemigrations` runs."""
    with translation.override(None):
        yield


def _written() -> ProjectState:
    return MigrationLoader(None, ignore_no_migrations=True).project_state()


def _operations(detector) -> list:
    changes = detector._detect_changes()
    return [
        op for label in own_labels() for migration in changes.get(label, ()) for op in migration.operations
    ]


@pytest.fixture
def operations():
    """The operations by which a changed state of the models follows on the migrations."""

    def operations(change, detector=SchemaAutodetector) -> list:
        written = MigrationLoader(None, ignore_no_migrations=True).project_state()
        wanted = ProjectState.from_apps(apps)
        change(wanted)
        changes = detector(written, wanted)._detect_changes()
        return [
            operation for migrations in changes.values() for m in migrations for operation in m.operations
        ]

    return operations


def _put(state, model: str, name: str, **changed) -> None:
    fields = state.models[tuple(model.split("."))].fields
    _, _, args, kwargs = fields[name].deconstruct()
    fields[name] = type(fields[name])(*args, **kwargs | changed)


def test_the_migrations_are_complete(db):
    call_command("makemigrations", check=True, dry_run=True, stdout=io.StringIO())


@pytest.mark.parametrize(
    "changed",
    [{"verbose_name": "别名"}, {"help_text": "x"}, {"choices": [("a", "甲")]}, {"validators": [print]}],
    ids=lambda changed: next(iter(changed)),
)
def test_what_is_only_shown_or_checked_asks_for_no_migration(operations, changed):
    assert operations(lambda state: _put(state, "community.person", "name", **changed)) == []


def test_an_order_and_a_sentence_ask_for_no_migration(operations):
    def change(state):
        options = state.models["residents", "elder"].options
        options["ordering"], options["verbose_name"] = ["-id"], "老人"
        rule = options["constraints"][0].clone()
        rule.violation_error_message = "另一句话"
        options["constraints"] = [rule, *options["constraints"][1:]]

    assert operations(change) == []


@pytest.mark.parametrize(
    "changed",
    [{"max_length": 7}, {"null": True}, {"db_index": True}, {"unique": True}, {"db_column": "other"}],
    ids=lambda changed: next(iter(changed)),
)
def test_a_changed_column_is_noticed(operations, changed):
    operation = operations(lambda state: _put(state, "community.person", "name", **changed))[-1]
    assert isinstance(operation, AlterField)
    assert (operation.model_name, operation.name) == ("person", "name")


def test_a_changed_column_of_history_is_noticed(operations):
    found = operations(lambda state: _put(state, "residents.residenceevent", "person", null=True))
    assert [(type(op), op.name) for op in found] == [(AlterField, "person")]


def test_a_changed_constraint_and_index_are_noticed(operations):
    def change(state):
        options = state.models["residents", "elder"].options
        options["constraints"] = options["constraints"][1:]
        options["indexes"] = [models.Index(fields=["note"], name="elder_note")]

    names = {type(operation).__name__ for operation in operations(change)}
    assert {"RemoveConstraint", "AddIndex", "RemoveIndex"} >= names > {"RemoveConstraint"}


def test_a_new_field_has_its_default(operations):
    def change(state):
        state.models["community", "person"].fields["extra"] = models.CharField(
            "另", default="x", max_length=3
        )

    (operation,) = operations(change)
    assert isinstance(operation, AddField)
    assert (operation.field.default, operation.field.verbose_name) == ("x", None)


def test_a_new_table_has_indexes_and_constraints_from_the_start():
    def change(state):
        del state.models["residents", "elderevent"], state.models["residents", "elder"]

    written = _written()
    change(written)
    created = {op.name: op for op in _operations(SchemaAutodetector(written, ProjectState.from_apps(apps)))}
    assert all(isinstance(operation, CreateModel) for operation in created.values())
    assert {rule.name for rule in created["Elder"].options["constraints"]} >= {
        "elder_order",
        "elder_open_once",
    }


def test_a_reference_of_history_is_a_number_of_its_size():
    """Migrations write `BigIntegerField` for each of them."""
    for model in own_models():
        for field in model._meta.local_fields:
            if hasattr(model, "pgh_tracked_model") and field.is_relation:
                assert field.target_field.get_internal_type() == "BigAutoField", field


def test_the_plain_detector_would_ask(operations):
    """What the tests above rest on: Django's own detector does notice a label."""
    change = lambda state: _put(state, "community.person", "name", verbose_name="别名")  # noqa: E731
    assert operations(change, MigrationAutodetector)
