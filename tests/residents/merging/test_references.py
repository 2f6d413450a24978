"""Merging covers every reference to a person, in the tables of all apps."""

import datetime
import decimal
import itertools
import uuid

import pytest
from django.apps import apps
from django.db import connection, models

from community.people.models import Person
from portal.access.db_scope import APP, scope
from portal.access.user_access import Access
from portal.database.foreign_keys import (
    ForeignKeyReference,
    GenericReference,
    UuidListReference,
    is_history,
    references_to,
)
from residents.merging.actions.merge import merge_people
from residents.merging.actions.undo import undo_merge
from residents.merging.preview import KEPT, merge_preview

pytestmark = pytest.mark.django_db
_keys = itertools.count(1_000_000)
"""Keys of rows that the test does not make; foreign keys are not checked in it."""


def _rows(sql: str, params=None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def test_references_include_every_foreign_key_of_the_catalogue():
    """Foreign keys to people in the catalogue of PostgreSQL, compared with the models."""
    history = {model._meta.db_table for model in apps.get_models() if is_history(model)}
    catalogue = {
        (table.split(".")[-1].strip('"'), column)
        for table, column in _rows(
            "SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c"
            " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[array_length(c.conkey, 1)]"
            " WHERE c.contype = 'f' AND c.confrelid = 'community_person'::regclass"
        )
    }
    walked = {
        (reference.model._meta.db_table, reference.field.column)
        for reference in references_to(Person)
        if isinstance(reference, ForeignKeyReference)
    }
    assert walked == {pair for pair in catalogue if pair[0] not in history}


def test_references_include_every_generic_reference():
    history = {model._meta.db_table for model in apps.get_models() if is_history(model)}
    catalogue = {
        table
        for (table,) in _rows(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND column_name IN ('subject', 'row_id') GROUP BY table_name HAVING count(*) = 2"
        )
    }
    walked = {r.model._meta.db_table for r in references_to(Person) if isinstance(r, GenericReference)}
    assert walked == catalogue - history


def test_runtime_role_may_write_every_reference():
    privileges = [
        (reference.model._meta.db_table, "DELETE" if reference.is_void else "UPDATE")
        for reference in references_to(Person)
    ]
    assert [
        w for w in privileges if not _rows("SELECT has_table_privilege('liren_app', %s, %s)", w)[0][0]
    ] == []


def _valid_value(field: models.Field, community):
    """A valid value of the column, of one that is unique another each time."""
    if field.is_relation:
        return community.pk if field.name == "community" else next(_keys)
    if field.choices:
        return field.flatchoices[0][0]
    kinds = {
        models.JSONField: {},
        models.UUIDField: uuid.uuid4(),
        models.DateTimeField: datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        models.DateField: datetime.date(2026, 1, 1),
        models.BooleanField: False,
        models.DecimalField: decimal.Decimal(1),
        models.IntegerField: 1,
        models.BinaryField: b"x" * 40,
        models.CharField: uuid.uuid4().hex[: field.max_length or 8],
        models.TextField: uuid.uuid4().hex,
        models.TimeField: datetime.time(8),
    }
    return next(value for kind, value in kinds.items() if isinstance(field, kind))


def _row_of(reference, person) -> models.Model:
    """A row that refers to the person by this reference, with arbitrary other values."""
    model = reference.model
    fields = [
        f
        for f in model._meta.concrete_fields
        if not (f.null or f.primary_key or f.generated or f.has_default())
    ]
    values = {f.attname: _valid_value(f, person.community) for f in fields}
    if hasattr(model, "community_id"):
        values["community_id"] = person.community_id
    if isinstance(reference, GenericReference):
        values |= {"subject": "community.Person", reference.column: person.pk}
    elif isinstance(reference, UuidListReference):
        values[reference.column] = [str(uuid.uuid4()), str(person.uuid)]
    else:
        values[reference.field.attname] = person.pk
    row = model(**values)
    row.save_base(raw=True, force_insert=True)
    return row


@pytest.fixture
def person_with_references(house) -> dict:
    """A person with one row for every reference of every app; triggers and constraints are off meanwhile."""
    person = Person.objects.create(community=house.kuocang, name="张三", name_key="zhang san")
    references = references_to(Person)
    rules = "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'f')"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in {reference.model._meta.db_table for reference in references}:
            for (name,) in _rows(rules, [table]):
                cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
    rows = {reference.key: _row_of(reference, person) for reference in references}
    return {"person": person, "rows": rows}


def _tables_with(text: str) -> set[str]:
    """Tables with a row that contains the text, without history and append-only tables."""
    history = {model._meta.db_table for model in apps.get_models() if is_history(model)}
    relations = _rows(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    tables = [table for (table,) in relations if table not in history and not table.endswith("event")]
    query = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\" t WHERE t::text LIKE %s)" for table in tables
    )
    return {table for (table,) in _rows(query, [f"%{text}%"] * len(tables))}


def test_merge_moves_every_reference_and_undo_restores_it(house, cast, person_with_references):
    """One row of each table of each app, also of later ones, moves and comes back with its key."""
    removed, rows = person_with_references["person"], person_with_references["rows"]
    moving = {r.key: r for r in references_to(Person) if not r.is_void}
    ids, rights = [house.kuocang.id], Access.of(cast["staff"]).rights_in(house.kuocang.id)
    with scope(APP, communities=ids, write=ids, rights=rights, user_id=cast["staff"].id):
        preview = merge_preview(house.person, removed)
        chosen = {
            "sides_by_value": {},
            "sides_by_conflict": {conflict.key: KEPT for conflict in preview.conflicts},
        }
        merge = merge_people(
            by=cast["staff"],
            kept=house.person,
            removed=removed,
            seen_fingerprint=preview.fingerprint,
            **chosen,
        )
    assert _tables_with(str(removed.uuid)) == {"residents_personmerge"}
    for reference in references_to(Person):
        key = reference.key
        assert not reference.of(removed).exists(), key
        if key in moving and reference.model._meta.label not in [label for label, _ in merge.aside]:
            assert reference.of(house.person).filter(pk=rows[key].pk).exists(), key
    with scope(APP, communities=ids, write=ids, rights=rights, user_id=cast["staff"].id):
        restored = undo_merge(by=cast["staff"], merge=merge, reason="不是同一人")
    assert (restored.pk, restored.uuid) == (removed.pk, removed.uuid)
    for key, reference in moving.items():
        assert reference.of(restored).filter(pk=rows[key].pk).exists(), key
        assert not reference.of(house.person).filter(pk=rows[key].pk).exists(), key
