"""Purge functions: SQL functions that delete expired rows, generated from the retention policies."""

from collections.abc import Iterator

from django.conf import settings
from django.db import models

from portal.database.foreign_keys import (
    GenericReference,
    has_community,
    history_model,
    references_to,
    relations_to,
)
from portal.database.install import installs
from portal.retention.data_categories import DataCategory, Retention
from portal.retention.expired import CategoryPart, expirable_rows, expiring_categories, parts_of, sql_literal

PREFIX = "portal_purge_"


def function_name(category: DataCategory) -> str:
    name = PREFIX + category.models[0]._meta.db_table
    return f"{name}_{category.period}" if category.period else name


@installs
def purge_functions() -> Iterator[str]:
    """SQL that creates one purge function per retention period of each category."""
    for category in expiring_categories():
        yield _CREATE.format(name=function_name(category), body=_body(category))


_CREATE = """
CREATE FUNCTION "{name}"(of_community bigint, after_months integer, at_once integer)
RETURNS TABLE (out_rows bigint, out_events bigint, out_files text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $purge${body}$purge$;
REVOKE ALL ON FUNCTION "{name}"(bigint, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "{name}"(bigint, integer, integer) TO liren_app
"""

_OPENING = """
#variable_conflict use_column
DECLARE
    v_ids bigint[];
    v_parts bigint[];
    v_some text[];
    v_count bigint;
BEGIN
    out_rows := 0;
    out_events := 0;
    out_files := '{{}}';
    IF NOT coalesce(of_community = ANY (
        string_to_array(nullif(current_setting('liren.write_communities', true), ''), ',')::bigint[]), false) THEN
        RAISE insufficient_privilege USING MESSAGE = 'this community is not in the scope';
    END IF;
    IF after_months < {months} THEN
        RAISE insufficient_privilege USING MESSAGE = 'these rows are kept for {months} months';
    END IF;
    SELECT array_agg(chosen.id) INTO v_ids FROM (
        SELECT past.id FROM ({rows}) AS past (id, community_id, since)
        WHERE past.community_id = of_community AND past.since < now() - make_interval(months => after_months)
        ORDER BY past.id LIMIT at_once
    ) AS chosen;
    -- Held against whoever would point at them meanwhile; then asked again, for somebody may just have done so.
    SELECT array_agg(held.id) INTO v_ids FROM (
        SELECT {pk} AS id FROM {table} WHERE {pk} = ANY (v_ids) ORDER BY 1 FOR UPDATE SKIP LOCKED
    ) AS held;
    SELECT array_agg(past.id) INTO v_ids FROM ({rows}) AS past (id, community_id, since)
    WHERE past.id = ANY (v_ids) AND past.since < now() - make_interval(months => after_months);
    IF v_ids IS NOT NULL THEN
"""

_CLOSING = """
    IF out_rows + out_events = 0 THEN
        RETURN NEXT;
        RETURN;
    END IF;
    INSERT INTO portal_purgelog AS log (community_id, subject, day, rows, events, files)
    VALUES (of_community, '{label}', (now() AT TIME ZONE '{zone}')::date, out_rows, out_events, cardinality(out_files))
    ON CONFLICT (community_id, subject, day) DO UPDATE SET rows = log.rows + EXCLUDED.rows,
        events = log.events + EXCLUDED.events, files = log.files + EXCLUDED.files;
    RETURN NEXT;
END
"""

_HISTORY = """
    DELETE FROM {events} WHERE pgh_obj_id = ANY ({ids});
    GET DIAGNOSTICS v_count = ROW_COUNT;
    out_events := out_events + v_count;
"""

_DELETED = """
    v_parts := ARRAY(
        SELECT past.pgh_obj_id FROM {events} AS past
        WHERE past.community_id = of_community AND past.pgh_label = 'delete'
            AND past.pgh_created_at < now() - make_interval(months => after_months)
            AND NOT EXISTS (SELECT FROM {table} AS present WHERE present.{pk} = past.pgh_obj_id)
        LIMIT at_once
    );
"""
"""Purge the history of rows that users deleted long ago."""

_BELONGINGS = """
    WITH gone AS (
        DELETE FROM portal_attachment
        WHERE community_id = of_community AND subject = '{label}' AND row_id = ANY ({ids}) RETURNING stored
    ) SELECT coalesce(array_agg(stored), '{{}}') INTO v_some FROM gone;
    out_files := out_files || v_some;
    DELETE FROM portal_attachmentevent
    WHERE community_id = of_community AND subject = '{label}' AND row_id = ANY ({ids});
    GET DIAGNOSTICS v_count = ROW_COUNT;
    out_events := out_events + v_count;
    DELETE FROM portal_handover
    WHERE community_id = of_community AND (subject = '{label}' AND row_id = ANY ({ids}){received});
"""
"""Delete what refers to a row by model and key: attachments and hand-overs; also the source's record of a handed-over row."""

_RECEIVED = " OR uuid IN (SELECT uuid FROM {table} WHERE {pk} = ANY ({ids}))"


def _body(category: DataCategory) -> str:
    root, rule = category.models[0], category.retention
    opening = _OPENING.format(
        months=rule.all_months,
        rows=sql_literal(expirable_rows(category)),
        table=_table(root),
        pk=_pk(root),
    )
    change = _erasing(root, rule) if rule.erases else _removing(category)
    return f"{opening}{change}\n    END IF;{_deleted(category)}{_CLOSING.format(label=category.label, zone=settings.TIME_ZONE)}"


def _erasing(root: type[models.Model], rule: Retention) -> str:
    fields = [root._meta.get_field(name) for name in rule.erases]
    if any(f.get_default() != "" for f in fields) or history_keeps(root, rule.erases):
        raise ValueError(f"{root._meta.label}: only texts that no history keeps are erased")
    values = ", ".join(f"\"{f.column}\" = ''" for f in fields)
    return f"""
    UPDATE {_table(root)} SET {values} WHERE {_pk(root)} = ANY (v_ids);
    GET DIAGNOSTICS out_rows = ROW_COUNT;
"""


def history_keeps(model: type[models.Model], names: tuple[str, ...]) -> bool:
    """Whether the history of the model contains one of the fields."""
    events = history_model(model)
    return events is not None and bool(set(names) & {f.name for f in events._meta.fields})


def _removing(category: DataCategory) -> str:
    root, parts = category.models[0], _in_order(parts_of(category))
    # Anonymous counts may also depend on rows of other parts, so they are made before any of these is deleted.
    sql = _counting(category, parts)
    for part in parts:
        sql += f"\n    v_parts := {_ids_of(part)};"
        sql += _removal(part.model, "v_parts", is_root=False)
    return sql + _removal(root, "v_ids", is_root=True)


def _deleted(category: DataCategory) -> str:
    """SQL that purges the history of deleted rows; not for categories whose rows are erased instead of deleted.

    History is kept by the category's own period: of a row that is gone, nobody can say which shorter one it had.
    """
    if category.retention.erases or category.period:
        return ""
    sql = ""
    for model in (*(part.model for part in parts_of(category)), category.models[0]):
        events = history_model(model)
        if events is not None and has_community(events):
            sql += _DELETED.format(events=_table(events), table=_table(model), pk=_pk(model))
            sql += _belongings(model, "v_parts") + _HISTORY.format(events=_table(events), ids="v_parts")
    return sql


def _ids_of(part: CategoryPart) -> str:
    """SQL for the keys of the part's rows that are purged with the rows in `v_ids`."""
    above = _ids_of(part.parent) if part.parent else "v_ids"
    return (
        f'ARRAY(SELECT {_pk(part.model)} FROM {_table(part.model)} WHERE "{part.key.column}" = ANY ({above}))'
    )


def _in_order(parts: list[CategoryPart]) -> list[CategoryPart]:
    """Topological order: parts that no other part references come first."""
    waiting, ordered = list(parts), []
    while waiting:
        pointed = {
            f.related_model
            for part in waiting
            for f in part.model._meta.local_fields
            if f.is_relation and f.related_model is not part.model
        }
        free = next(part for part in waiting if part.model not in pointed)
        waiting.remove(free)
        ordered.append(free)
    return ordered


def _removal(model: type[models.Model], ids: str, *, is_root: bool) -> str:
    """SQL that deletes rows of one table with their attachments, hand-overs and history."""
    sql, events = _belongings(model, ids) + _void(model, ids), history_model(model)
    for key in relations_to(model):
        if key.remote_field.on_delete is models.SET_NULL or (key.model is model and key.null):
            column = f'"{key.column}"'
            sql += f"\n    UPDATE {_table(key.model)} SET {column} = NULL WHERE {column} = ANY ({ids});"
    sql += f"\n    DELETE FROM {_table(model)} WHERE {_pk(model)} = ANY ({ids});"
    if is_root:
        sql += "\n    GET DIAGNOSTICS out_rows = ROW_COUNT;"
    if events is not None:
        sql += _HISTORY.format(events=_table(events), ids=ids)
    return sql


def _void(model: type[models.Model], ids: str) -> str:
    """SQL that deletes rows whose model is `void_without_row`, with their history."""
    sql = ""
    for reference in references_to(model):
        if not reference.is_void:
            continue
        table, column = _table(reference.model), reference.model._meta.get_field(reference.column).column
        about = f'"{column}" = ANY ({ids})'
        if isinstance(reference, GenericReference):
            about += f" AND community_id = of_community AND subject = '{model.stored_label}'"
        if events := history_model(reference.model):
            row_ids = f"SELECT {_pk(reference.model)} FROM {table} WHERE {about}"
            sql += _HISTORY.format(events=_table(events), ids=row_ids)
        sql += f"\n    DELETE FROM {table} WHERE {about};"
    return sql


def _belongings(model: type[models.Model], ids: str) -> str:
    if model._meta.app_label == "portal":
        return ""
    received = ""
    if any(f.column == "uuid" for f in model._meta.local_fields):
        received = _RECEIVED.format(table=_table(model), pk=_pk(model), ids=ids)
    return _BELONGINGS.format(label=model.stored_label, ids=ids, received=received)


def _counting(category: DataCategory, parts: list[CategoryPart]) -> str:
    counts = category.retention.counts
    if counts is None:
        return ""
    ids = next((_ids_of(part) for part in parts if part.model is counts.of), "v_ids")
    names = [f'"{counts.model._meta.get_field(name).column}"' for name in counts.by]
    counted = counts.rows().order_by().values_list("pk", *counts.by.values())
    columns = ", ".join(names)
    return f"""
    INSERT INTO {_table(counts.model)} AS counts (uuid, version, community_id, {columns}, people)
    SELECT gen_random_uuid(), 1, of_community, {columns}, count(*)
    FROM ({sql_literal(counted)}) AS counted (id, {columns}) WHERE counted.id = ANY ({ids}) GROUP BY {columns}
    ON CONFLICT (community_id, {columns}) DO UPDATE SET people = counts.people + EXCLUDED.people;"""


def _table(model: type[models.Model]) -> str:
    return f'"{model._meta.db_table}"'


def _pk(model: type[models.Model]) -> str:
    return f'"{model._meta.pk.column}"'
