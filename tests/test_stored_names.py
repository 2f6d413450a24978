"""Names that rows store: they follow no module, class or table name, so renaming one of those loses no rows.

The fixed list is JSON, which no script that renames Python names touches.
"""

import dataclasses
import json
from pathlib import Path

import pytest
from django.apps import apps
from procrastinate.contrib.django import app

from portal.charts.chart import Chart, Series
from portal.crypto.encrypted_fields import put_secret, read_secret
from portal.crypto.reencryption import encrypted_columns
from portal.database.foreign_keys import is_history, model_of
from portal.form_filling.layout import Blank, Block, FormColumn, Layout
from portal.hooks.bulletin import BulletinNumber, BulletinSection, SectionBasis
from portal.registers.registry import all_registers
from residents.care.models.disability import Disability
from residents.care.models.elder import Elder
from residents.health.models import HealthNotice

FIXED = json.loads((Path(__file__).parent / "baselines/stored_names.json").read_text())
MODELS = [
    model
    for model in apps.get_models()
    if model._meta.app_label in ("portal", "community", "residents", "partybuilding", "services")
    and not is_history(model)
]
SECRETS = encrypted_columns()


DATACLASSES = {
    "bulletin section": BulletinSection,
    "number of a bulletin section": BulletinNumber,
    "basis of a bulletin section": SectionBasis,
    "chart": Chart,
    "series of a chart": Series,
    "layout of a form": Layout,
    "column of a form": FormColumn,
    "blank of a form": Blank,
    "block of a form": Block,
}
"""Stored as JSON by `dataclasses.asdict`: their fields are keys in published bulletins and uploaded forms."""


def context_of(secret) -> str:
    """Encryption context of an unsaved row."""
    related = {name: secret.model._meta.get_field(name).related_model() for name in secret.related}
    row = secret.model(**related)
    if hasattr(row, "number"):
        row.number = 0
    return secret.context_of(row)[0]


@pytest.fixture
def renamed(monkeypatch):
    """Give a model another class and table name, as a rename of the code would."""

    names = {}

    def rename(model) -> None:
        names[model] = model.__name__
        model.__name__ = "Renamed"
        monkeypatch.setattr(model, "__module__", "renamed.models")
        for name in ("object_name", "model_name", "db_table", "app_label"):
            monkeypatch.setattr(model._meta, name, "renamed")

    yield rename
    for model, name in names.items():
        model.__name__ = name


def test_stored_labels_of_models_are_fixed():
    """Access log, attachments, hand-overs, merges, reviewed findings and the purge log name models by them."""
    assert [model.__name__ for model in MODELS if "stored_label" not in vars(model)] == []
    assert sorted(model.stored_label for model in MODELS) == FIXED["models"]
    for model in MODELS:
        assert model_of(model.stored_label) is model
    with pytest.raises(LookupError):
        model_of("community.Nobody")


def test_labels_of_registers_are_fixed():
    """Saved lists, preferences, imports, bulk changes and generated files name registers by them."""
    assert sorted(register.label for register in all_registers()) == FIXED["registers"]


def test_names_of_tasks_are_fixed():
    """Queues store them; the worker finds every task."""
    assert sorted(name for name in app.tasks if not name.startswith(("tests.", "builtin:"))) == FIXED["tasks"]


def test_encryption_contexts_are_fixed():
    """Another context could not read what was encrypted."""
    assert sorted(context_of(secret) for secret in SECRETS) == FIXED["encryption_contexts"]


@pytest.mark.parametrize("name", DATACLASSES)
def test_json_keys_of_stored_dataclasses_are_fixed(name):
    fields = [field.name for field in dataclasses.fields(DATACLASSES[name])]
    assert fields == FIXED["json_keys"][name]


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: secret.title)
def test_encryption_context_does_not_follow_the_table(secret, renamed):
    before = context_of(secret)
    renamed(secret.model)
    assert context_of(secret) == before


@pytest.mark.parametrize(("model", "name"), [(Disability, "certificate"), (Elder, "bank_card")])
def test_secret_stays_readable_when_class_and_table_are_renamed(model, name, renamed):
    row = model()
    put_secret(row, name, "33010219900101123443")
    renamed(model)
    assert read_secret(row, name) == "33010219900101123443"


def test_health_facts_stay_readable_when_class_and_table_are_renamed(renamed):
    row = HealthNotice()
    row.put({"text": "高血压"})
    renamed(HealthNotice)
    assert row.read() == {"text": "高血压"}
